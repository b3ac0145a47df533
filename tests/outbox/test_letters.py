"""Letters as rows: one a key, claimed by chat, never twice."""

from datetime import UTC, datetime, timedelta

from bot.db.delivery import letters
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Database
from cjm.address import Address

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ANNA = Address("telegram", "7")


def letter(key: str, to: Address = ANNA, *, due_at: datetime = NOW, priority: int = LetterPriority.DIGEST) -> NewLetter:
    return NewLetter(key=key, to=to, kind="note", priority=priority, due_at=due_at, data={"id": 1})


async def test_a_letter_of_the_same_key_is_posted_once(any_db: Database) -> None:
    first = await any_db.write(lambda tx: letters.post(tx, [letter("a"), letter("b"), letter("a")], NOW))
    again = await any_db.write(lambda tx: letters.post(tx, letter("b"), NOW))
    assert (first, again) == ([True, True, False], [False])
    assert await any_db.read(letters.count_by_state) == {"due": 2}


async def test_a_held_letter_goes_when_it_is_released_and_a_withdrawn_one_does_not(any_db: Database) -> None:
    held = NewLetter("h", ANNA, "note", LetterPriority.CARD, NOW, held=True)
    await any_db.write(lambda tx: letters.post(tx, [held, letter("a")], NOW))
    later = NOW + timedelta(hours=1)
    assert await any_db.write(lambda tx: letters.release(tx, "h", later))
    assert not await any_db.write(lambda tx: letters.release(tx, "h", later))
    assert await any_db.write(lambda tx: letters.withdraw(tx, ["a", "zzz"], "no longer")) == ["a"]
    assert await any_db.read(letters.find_next_due) == later
    found = await any_db.read(lambda tx: letters.find_by_key(tx, "a"))
    assert found is not None
    assert (found.state, found.data, found.to) == (LetterState.DROPPED, {"id": 1}, ANNA)
