"""What people tap and write while Tropa is down, or all at once: nothing is lost, and nobody waits for a flood."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.db.asking.tables import answer_table
from bot.db.cases import cases
from bot.db.delivery.states import InboxState
from bot.db.delivery.tables import inbox_table
from bot.db.engine.database import Connection
from bot.db.people import customers
from bot.sandbox.people import Person
from bot.sandbox.world import actions
from cjm.cases.case import CaseAuthor
from tests.sandbox.conftest import png
from tests.stories.stage import Stage, start_stage

WARNING, ASK = "a lot at once", "How shall we pass it on?"


def count(person: Person, part: str) -> int:
    return sum(part in message.words for message in person.messages)


async def count_updates(stage: Stage, state: InboxState) -> int:
    def read(tx: Connection) -> int:
        return tx.execute(select(func.count()).where(inbox_table.c.state == state)).scalar_one()

    return await stage.tropa.db.read(read)


async def list_case_words(stage: Stage, number: int = 1) -> list[str]:
    """Return what the customer wrote in a case; a photo is "photo", as only Telegram knows what it shows."""
    messages = await stage.tropa.db.read(lambda tx: cases.list_messages(tx, number))
    return [one.text.text or one.text.kind for one in messages if one.author is CaseAuthor.CUSTOMER]


async def find_stopped(stage: Stage, customer: str) -> bool:
    person = await stage.tropa.db.read(lambda tx: customers.find_by_external_id(tx, customer))
    return person is not None and person.stopped_at is not None


async def test_a_tap_does_not_wait_for_a_backlog_of_five_thousand_updates(database_url: str) -> None:
    async with start_stage(database_url) as stage:
        await stage.set_up_company()
        anna = await stage.add_consenting_customer("Anna", "77")
        boris = stage.sandbox.add_person("Boris")
        await stage.post_event("77", "delivery")
        await stage.pass_time(timedelta(hours=3))
        done = await count_updates(stage, InboxState.DONE)
        await stage.stop()
        for number in range(5000):  # not `boris.send`, which lets other tasks run each time
            actions.send_text(stage.sandbox.world, boris.user, boris.chat, f"word {number}")
        press = await anna.click("🙂")
        await stage.start()
        assert await anna.wait_for_answer(press) in {"Saved", ""}  # without its notice where handling takes long
        await anna.wait_for_message(lambda message: "🙂" not in message.buttons)
        handled = await count_updates(stage, InboxState.DONE) - done
        # Telegram hands it out as the last; by then most of what came before it was only stored.
        assert handled < 2500, handled


async def test_25_texts_and_stop_sent_while_down_are_all_taken(database_url: str) -> None:
    async with start_stage(database_url) as stage:
        await stage.set_up_company()
        anna = await stage.add_consenting_customer("Anna", "77")
        await stage.stop()
        texts = [f"text {number}" for number in range(25)]
        for text in texts:
            await anna.send(text)
            stage.clock.advance(timedelta(seconds=20))
        await anna.send("/stop")
        await stage.start()
        await stage.settle()
        assert await find_stopped(stage, "77")
        assert count(anna, "no more questions") == 1
        assert (count(anna, ASK), count(anna, WARNING)) == (1, 0)
        await anna.click("Complaint")
        await stage.settle()
        assert await list_case_words(stage) == texts
        assert await count_updates(stage, InboxState.FAILED) == 0


async def test_in_a_flood_of_fifty_messages_the_tap_is_taken_and_every_word_is_kept(database_url: str) -> None:
    async with start_stage(database_url) as stage:
        await stage.set_up_company()
        anna = await stage.add_consenting_customer("Anna", "77")
        await stage.post_event("77", "delivery")
        await stage.pass_time(timedelta(hours=3))
        texts = [f"text {number}" for number in range(50)]
        for text in texts[:25]:
            await anna.send(text)
        press = await anna.click("🙁")
        for text in texts[25:]:
            await anna.send(text)
        assert await anna.wait_for_answer(press) in {"Saved", ""}  # without its notice where handling takes long
        await stage.settle()
        assert await stage.tropa.db.read(lambda tx: tx.scalar(select(func.count()).select_from(answer_table))) == 1
        assert (count(anna, ASK), count(anna, WARNING)) == (1, 0)  # one answer for all of them
        await anna.click("Complaint")
        await stage.settle()
        assert await list_case_words(stage) == texts
        assert await stage.list_wrong_counters() == []


@pytest.mark.parametrize("when_down", [False, True])
async def test_every_photo_of_three_albums_is_in_the_case(database_url: str, when_down: bool) -> None:
    async with start_stage(database_url) as stage:
        # No team: its group would take the photos at 20 a minute.
        anna = await stage.add_consenting_customer("Anna", "77")
        if when_down:
            await stage.stop()
        for width in (40, 50, 60):
            await anna.send_album([png(width, 30 + number) for number in range(10)])
        if when_down:
            await stage.start()
        await stage.settle()
        assert count(anna, ASK) == 1
        await anna.click("Complaint")
        await stage.settle()
        assert await list_case_words(stage) == ["photo"] * 30
