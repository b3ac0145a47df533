"""Prepared statements give what SQLAlchemy gives for the same statement: rows, errors, transactions, and listeners."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Executable, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.db.conversation import conversation_rows
from bot.db.engine.database import Connection, Database
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.journeys.tables import cohort_table, visit_table
from bot.db.people.customers import customer_from_row
from bot.db.people.tables import customer_table
from tests.statements import listen_to_statements
from tests.usecases.asking.world import FELT, make_world

SECRET = "what somebody said"
_BY_NAME = select(customer_table).where(customer_table.c.external_id == bindparam("name"))
_RENAME = (
    update(customer_table)
    .where(customer_table.c.external_id == bindparam("name"))
    .values(external_id=bindparam("new"))
    .returning(customer_table.c.id)
)


async def test_rows_of_a_conversation_are_those_of_sqlalchemy(any_db: Database) -> None:
    """The widest rows of a tap, with every type of column: times, JSON, enums, truth, NULL."""
    world = await make_world(any_db)
    await world.give.answer(world.make_tap(await world.visit()), FELT, 1)
    values = {"id": 1, "messenger": "telegram", "address": "77"}

    def compare(tx: Connection) -> None:
        statement = conversation_rows._FIND_PROGRESS
        for ours, theirs in zip(statement.list_rows(tx, values), tx.execute(statement._statement, values), strict=True):
            assert [*ours._mapping.values()] == [*theirs]
            assert all(ours._mapping[column] == theirs._mapping[column] for column in visible_columns(statement))
            assert (ours.awaits_words, ours.has_doubted_letters) == (theirs.awaits_words, theirs.has_doubted_letters)

    await any_db.read(compare)


def visible_columns(statement: PreparedStatement) -> list[Any]:
    selected: Any = statement._statement
    return [column for column in selected.exported_columns if getattr(column, "table", None) is not None]


async def test_a_prepared_statement_changes_rows_in_the_transaction_of_the_others(any_db: Database) -> None:
    add = PreparedStatement(insert(customer_table).returning(customer_table.c.id))
    now = datetime(2026, 11, 2, 12, tzinfo=UTC)

    def write(tx: Connection) -> int:
        number: int = add.find_row(tx, {"external_id": "anna", "created_at": now}).id
        assert PreparedStatement(_RENAME).find_row(tx, {"name": "anna", "new": "boris"}).id == number
        assert PreparedStatement(_RENAME).find_row(tx, {"name": "anna", "new": "boris"}) is None
        return number

    number = await any_db.write(write)
    row = await any_db.read(lambda tx: PreparedStatement(_BY_NAME).find_row(tx, {"name": "boris"}))
    assert (customer_from_row(row).id, customer_from_row(row).external_id) == (number, "boris")


async def test_an_error_is_sqlalchemys_and_repeats_no_value(any_db: Database) -> None:
    add = PreparedStatement(insert(cohort_table))

    def add_twice(tx: Connection) -> None:
        for _ in range(2):
            add.run(tx, {"journey": "shop", "attributes": SECRET})

    with pytest.raises(IntegrityError) as caught:
        await any_db.write(add_twice)
    assert SECRET not in str(caught.value).replace(str(caught.value.orig), "")
    assert await any_db.read(lambda tx: tx.execute(select(cohort_table)).all()) == []


async def test_a_read_that_begins_with_one_sees_one_state(any_db: Database) -> None:
    names = PreparedStatement(select(cohort_table))

    def read(tx: Connection) -> bool:
        names.list_rows(tx, {})
        return tx.in_transaction()

    assert await any_db.read(read)


async def test_listeners_hear_of_prepared_statements(any_db: Database) -> None:
    with listen_to_statements() as statements:
        await any_db.read(lambda tx: PreparedStatement(_BY_NAME).list_rows(tx, {"name": "anna"}))
    assert [each.text.split()[0] for each in statements] == ["SELECT"]


@pytest.mark.parametrize(
    "statement",
    [
        select(customer_table).where(customer_table.c.id.in_(bindparam("ids", expanding=True))),
        insert(visit_table),  # `withdrawn` has a default that only SQLAlchemy fills in
    ],
    ids=["list of values", "default in Python"],
)
async def test_what_only_sqlalchemy_can_fill_in_is_refused(db: Database, statement: Executable) -> None:
    prepared = PreparedStatement(statement)
    with pytest.raises(TypeError, match="prepared statement"):
        await db.read(lambda tx: prepared.list_rows(tx, {"ids": [1]}))
