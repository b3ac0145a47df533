"""Quotes of letters: whom a letter shows is stored with its number, and nothing leaves whose words were erased."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import FrozenClock
from bot.db.delivery import letters, quoted_messages, recalls
from bot.db.delivery.letters import Letter, NewLetter
from bot.db.delivery.quoted_messages import Quotes
from bot.db.delivery.states import LetterState, MessageCarrier
from bot.db.engine.database import Database
from bot.db.people import customers
from bot.messages.message import Message, Upload, plain
from bot.outbox.kinds import LetterDropped, LetterHeld
from bot.outbox.messenger import ChatMoved, Rejected, Uncertain
from bot.outbox.quotes import find_carrier
from bot.outbox.replies import Replies
from bot.usecases.people.forget_customer import ForgetCustomer
from cjm.address import Address
from tests.outbox.doubles import Note, ScriptedMessenger, make_outbox, swift_pace

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
GROUP = Address("telegram", "-1001")


@dataclass
class Quoting(Note):
    """Letter that shows the words of somebody until they are forgotten."""

    writer: int = 0
    is_gone: bool = False

    async def write(self, letter: Letter) -> Message | LetterDropped | LetterHeld:
        written = await super().write(letter)
        if self.is_gone or not isinstance(written, Message):
            return LetterDropped("the case is gone")
        return replace(written, quotes=frozenset({self.writer}))


class House:
    def __init__(self, db: Database, writer: int) -> None:
        self.db, self.clock, self.messenger = db, FrozenClock(NOW), ScriptedMessenger()
        self.kind = Quoting(is_repeated=True, writer=writer)
        self.outbox = make_outbox(db, self.clock, self.messenger, [self.kind])

    async def post(self, key: str) -> None:
        await self.db.write(lambda tx: letters.post(tx, NewLetter(key, GROUP, "note", 20, NOW), NOW))

    async def forget(self) -> None:
        self.kind.is_gone = True
        await ForgetCustomer(self.db, self.clock, 5).by_external_id("77")

    async def find_quotes(self, message_id: str) -> Quotes | None:
        return await self.db.read(lambda tx: quoted_messages.find_quotes(tx, GROUP, message_id))

    async def list_recalled(self) -> list[str]:
        due = await self.db.read(lambda tx: recalls.list_due(tx, self.clock.now(), of_chat=9, limit=9))
        return [each.message_id for each in due]


async def make_house(db: Database) -> House:
    people = await db.write(lambda tx: customers.ensure_external_ids(tx, ["77"], NOW))
    return House(db, people["77"].id)


@pytest.fixture
async def house(db: Database) -> House:
    return await make_house(db)


async def test_letter_that_was_sent_is_known_to_quote_and_is_recalled_with_its_writer(any_db: Database) -> None:
    house = await make_house(any_db)
    await house.post("a")
    await house.outbox.drain()
    assert await house.find_quotes("1") == Quotes(frozenset({house.kind.writer}), MessageCarrier.TEXT)
    await house.forget()
    assert await house.find_quotes("1") is None
    assert await house.list_recalled() == ["1"]


async def test_letter_that_is_in_flight_while_its_writer_is_forgotten_is_recalled_when_it_has_arrived(
    house: House,
) -> None:
    await house.post("a")
    erasures: list[int] = []

    class Forgetting(ScriptedMessenger):
        async def send(self, to: Address, message: Message) -> object:  # type: ignore[override]  # it returns the same
            await house.forget()
            erasures.append(1)
            return await super().send(to, message)

    house.messenger.__class__ = Forgetting
    await house.outbox.drain()
    assert erasures == [1]
    assert house.messenger.sent_texts(GROUP) == ["a"]
    assert await house.list_recalled() == ["1"]


async def test_letter_whose_words_were_erased_after_it_was_rendered_does_not_leave(house: House) -> None:
    await house.post("a")

    class Erasing(Quoting):
        async def write(self, letter: Letter) -> Message | LetterDropped | LetterHeld:
            written = await super().write(letter)
            if not self.is_gone:
                await house.forget()
            return written

    house.kind.__class__ = Erasing
    await house.outbox.drain()
    house.clock.advance(timedelta(minutes=1))
    await house.outbox.drain()
    assert house.messenger.arrived == []
    letter = await house.db.read(lambda tx: letters.find_by_key(tx, "a"))
    assert letter is not None
    assert letter.state is LetterState.DROPPED


async def test_letter_in_doubt_is_recalled_when_a_tap_proves_that_it_arrived(house: House) -> None:
    await house.post("a")
    house.messenger.will_raise(Uncertain("no answer"), to=GROUP)
    await house.outbox.drain()
    await house.forget()
    assert await house.list_recalled() == []
    assert await house.db.write(lambda tx: letters.mark_arrived(tx, "a", "44", NOW))
    assert await house.list_recalled() == ["44"]


async def test_message_of_a_group_that_moved_is_neither_changed_nor_removed_by_its_number(house: House) -> None:
    """At the new address the number is that of another message."""
    replies = Replies(house.messenger, swift_pace(), house.db, house.clock)
    for call in (replies.delete(GROUP, "5"), replies.edit(GROUP, "5", Message(plain("new")))):
        house.messenger.will_raise(ChatMoved(Address("telegram", "-1002")), to=GROUP)
        with pytest.raises(Rejected):
            await call
    assert (house.messenger.edits, house.messenger.calls["delete"]) == ([], 1)


@pytest.mark.parametrize(
    ("upload", "carrier"),
    [
        (None, MessageCarrier.TEXT),
        (Upload("p", file_id="1"), MessageCarrier.PHOTO),
        (Upload("p", file_id="1", as_file=True), MessageCarrier.DOCUMENT),
        (Upload("v", file_id="1", kind="voice"), MessageCarrier.VOICE),
        (Upload("d", file_id="1", kind="document"), MessageCarrier.DOCUMENT),
    ],
)
def test_carrier_is_what_holds_the_words(upload: Upload | None, carrier: MessageCarrier) -> None:
    assert find_carrier(Message(plain("words"), upload=upload)) is carrier
