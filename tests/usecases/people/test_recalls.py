"""Recalls: what shows a forgotten person's words is taken away, whatever fails, and people are told what remains."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.clock import FrozenClock
from bot.config.settings import TeamSettings
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import letters, message_subjects, quoted_messages, recalls
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.states import ErasureCause, MessageCarrier
from bot.db.delivery.tables import erasure_table, letter_table, recall_table
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.messages.message import Message, plain
from bot.outbox.display import Display
from bot.outbox.kinds import LetterName
from bot.outbox.letters.recalls.erasure_report import ErasureReportLetter
from bot.outbox.letters.recalls.recall_list import RecallListLetter
from bot.outbox.messenger import DeliveryError, NeverLeft, Rejected, Throttled, Uncertain, Unreachable
from bot.outbox.replies import Replies
from bot.outbox.showings import MessageEdit, NewMessage
from bot.usecases.cases.case_access import Actor, CaseStepRefused, take_step
from bot.usecases.people.forget_customer import CustomerForgotten, ForgetCustomer
from bot.usecases.people.recall_messages import MOST_IN_CHAT, PATIENCE, RecallMessages
from cjm.address import Address
from cjm.cases.case import CaseRefusal
from tests.outbox.doubles import Note, ScriptedMessenger, make_outbox, swift_pace

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ME, BOSS, GROUP = Address("telegram", "7"), Address("telegram", "9"), Address("telegram", "-1001")
TOO_OLD = Rejected("Bad Request: message can't be deleted for everyone")


class StubbornMessenger(ScriptedMessenger):
    """Messenger that can be told to delete nothing any more."""

    is_too_late_to_delete = False

    async def delete(self, to: Address, message_id: str) -> None:
        if self.hold is not None:
            await self.hold.wait()
        if self.is_too_late_to_delete:
            raise TOO_OLD
        await super().delete(to, message_id)


class House:
    """A customer, a team's group, and the tick; `recall` runs it until nothing is due any more."""

    def __init__(self, db: Database, customer_id: int) -> None:
        self.db, self.clock, self.messenger, self.me = db, FrozenClock(NOW), StubbornMessenger(), customer_id
        team = TeamSettings.model_validate({"key": "care", "chat": str(GROUP)})
        self.routing = CaseRouting([team], [BOSS])
        self.display = Display(Replies(self.messenger, swift_pace(), db, self.clock), waits=())
        self.tick = RecallMessages(db, self.clock, self.display, self.routing)
        kinds = [RecallListLetter(self.messenger, self.routing), ErasureReportLetter(), Note()]
        self.outbox = make_outbox(db, self.clock, self.messenger, kinds)  # type: ignore[arg-type]  # kinds of letters, as Notes are
        self.forget = ForgetCustomer(db, self.clock, 5)

    async def show(self, *messages: tuple[str, MessageCarrier], to: Address = GROUP) -> None:
        def write(tx: Connection) -> None:
            for message_id, carrier in messages:
                quoted_messages.record_quotes(tx, to, message_id, {self.me}, carrier, self.clock.now())

        await self.db.write(write)

    async def leave(self) -> CustomerForgotten:
        return await self.forget.by_address(ME, "en")

    async def recall(self) -> None:
        while await self.tick():
            await self.display.wait_until_idle()
        await self.outbox.drain()

    def refuse(self, *errors: DeliveryError, to: Address = GROUP) -> None:
        self.messenger.will_raise(*errors, to=to)

    def texts(self, to: Address) -> str:
        return "\n".join(self.messenger.sent_texts(to))

    async def count_rows(self) -> dict[str, int]:
        tables = (erasure_table, recall_table, letter_table)
        return await self.db.read(
            lambda tx: {t.name: tx.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}
        )


async def make_house(db: Database) -> House:
    def plant(tx: Connection) -> int:
        person = customers.ensure_external_ids(tx, ["77"], NOW)["77"]
        customers.update_customer(tx, person.id, messenger=ME.messenger, address=ME.id)
        return person.id

    return House(db, await db.write(plant))


@pytest.fixture
async def house(db: Database) -> House:
    return await make_house(db)


async def test_every_message_that_quoted_them_is_deleted_and_nothing_of_them_is_kept(any_db: Database) -> None:
    house = await make_house(any_db)
    await house.show(("1", MessageCarrier.TEXT), ("2", MessageCarrier.PHOTO))
    await house.show(("5", MessageCarrier.TEXT), to=BOSS)
    await house.show(("3", MessageCarrier.TEXT), to=ME)
    forgotten = await house.leave()
    assert (forgotten.recalled, forgotten.lasting, forgotten.in_doubt) == (3, (), 0), "their own chat is not counted"
    await house.recall()
    assert house.messenger.calls["delete"] == 4
    assert "3" in house.texts(ME)
    assert house.texts(GROUP) == house.texts(BOSS) == ""
    assert await house.count_rows() == {"erasure": 0, "recall": 0, "letter": 0}


async def test_message_that_is_too_old_is_emptied_in_the_way_of_its_carrier(house: House) -> None:
    await house.show(("1", MessageCarrier.TEXT), ("2", MessageCarrier.PHOTO), ("3", MessageCarrier.DOCUMENT))
    await house.leave()
    house.messenger.is_too_late_to_delete = True
    await house.recall()
    shown = {message_id: message for _, message_id, message in house.messenger.edits}
    assert {key: message.upload and message.upload.kind for key, message in shown.items()} == {
        "1": None,
        "2": "photo",
        "3": "document",
    }
    assert {str(message.text) for message in shown.values()} == {"Erased at the customer's wish."}
    assert house.texts(GROUP) == "", "nothing remains"
    assert "3 were too old" in house.texts(ME)


async def test_nothing_says_that_a_customer_wished_what_the_business_did(house: House) -> None:
    await house.show(("1", MessageCarrier.TEXT), ("2", MessageCarrier.VOICE))
    await house.show(("3", MessageCarrier.TEXT), to=ME)
    await house.forget.by_external_id("77")
    await house.show(("4", MessageCarrier.TEXT))  # in flight meanwhile, and known only now
    house.messenger.is_too_late_to_delete = True
    await house.recall()
    edits = {message_id: str(message.text) for _, message_id, message in house.messenger.edits}
    assert edits.keys() == {"1", "2", "3", "4"}
    assert edits["3"] == "Erased: this is not stored any more."
    assert "data is erased" in house.texts(GROUP)
    assert "wish" not in "\n".join([*edits.values(), house.texts(GROUP), house.texts(ME)])


async def test_voice_message_remains_is_listed_with_a_link_and_the_customer_is_told(house: House) -> None:
    await house.show(("12", MessageCarrier.VOICE))
    house.clock.advance(timedelta(days=3))
    await house.show(("13", MessageCarrier.TEXT))
    forgotten = await house.leave()
    assert [each.message_id for each in forgotten.lasting] == ["12"]
    house.refuse(TOO_OLD)
    await house.recall()
    (edit,) = house.messenger.edits
    assert edit[1] == "12"
    assert str(house.messenger.message_link(GROUP, "12")) in house.texts(GROUP)
    assert "remains" in house.texts(ME)
    assert await house.count_rows() == {"erasure": 0, "recall": 0, "letter": 1}, "the list for the team stays"


@pytest.mark.parametrize("error", [NeverLeft("away"), Throttled(90), Uncertain("no answer"), Unreachable("kicked")])
async def test_failing_deletion_is_tried_again_later_also_by_another_process(
    house: House, error: DeliveryError
) -> None:
    await house.show(("1", MessageCarrier.TEXT))
    await house.leave()
    house.refuse(error)
    await house.tick()
    await house.display.wait_until_idle()
    assert (await house.count_rows())["recall"] == 1
    assert await house.tick() == 0, "not at once"
    again = House(house.db, house.me)
    again.clock.advance(timedelta(days=1))
    await again.recall()
    assert again.messenger.calls["delete"] == 1
    assert await house.count_rows() == {"erasure": 0, "recall": 0, "letter": 0}


async def test_after_a_month_a_chat_that_cannot_be_reached_counts_as_remaining(house: House) -> None:
    await house.show(("1", MessageCarrier.TEXT))
    await house.leave()
    tries = 0
    for _ in range(PATIENCE.days + 3):
        house.refuse(Unreachable("kicked"))
        tries += await house.tick()
        await house.display.wait_until_idle()
        house.clock.advance(timedelta(days=1, minutes=1))
    assert PATIENCE.days - 2 <= tries <= PATIENCE.days + 1
    house.messenger.script.clear()
    await house.recall()
    assert "remains" in house.texts(ME)


async def test_many_messages_of_one_chat_leave_room_for_its_other_work(house: House) -> None:
    await house.show(*[(str(number), MessageCarrier.TEXT) for number in range(40)])
    await house.leave()
    house.messenger.hold = asyncio.Event()  # else the first could be done before the second tick
    assert await house.tick() == MOST_IN_CHAT
    assert await house.tick() == 0, "those wait or are at work"
    house.messenger.hold.set()
    house.display.show(NewMessage(GROUP, Message(plain("a colleague's question"))))
    await house.display.wait_until_idle()
    assert house.messenger.calls["delete"] == MOST_IN_CHAT
    assert house.texts(GROUP) == "a colleague's question"
    await house.recall()
    assert house.messenger.calls["delete"] == 40


async def test_message_in_flight_while_they_are_forgotten_is_recalled_as_soon_as_it_is_known(any_db: Database) -> None:
    house = await make_house(any_db)
    await house.leave()
    await house.show(("8", MessageCarrier.TEXT))
    await house.show(("8", MessageCarrier.TEXT))
    assert (await house.count_rows())["recall"] == 1
    await house.recall()
    assert house.messenger.calls["delete"] == 1


async def test_shown_message_is_known_to_quote_them_before_it_changes_and_no_more_after(house: House) -> None:
    quoting = Message(plain("so late"), quotes=frozenset({house.me}))

    async def known() -> Iterable[int]:
        found = await house.db.read(lambda tx: quoted_messages.find_quotes(tx, GROUP, "1"))
        return found.people if found is not None else ()

    house.display.show(MessageEdit(GROUP, "1", Message(plain("a question"))))
    await house.display.wait_until_idle()
    assert not await known()
    house.refuse(Rejected("a crash, as far as the database sees it"))
    house.display.show(MessageEdit(GROUP, "1", quoting))
    await house.display.wait_until_idle()
    assert set(await known()) == {house.me}
    house.display.show(MessageEdit(GROUP, "1", Message(plain("another page"), quotes=frozenset())))
    await house.display.wait_until_idle()
    assert not await known()


async def test_new_reply_that_quotes_somebody_who_was_forgotten_meanwhile_is_taken_away(house: House) -> None:
    async def render() -> Message:
        await house.leave()
        return Message(plain("so late"), quotes=frozenset({house.me}))

    house.display.show(NewMessage(GROUP, render))
    await house.display.wait_until_idle()
    await house.recall()
    assert house.messenger.calls["delete"] == 1


async def test_card_of_unknown_fate_is_taken_away_by_a_tap_on_it(house: House) -> None:
    def post(tx: Connection) -> None:
        card = NewLetter("card", GROUP, LetterName.CASE_CARD, LetterPriority.CARD, NOW, {"case": 12}, about=house.me)
        letters.post(tx, card, NOW)
        quotes = quoted_messages.Quotes(frozenset({house.me}), MessageCarrier.TEXT)
        unknown = letter_table.update().where(letter_table.c.key == "card")
        tx.execute(unknown.values(state="unknown", unknown_at=NOW, quotes=quotes.to_data()))

    await house.db.write(post)
    forgotten = await house.leave()
    assert (forgotten.recalled, forgotten.in_doubt) == (0, 1)
    actor = Actor(GROUP, BOSS, "Boss", "55")
    for _ in range(2):  # a second tap changes nothing
        step = await house.db.write(lambda tx: take_step(tx, house.routing, actor, 12, NOW, lambda case: case))
        assert step == CaseStepRefused(CaseRefusal.ERASED)
    assert (await house.count_rows())["recall"] == 1
    await house.recall()
    assert house.messenger.calls["delete"] == 1


async def test_forged_button_about_a_case_that_never_was_takes_no_other_card_away(house: House) -> None:
    card = MessageSubject(SubjectKind.CARD, 3)
    await house.db.write(lambda tx: message_subjects.save(tx, GROUP, "55", card, NOW))
    actor = Actor(GROUP, BOSS, "Boss", "55")
    step = await house.db.write(lambda tx: take_step(tx, house.routing, actor, 12, NOW, lambda case: case))
    assert step == CaseStepRefused(CaseRefusal.UNKNOWN)
    assert (await house.count_rows())["recall"] == 0


async def test_address_of_the_forgotten_is_kept_until_the_report_has_ended_and_no_longer(house: House) -> None:
    await house.show(("1", MessageCarrier.TEXT))
    await house.leave()
    await house.tick()
    await house.display.wait_until_idle()
    await house.tick()
    assert await house.count_rows() == {"erasure": 1, "recall": 1, "letter": 1}
    house.refuse(Unreachable("blocked by the customer"), to=ME)
    await house.outbox.drain()
    assert await house.count_rows() == {"erasure": 0, "recall": 0, "letter": 0}


async def test_business_is_told_the_numbers_at_once_and_the_customer_gets_no_letter(house: House) -> None:
    await house.show(("1", MessageCarrier.TEXT), ("2", MessageCarrier.TEXT))
    assert (await house.forget.by_external_id("77")).recalled == 2
    await house.recall()
    assert house.texts(ME) == ""
    assert await house.count_rows() == {"erasure": 0, "recall": 0, "letter": 0}


async def test_case_of_an_earlier_version_brings_its_messages_back_without_knowing_what_they_show(
    house: House,
) -> None:
    target = recalls.RecallTarget(GROUP, "4", None, 12)
    erasure_id = await house.db.write(lambda tx: recalls.insert_erasure(tx, ErasureCause.WISH, [target], NOW))
    assert erasure_id > 0
    house.refuse(TOO_OLD, Rejected("there is no media in the message to edit"))
    await house.recall()
    ((_, _, edited),) = house.messenger.edits
    assert edited.upload is None
    assert "case 12" in house.texts(GROUP), "it may be a voice message, so people are asked to look"
