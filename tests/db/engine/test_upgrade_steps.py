"""Upgrades of a filled database: no row is lost or changed on the way up, nor on the way back."""

from datetime import date
from random import Random
from typing import Any

import pytest
from alembic import command
from sqlalchemy import JSON, Boolean, Date, DateTime, Float, Integer, LargeBinary, MetaData, Table, insert, select

import migrations
from bot.db.counters import tallies
from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection, Database
from bot.db.journeys.tables import stage_entry_table
from bot.db.upkeep.schema import list_differences, migrate
from cjm.figures.tally import Tally
from tests.usecases.upkeep.random_past import NOW, store_random_past

SINCE = "0008"  # upgrades from before it change rows, and have tests of their own
Rows = dict[str, list[dict[str, Any]]]


def go_back(tx: Connection, to: str = SINCE) -> None:
    config = migrations.config()
    config.attributes["connection"] = tx
    command.downgrade(config, to)


def reflect_tables(tx: Connection) -> list[Table]:
    known = MetaData()
    known.reflect(tx)
    return [table for table in known.sorted_tables if table.name != "alembic_version"]


def delete_zeros(tx: Connection) -> None:
    tallies.delete_zeros(tx, "small", tx.scalars(select(tally_table.c.day).distinct()).all())


def read_rows(tx: Connection) -> Rows:
    """Return all rows as the engine stores them, without what our types make of them."""
    return {
        table.name: sorted((dict(row._mapping) for row in tx.execute(select(table))), key=repr)
        for table in reflect_tables(tx)
    }


def fill_empty_tables(tx: Connection) -> list[str]:
    """Insert a row into each table that has none, and return the names of these tables."""
    filled = []
    for table in reflect_tables(tx):
        if tx.execute(select(table).limit(1)).first() is None:
            tx.execute(insert(table).values(make_row(tx, table)))
            filled.append(table.name)
    return filled


def make_row(tx: Connection, table: Table) -> dict[str, Any]:
    """Return a row for a table whose references lead to rows that are there."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.foreign_keys:
            (key,) = column.foreign_keys
            row[column.name] = tx.scalar(select(key.column).limit(1))
        elif len(table.primary_key) > 1 or not column.primary_key or not isinstance(column.type, Integer):
            row[column.name] = make_value(column.type)
    return row


def make_value(kind: object) -> Any:
    values: list[tuple[type, Any]] = [
        (Boolean, True), (Integer, 7), (Float, 7.0), (DateTime, NOW), (Date, date(2026, 6, 1)), (LargeBinary, b"x"),
        (JSON, {"a": 1}),
    ]  # fmt: skip
    return next((value for each, value in values if isinstance(kind, each)), "x")


def list_lost(before: Rows, after: Rows) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows of before that are not there any more, or have other values in the columns that they had."""
    lost = []
    for name, rows in before.items():
        kept = {repr({key: row[key] for key in rows[0]}) for row in after[name]} if rows else set()
        lost += [(name, row) for row in rows if repr(row) not in kept]
    return lost


def join_parts(rows: Rows) -> Rows:
    """Return rows in which visits and complaints are counted together for all parts of a day, as they once were."""
    joined: dict[tuple[object, ...], dict[str, Any]] = {}
    for row in rows["tally"]:
        key = row if row["measure"] not in ("visits", "complaints") else row | {"bucket": ""}
        name = tuple(value for column, value in key.items() if column != "n")
        joined[name] = key | {"n": joined[name]["n"] + row["n"] if name in joined else row["n"]}
    return rows | {"tally": list(joined.values())}


@pytest.fixture
async def filled(any_db: Database) -> Database:
    """A database of ``SINCE`` in which every table has rows, and no counter is zero: an upgrade deletes those."""
    await store_random_past(any_db, Random(5), people=4, days=10)
    await any_db.write(delete_zeros)
    await any_db.write(go_back)
    await any_db.write(fill_empty_tables)
    return any_db


async def test_upgrade_and_the_way_back_keep_every_row_of_a_filled_database(filled: Database) -> None:
    before = await filled.read(read_rows)
    assert all(before.values()), [name for name, rows in before.items() if not rows]
    await migrate(filled)
    assert list_lost(before, join_parts(await filled.read(read_rows))) == []
    assert await filled.read(list_differences) == []
    await filled.write(go_back)
    assert await filled.read(read_rows) == before


async def test_upgrade_counts_measures_amounts_and_starts_of_before(any_db: Database) -> None:
    await store_random_past(any_db, Random(6), people=12, days=20)
    before = await any_db.read(read_told)
    await any_db.write(lambda tx: go_back(tx, "0022"))
    await migrate(any_db)
    assert await any_db.read(read_told) == before
    assert {key.measure for key in before[1]} >= {"measure:wait", "amount", "since_start"}


def read_told(tx: Connection) -> tuple[set[tuple[object, ...]], Tally]:
    """Return what stage entries keep of their walks, and all counters."""
    entry = stage_entry_table.c
    rows = tx.execute(select(entry.id, entry.started_at, entry.amount))
    return {tuple(row) for row in rows}, tallies.list_counters(tx, "small")


async def test_row_that_is_lost_or_changed_is_listed() -> None:
    before: Rows = {"answer": [{"id": 1, "value": 5}, {"id": 2, "value": 4}], "letter": []}
    after: Rows = {"answer": [{"id": 1, "value": 5, "new": None}, {"id": 2, "value": 3, "new": 1}], "letter": []}
    assert list_lost(before, before) == []
    assert list_lost(before, after) == [("answer", {"id": 2, "value": 4})]
