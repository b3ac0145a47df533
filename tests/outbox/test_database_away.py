"""A database that goes away on a letter's way: it costs no try, and no result that is known is forgotten."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from bot.clock import FrozenClock
from bot.db.delivery import letters
from bot.db.delivery.letters import Letter, NewLetter
from bot.db.delivery.states import LetterState
from bot.db.engine.announcements import Listeners
from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseAway
from bot.messages.message import Message
from bot.outbox import send_letter
from bot.outbox.kinds import LetterDropped, LetterHeld
from cjm.address import Address
from tests.outbox.doubles import Note, ScriptedMessenger, make_outbox

T = TypeVar("T")
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ANNA = Address("telegram", "7")


class ShakyDatabase:
    """Database that fails the next writes: before they begin (``away``), or after their commit (``answers_lost``)."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.away = self.answers_lost = 0

    @property
    def listeners(self) -> Listeners:
        return self._db.listeners

    async def read(self, fn: Callable[[Connection], T]) -> T:
        return await self._db.read(fn)

    async def write(self, fn: Callable[[Connection], T]) -> T:
        if self.away:
            self.away -= 1
            raise DatabaseAway("away")
        result = await self._db.write(fn)
        if self.answers_lost:
            self.answers_lost -= 1
            raise DatabaseAway("the answer was lost")
        return result


class FailingNote(Note):
    """Note whose rendering needs a database that is away for some reads."""

    away = 6

    async def write(self, letter: Letter) -> Message | LetterDropped | LetterHeld:
        if self.away:
            self.away -= 1
            raise DatabaseAway("away")
        return await super().write(letter)


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send_letter, "FIRST_WAIT", 0.0)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


async def post(db: Database) -> None:
    await db.write(lambda tx: letters.post(tx, [NewLetter("a", to=ANNA, kind="note", priority=30, due_at=NOW)], NOW))


async def find(db: Database) -> Letter:
    letter = await db.read(lambda tx: letters.find_by_key(tx, "a"))
    assert letter is not None
    return letter


async def test_letter_that_cannot_be_rendered_while_the_database_is_away_keeps_all_its_tries(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger = ScriptedMessenger()
    await post(any_db)
    await make_outbox(any_db, clock, messenger, [FailingNote()]).drain()
    letter = await find(any_db)
    assert (letter.state, letter.attempts) == (LetterState.SENT, 1)


@pytest.mark.parametrize("trouble", ["away", "answers_lost"])
async def test_letter_whose_mark_fails_is_sent_once_and_not_unknown(
    any_db: Database, clock: FrozenClock, trouble: str
) -> None:
    """Even when the mark was stored and only the answer was lost: the call had not begun."""
    messenger, shaky = ScriptedMessenger(), ShakyDatabase(any_db)
    outbox = make_outbox(any_db, clock, messenger, [Note()])
    outbox._sender._db = shaky  # type: ignore[assignment]  # it marks and records; the outbox itself claims
    await post(any_db)
    setattr(shaky, trouble, 1)
    await outbox.drain()
    assert messenger.sent_texts() == ["a"]
    assert (await find(any_db)).state is LetterState.SENT


async def test_letters_whose_claim_was_stored_without_an_answer_are_sent(any_db: Database, clock: FrozenClock) -> None:
    """Nobody works on them, and they look leased."""
    messenger, shaky = ScriptedMessenger(), ShakyDatabase(any_db)
    outbox = make_outbox(any_db, clock, messenger, [Note()])
    outbox._db = shaky  # type: ignore[assignment]  # it claims
    await post(any_db)
    shaky.answers_lost = 1
    sending = asyncio.create_task(outbox.run())
    async with asyncio.timeout(60):
        await messenger.wait_for_arrivals(1)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert (await find(any_db)).state is LetterState.SENT


async def test_result_that_could_not_be_recorded_before_the_lease_was_lost_is_recorded_by_the_next_lead(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger, shaky, kind = ScriptedMessenger(hold=asyncio.Event()), ShakyDatabase(any_db), Note()
    outbox = make_outbox(any_db, clock, messenger, [kind], shutdown_seconds=0.0)
    outbox._sender._db = shaky  # type: ignore[assignment]  # it records
    await outbox.take_over(1)
    await post(any_db)
    leading = asyncio.create_task(outbox.run())
    await messenger.wait_for_calls(1)
    shaky.away = 1_000_000
    assert messenger.hold is not None
    messenger.hold.set()
    await messenger.wait_for_arrivals(1)
    leading.cancel()
    await asyncio.gather(leading, return_exceptions=True)
    assert (await find(any_db)).state is LetterState.SENDING
    shaky.away = 0
    await outbox.take_over(2)
    letter = await find(any_db)
    assert (letter.state, letter.message_id) == (LetterState.SENT, "1")
    assert [outcome.state for _key, outcome in kind.settled] == [LetterState.SENT]
