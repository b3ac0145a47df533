"""A volunteer's diary from the invitation to the thank-you, with restarts in between; then all of it is forgotten."""

from datetime import timedelta

from sqlalchemy import select

from bot.db.diary.tables import diary_table
from bot.sandbox.people import Person
from bot.usecases.journeys.apply_journey import ApplyJourney
from cjm import templates
from cjm.asking.diary_state import DiaryState
from tests.stories.stage import Stage, start_stage

DIARY = f"""{templates.text("shop")}
[diary]
invite_after = "delivery"
days = 1
"""


async def join(stage: Stage, name: str, customer: str) -> Person:
    """Return a customer who answered about a delivery, read what a diary means, and keeps one."""
    await ApplyJourney(stage.tropa.db, stage.clock).apply(DIARY, "shop.toml")
    person = await stage.add_consenting_customer(name, customer)
    await stage.post_event(customer, "delivery")
    while not any("📓 Diary" in button for button in person.last.buttons):
        await person.click(0)
        await stage.settle()
    await person.click("📓 Diary: 1 day, 2 messages a day")
    await stage.settle()
    assert "That is 2 messages in all" in person.last.words
    await person.click("Yes, I will keep it")
    await stage.settle()
    assert "Leave the diary" in person.last.buttons
    return person


async def pass_until_due(stage: Stage) -> None:
    """Let time pass until the diary has something to do."""
    due_ats = select(diary_table.c.due_at).where(diary_table.c.state == DiaryState.RUNNING)
    due_at = await stage.tropa.db.read(lambda tx: tx.scalar(due_ats))
    assert due_at is not None
    await stage.pass_time(due_at - stage.clock.now() - timedelta(minutes=5))  # what is open expires
    await stage.pass_time(timedelta(minutes=5))


async def restart(stage: Stage) -> None:
    await stage.stop()
    await stage.start()


async def leave_in_the_settings_and_come_back(stage: Stage, olga: Person) -> None:
    entry = olga.last
    await olga.send("/settings")
    await stage.settle()
    assert "Diary: 1 message is still to come" in olga.last.words
    await olga.click("Leave the diary", olga.last)
    await stage.settle()
    assert "Diary" not in olga.last.words
    await olga.click("Leave the diary", entry)  # it does not know yet that the diary was left
    await stage.settle()
    await olga.click("Go on with the diary", entry)
    await stage.settle()
    assert "Leave the diary" in entry.buttons


async def test_a_diary_is_kept_left_taken_up_again_thanked_for_and_forgotten(database_url: str) -> None:
    async with start_stage(database_url) as stage:
        olga = await join(stage, "Olga", "77")
        await restart(stage)
        await pass_until_due(stage)
        assert "message 1\u00a0of\u00a02" in olga.last.words
        for words in ("Cooking", "A quiet hour"):
            await olga.send(words)
            await stage.settle()
        await olga.click("Skip")
        await stage.settle()
        assert "Written down" in olga.last.words
        await leave_in_the_settings_and_come_back(stage, olga)
        await pass_until_due(stage)
        assert "message 2\u00a0of\u00a02" in olga.last.words
        await restart(stage)
        await pass_until_due(stage)
        await stage.pass_time(timedelta(hours=12))  # the thank-you waits for the morning
        assert "with words from you in 1 message" in olga.last.words
        assert await stage.list_wrong_counters() == []
        await olga.send("/forget")
        await stage.settle()
        await olga.click("Erase everything")
        await stage.settle()
        shown = [message.words for message in olga.messages if message.sender.is_bot]
        assert not any("Cooking" in words for words in shown)
