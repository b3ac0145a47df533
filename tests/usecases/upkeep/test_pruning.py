"""Rows that are no longer needed are deleted, and no others."""

from datetime import UTC, datetime, timedelta

from bot.clock import FrozenClock
from bot.db.delivery import inbox, letters, set_aside_updates
from bot.db.delivery.inbox import RawUpdate
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.engine.database import Connection, Database
from bot.outbox.kinds import LetterName
from bot.usecases.upkeep.prune_rows import LETTERS, PruneRows
from cjm.address import Address

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
BOT = "42"


def insert(tx: Connection, at: datetime) -> list[int]:
    """Store the updates 1 and 2 as the messenger counts them, and return the rows of those that are new."""
    updates = [RawUpdate(number, "7", "{}") for number in (1, 2)]
    return [stored.id for stored in inbox.insert_updates(tx, BOT, updates, at)]


async def test_what_was_set_aside_is_kept_for_a_month_and_swallows_no_new_update(any_db: Database) -> None:
    clock = FrozenClock(NOON)
    prune = PruneRows(any_db, clock)

    def plant(tx: Connection) -> None:
        done, failed = insert(tx, NOON)
        inbox.mark_done(tx, done, NOON)
        inbox.set_aside(tx, failed, "KeyError", NOON)

    await any_db.write(plant)
    clock.advance(timedelta(days=7))
    await prune()
    assert len(await any_db.write(lambda tx: insert(tx, clock.now()))) == 2  # the messenger counts from anywhere now
    assert len(await any_db.read(lambda tx: set_aside_updates.list_set_aside(tx, BOT))) == 1
    assert await any_db.write(lambda tx: set_aside_updates.retry_set_aside(tx, BOT)) == 1


async def test_what_was_set_aside_a_month_ago_is_deleted(any_db: Database) -> None:
    clock = FrozenClock(NOON)

    def plant(tx: Connection) -> None:
        for row in insert(tx, NOON):
            inbox.set_aside(tx, row, "KeyError", NOON)

    await any_db.write(plant)
    clock.advance(timedelta(days=31))
    await PruneRows(any_db, clock)()
    assert await any_db.read(lambda tx: set_aside_updates.list_set_aside(tx, BOT)) == []


async def test_ended_letters_go_after_half_a_year_and_waiting_ones_never(any_db: Database) -> None:
    clock = FrozenClock(NOON)

    def post(tx: Connection, *keys: str, at: datetime) -> None:
        to = Address("telegram", "7")
        letters.post(tx, [NewLetter(key, to, LetterName.NOTICE, LetterPriority.ALERT, at) for key in keys], at)

    await any_db.write(lambda tx: post(tx, "sent", at=NOON))
    await any_db.write(lambda tx: letters.mark_all_sent(tx, NOON))
    await any_db.write(lambda tx: post(tx, "waiting", at=NOON))
    clock.advance(LETTERS)
    await any_db.write(lambda tx: post(tx, "young", at=clock.now()))
    await any_db.write(lambda tx: letters.withdraw(tx, ["young"], "for the test"))
    clock.advance(timedelta(seconds=1))
    await PruneRows(any_db, clock)()
    found = await any_db.read(lambda tx: [letters.find_by_key(tx, key) for key in ("sent", "waiting", "young")])
    assert [letter and letter.key for letter in found] == [None, "waiting", "young"]
