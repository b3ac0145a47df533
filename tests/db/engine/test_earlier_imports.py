"""The upgrade to units: imported answers of before can be recognized and taken back, and no row or index is lost."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from alembic import command
from sqlalchemy import column, select, table, text, update

import migrations
from bot.db.asking.tables import answer_table
from bot.db.engine.database import Connection, Database
from bot.db.imports import imported_rows, table_imports
from bot.db.imports.tables import imported_row_table
from bot.db.people.tables import customer_attribute_table
from bot.db.tables import metadata
from bot.db.upkeep import counter_check
from bot.db.upkeep.schema import migrate
from tests.usecases.tables.random_answers import QUESTIONS, TableLife, make_answer, make_row

BEFORE_UNITS = "0007"
THEN = datetime(2026, 3, 4, 12, tzinfo=UTC)
NAMED = {
    row.name: row
    for row in (
        make_row("12", THEN, [make_answer("pay_csat", 4), make_answer("find_ces", 2)], customer="anna"),
        make_row("12:30", THEN, [make_answer("pay_csat", 1), make_answer("pay_words", "Zł: dobrze")]),
        make_row("a", THEN, [make_answer("pay_why", "slow")], channel="app", attributes={"class": "gold"}),
        make_row("b", THEN + timedelta(days=1), [make_answer("pay_csat", 5)], customer="anna"),
    )
}
OLD_ANSWER = table("answer", column("id"), column("source_key"))


def go_back(tx: Connection) -> None:
    config = migrations.config()
    config.attributes["connection"] = tx
    command.downgrade(config, BEFORE_UNITS)


def give_old_keys(tx: Connection, names: Mapping[int, str], rows: list[dict[str, Any]]) -> None:
    """Name the row of each answer as an older Tropa did."""
    for answer in rows:
        key = f"small:{names[answer['import_row_id']]}:{answer['question']}"
        tx.execute(update(OLD_ANSWER).where(OLD_ANSWER.c.id == answer["id"]).values(source_key=key))


def read_answers(tx: Connection) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in tx.execute(select(answer_table).order_by(answer_table.c.id))]


def without_row(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in answer.items() if key != "import_row_id"} for answer in answers]


def name_rows(tx: Connection) -> dict[int, str]:
    (unit,) = table_imports.list_by_name(tx, "small", "one")
    by_hash = {unit.hash_name(name): name for name in NAMED}
    return {row.id: by_hash[row.name] for row in tx.execute(select(imported_row_table))}


@pytest.fixture
async def upgraded(any_db: Database) -> Database:
    """A database whose imports were made by an older Tropa; synthesized customers have the names of that time."""

    def store(tx: Connection) -> list[dict[str, Any]]:
        TableLife(tx, Random(0)).take("one", NAMED, QUESTIONS)
        (unit,) = table_imports.list_by_name(tx, "small", "one")
        for name in NAMED:
            change = text("UPDATE customer SET external_id = :old WHERE external_id = :new")
            tx.execute(change, {"old": f"import-{name}", "new": unit.name_customer(name)})
        answers, names = read_answers(tx), name_rows(tx)
        go_back(tx)
        give_old_keys(tx, names, answers)
        return answers

    answers = await any_db.write(store)
    await migrate(any_db)
    assert without_row(await any_db.read(read_answers)) == without_row(answers)
    return any_db


async def test_rows_of_before_have_the_names_and_contents_that_their_file_gives_now(upgraded: Database) -> None:
    def check(tx: Connection) -> None:
        (unit,) = table_imports.list_by_name(tx, "small", "earlier-imports")
        found = imported_rows.find_by_names(tx, unit.id, [unit.hash_name(name) for name in NAMED])
        assert {unit.hash_name(row.name): row.content for row in NAMED.values()} == {
            name: row.content for name, row in found.items()
        }
        contents = Counter(row.content for row in NAMED.values())
        assert imported_rows.count_equal_contents(tx, "small", contents, None) == {"earlier-imports": len(NAMED)}
        assert imported_rows.count_equal_contents(tx, "small", contents, unit.id) == {}
        assert {one.value for row in found.values() for one in row.list_told()} == {"gold"}
        assert [(s.name, s.rows, s.is_finished) for s in table_imports.list_by_journey(tx, "small")] == [
            ("earlier-imports", len(NAMED), True)
        ]

    await upgraded.read(check)


async def test_imports_of_before_can_be_corrected_and_taken_back(upgraded: Database) -> None:
    def take_back(tx: Connection) -> None:
        life = TableLife(tx, Random(0), tables={"earlier-imports": dict(NAMED)})
        corrected = NAMED | {"b": make_row("b", THEN, [make_answer("pay_csat", 2)], customer="anna")}
        outcomes = life.take("earlier-imports", corrected, QUESTIONS)
        assert [outcome.value for outcome in outcomes] == ["known", "known", "known", "corrected"]
        assert counter_check.list_wrong_counters(tx, life.journey) == []
        removed = life.undo("earlier-imports")
        assert (removed.answers, removed.people) == (6, 3)
        assert read_answers(tx) == []
        assert tx.execute(select(customer_attribute_table)).all() == []
        assert life.read_counters() == {}

    await upgraded.write(take_back)


async def test_indexes_survive_the_copy_of_a_table(db: Database, tmp_path: Path) -> None:
    def read_indexes(tx: Connection) -> set[tuple[str, str]]:
        rows = tx.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
        return {(row.name, " ".join(row.sql.replace('"', "").split())) for row in rows}

    await db.write(go_back)
    await migrate(db)
    bare = Database(f"sqlite:///{tmp_path / 'bare.db'}")
    bare.files.make(is_renewed=True)
    await bare.write(metadata.create_all)
    of_the_code = await bare.read(read_indexes)
    await bare.close()
    assert await db.read(read_indexes) == of_the_code
