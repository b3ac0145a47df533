"""Each step of the schema, down and up again, on a filled database: a row that it does not mean to change stays.

How much a whole upgrade brings is shown by `test_upgrade`, `test_upgrade_steps` and the tests of single steps.
"""

from collections import Counter
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

from alembic import command
from sqlalchemy import ColumnClause, column, inspect, select, table, text

import migrations
from bot.db.engine.database import Connection, Database
from bot.db.upkeep.schema import list_differences
from tests.db.engine.test_upgrade_steps import Rows, delete_zeros, fill_empty_tables
from tests.usecases.upkeep.random_past import store_random_past

FIRST = "0001"
MEANT: dict[tuple[str, str], set[str]] = {
    ("0006", "up"): {"tally"},  # flow counters say how many went on, and
    ("0006", "down"): {"tally"},  # as once
    ("0012", "up"): {"secret"},  # the key of people's hashes is made
    ("0012", "down"): {"secret"},
    ("0023", "down"): {"tally"},  # counters of measures and amounts go
    ("0026", "down"): {"tally"},  # parts of the day are counted together again
    ("0031", "up"): {"tally_total", "tally_week"},  # durations move to blocks, and
    ("0031", "down"): {"tally_total", "tally_week"},  # back
}
"""Tables whose rows a step changes, by the step and its direction."""


class Step(NamedTuple):
    """Rows of all tables at a revision."""

    revision: str
    rows: Rows


def read_rows(tx: Connection) -> Rows:
    """Return all rows as the engine stores them."""
    # By the names of columns: PostgreSQL's driver keeps the plan of a statement, which "*" makes wrong after a step.
    columns: dict[str, list[ColumnClause[Any]]] = {
        name: [column(each["name"]) for each in found] for (_, name), found in _list_columns(tx).items()
    }
    return {
        name: [dict(row) for row in tx.execute(select(*of_table).select_from(table(name))).mappings()]
        for name, of_table in columns.items()
        if name != "alembic_version"
    }


def _list_columns(tx: Connection) -> dict[Any, Any]:
    return dict(inspect(tx).get_multi_columns())


def walk(tx: Connection, to: str, start: str) -> list[Step]:
    """Go to a revision and return the rows at its beginning and after each step."""
    steps = [Step(start, read_rows(tx))]
    config = migrations.config()
    config.attributes["connection"] = tx
    config.attributes["on_step"] = lambda *, step, **_: steps.append(
        Step(step.destination_revision_ids[0], read_rows(tx))
    )
    (command.downgrade if to < start else command.upgrade)(config, to)
    return steps


def list_changed(before: Rows, after: Rows) -> set[str]:
    """Return the tables of both that differ in the columns that both have."""
    return {name for name in before.keys() & after.keys() if _differ(before[name], after[name])}


def _differ(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> bool:
    if not before or not after:
        return bool(before) != bool(after)
    shared = sorted(before[0].keys() & after[0].keys())
    first, second = (Counter(repr([row[key] for key in shared]) for row in rows) for rows in (before, after))
    return first != second


def find_changes(steps: list[Step]) -> dict[tuple[str, str], set[str]]:
    changes = {}
    for before, after in pairwise(steps):
        way = "down" if after.revision < before.revision else "up"
        if changed := list_changed(before.rows, after.rows):
            changes[max(before.revision, after.revision), way] = changed
    return changes


async def test_each_step_down_and_up_changes_no_row_but_those_that_it_means(any_db: Database) -> None:
    await store_random_past(any_db, Random(7), people=4, days=10)

    def go_down_and_up(tx: Connection) -> dict[tuple[str, str], set[str]]:
        delete_zeros(tx)
        fill_empty_tables(tx)
        head = str(tx.scalar(text("SELECT version_num FROM alembic_version")))
        down = walk(tx, FIRST, head)
        assert [step.revision for step in down] == [f"{n:04}" for n in range(int(head), 0, -1)]
        fill_empty_tables(tx)
        return find_changes(down) | find_changes(walk(tx, "head", FIRST))

    assert await any_db.write(go_down_and_up) == MEANT
    assert await any_db.read(list_differences) == []


def test_row_that_a_step_changes_or_loses_is_found() -> None:
    rows: Rows = {"answer": [{"id": 1, "value": 5}, {"id": 2, "value": 4}], "letter": [{"id": 1}]}
    new = {"answer": [row | {"new": 0} for row in rows["answer"]], "letter": [{"id": 1}], "other": [{"id": 3}]}
    assert find_changes([Step("0001", rows), Step("0002", new), Step("0001", rows)]) == {}
    changed = rows | {"answer": [{"id": 1, "value": 3}, {"id": 2, "value": 4}]}
    assert find_changes([Step("0001", rows), Step("0002", changed)]) == {("0002", "up"): {"answer"}}
    assert find_changes([Step("0002", rows), Step("0001", rows | {"letter": []})]) == {("0002", "down"): {"letter"}}
