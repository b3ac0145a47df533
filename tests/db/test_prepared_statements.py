"""Prepared statements give what SQLAlchemy gives for the same statement: rows, errors, transactions, and listeners."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Executable, bindparam, delete, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.db.conversation import conversation_rows
from bot.db.engine.chunks import is_one_of
from bot.db.engine.database import Connection, Database
from bot.db.engine.prepared_statement import PreparedQuery, PreparedStatement
from bot.db.engine.rows import select_record
from bot.db.journeys.tables import cohort_table, visit_table
from bot.db.people.customers import customer_from_row
from bot.db.people.tables import customer_attribute_table, customer_table
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


# ---- lists of values, and many rows ----------------------------------------------------------------------------------

PEOPLE = ["anna", 'boris "x"', "żółw, 🐢", "O'Hara", "a" * 64, "12"]
MADE = datetime(2026, 11, 2, 12, 0, 0, 250, tzinfo=UTC)


class Person(NamedTuple):
    """Fields in another order than the columns of the table."""

    created_at: datetime
    external_id: str
    id: int


_BY_NAMES = PreparedQuery(
    Person, select_record(Person, customer_table).where(is_one_of(customer_table.c.external_id, "names"))
)
_OF_MOMENTS = PreparedQuery(
    Person,
    select(customer_table.c.id, customer_table.c.external_id, customer_table.c.created_at).where(
        is_one_of(customer_table.c.id, "ids"), is_one_of(customer_table.c.created_at, "times")
    ),
)
_DELETE = PreparedStatement(delete(customer_table).where(is_one_of(customer_table.c.external_id, "names")))


async def store_people(db: Database) -> None:
    add = PreparedStatement(insert(customer_table))
    rows = [{"external_id": name, "created_at": MADE} for name in PEOPLE]
    await db.write(lambda tx: add.run_many(tx, rows))


async def test_a_list_of_values_finds_the_rows_that_have_one_of_them(any_db: Database) -> None:
    await store_people(any_db)
    for names in ([], ["nobody"], PEOPLE[:1], ["a" * 65], PEOPLE):
        found = await any_db.read(lambda tx: _BY_NAMES.list_records(tx, {"names": names}))  # noqa: B023 - awaited
        assert sorted(person.external_id for person in found) == sorted(set(names) & set(PEOPLE))
        assert all(person.created_at == MADE for person in found)


async def test_lists_of_numbers_and_of_times_are_compared_as_such(any_db: Database) -> None:
    await store_people(any_db)
    ids = [person.id for person in await any_db.read(lambda tx: _BY_NAMES.list_records(tx, {"names": PEOPLE[:2]}))]
    for times, expected in (([MADE], PEOPLE[:2]), ([MADE.replace(microsecond=0)], []), ([], [])):
        values = {"ids": ids, "times": times}
        found = await any_db.read(lambda tx: _OF_MOMENTS.list_records(tx, values))  # noqa: B023 - awaited
        assert [person.external_id for person in found] == expected


async def test_an_empty_list_sends_nothing_and_changes_nothing(any_db: Database) -> None:
    await store_people(any_db)
    with listen_to_statements() as statements:
        await any_db.write(lambda tx: _DELETE.run(tx, {"names": []}))
    assert statements == []
    await any_db.write(lambda tx: _DELETE.run(tx, {"names": PEOPLE[1:]}))
    found = await any_db.read(lambda tx: _BY_NAMES.list_records(tx, {"names": PEOPLE}))
    assert [person.external_id for person in found] == PEOPLE[:1]


async def test_many_rows_are_stored_as_they_are_one_by_one(any_db: Database) -> None:
    """Times, JSON of every kind, truth, and what a column holds when it is left out."""
    await store_people(any_db)
    values = ["text", 1, 2.5, True, None, {"a": [None, "ż"]}, "", "x" * 3000]
    rows = [
        {"customer_id": 1, "key": f"{way}{n}", "since": MADE, "value": value, "imported": bool(n % 2)}
        for way in ("one", "all")
        for n, value in enumerate(values)
    ]
    add = PreparedStatement(insert(customer_attribute_table))

    def write(tx: Connection) -> None:
        for row in rows[: len(values)]:
            add.run(tx, row)
        add.run_many(tx, rows[len(values) :])

    await any_db.write(write)
    table = customer_attribute_table
    stored = await any_db.read(lambda tx: tx.execute(select(table)).all())
    by_key = {row.key: (row.customer_id, row.since, row.value, row.imported) for row in stored}
    assert by_key == {row["key"]: (1, MADE, row["value"], row["imported"]) for row in rows}
    raw = await any_db.read(lambda tx: tx.execute(select(table.c.key, table.c.value.is_(None).label("is_null"))).all())
    assert {row.key[3:] for row in raw if row.is_null and row.key.startswith("one")} == {
        row.key[3:] for row in raw if row.is_null and row.key.startswith("all")
    }


async def test_a_text_that_is_too_long_is_refused_among_many_rows(postgresql_url: str) -> None:
    """A cast to the column's length would cut it without a word."""
    db, add = Database(postgresql_url), PreparedStatement(insert(cohort_table))
    rows = [{"journey": name, "attributes": "{}"} for name in ("shop", "x" * 65)]
    try:
        with pytest.raises(DBAPIError):
            await db.write(lambda tx: add.run_many(tx, rows))
    finally:
        await db.close()
