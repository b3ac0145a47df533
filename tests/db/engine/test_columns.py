"""Columns refuse what would have to be guessed, and rows become records by name."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import StatementError

from bot.db.delivery.states import InboxState
from bot.db.delivery.tables import inbox_table
from bot.db.engine.database import Connection, Database
from bot.db.engine.rows import row_reader

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
UPDATE = {"bot": "1", "update_id": 1, "payload": "{}", "state": InboxState.NEW, "received_at": NOON}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record whose fields stand in another order than the columns; one has another name."""

    received_at: datetime
    state: InboxState
    number: int


read_arrival = row_reader(Arrival, inbox_table, number="update_id")


async def test_a_row_becomes_a_record_whatever_the_order_of_its_columns(any_db: Database) -> None:
    await any_db.write(lambda tx: tx.execute(insert(inbox_table).values(UPDATE)) and None)
    columns = [inbox_table.c.state, inbox_table.c.chat, inbox_table.c.update_id, inbox_table.c.received_at]

    def read(tx: Connection) -> list[Arrival]:
        return [read_arrival(tx.execute(select(*order)).one()) for order in (columns, columns[::-1])]

    assert await any_db.read(read) == [Arrival(NOON, InboxState.NEW, 1)] * 2


def test_a_field_without_a_column_is_found_when_the_reader_is_made() -> None:
    with pytest.raises(KeyError, match="number"):
        row_reader(Arrival, inbox_table)


async def test_a_time_comes_back_aware_in_utc(any_db: Database) -> None:
    there = NOON.astimezone(timezone(timedelta(hours=3)))
    await any_db.write(lambda tx: tx.execute(insert(inbox_table).values(UPDATE | {"received_at": there})) and None)
    stored = await any_db.read(lambda tx: tx.execute(select(inbox_table.c.received_at)).scalar_one())
    assert (stored, stored.tzinfo) == (NOON, UTC)


@pytest.mark.parametrize("wrong", [{"received_at": NOON.replace(tzinfo=None)}, {"state": "lost"}])
async def test_a_naive_time_and_an_unknown_state_are_not_stored(db: Database, wrong: dict[str, object]) -> None:
    with pytest.raises(StatementError):
        await db.write(lambda tx: tx.execute(insert(inbox_table).values(UPDATE | wrong)) and None)


async def test_a_state_that_the_program_does_not_know_is_not_read(db: Database) -> None:
    await db.write(lambda tx: tx.execute(insert(inbox_table).values(UPDATE)) and None)
    await db.write(lambda tx: tx.execute(text("UPDATE inbox SET state = 'lost'")) and None)
    with pytest.raises(LookupError, match="lost"):
        await db.read(lambda tx: tx.execute(select(inbox_table.c.state)).scalar_one())
