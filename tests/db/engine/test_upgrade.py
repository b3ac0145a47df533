"""Upgrades: a database of an older Tropa becomes what it would be, had this one recorded everything."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Boolean, Date, Float, Integer, MetaData, String, column, insert, select, text
from sqlalchemy import table as lightweight_table

from bot.clock import FrozenClock
from bot.db.counters import tallies
from bot.db.engine.columns import Json
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.tables import metadata
from bot.db.upkeep import counter_check
from bot.db.upkeep.schema import check_schema, migrate
from bot.usecases.maps.make_map import MakeMap, MapRequest
from cjm.figures.map_json import map_as_json
from tests.usecases.upkeep.random_past import LAST, NOW, store_random_past

BEFORE_PEOPLE = "0003"
MINIMUM = 5
OLD_WEEK = date(2026, 6, 1)  # a Monday
Rows = dict[str, list[dict[str, Any]]]
OLD_TALLY = lightweight_table(
    "tally",
    *(column(name, String()) for name in ("journey", "subject", "measure", "bucket", "channel")),
    column("day", Date()),
    column("cohort_id", Integer()),
    column("settled", Boolean()),
    column("n", Integer()),
    *(column(name, Float()) for name in ("total", "squares", "raw")),
)


@pytest.fixture
async def rows(db: Database) -> Rows:
    """Rows of a database that this Tropa has recorded."""
    await store_random_past(db, Random(11), people=12, days=30)
    return await db.read(read_rows)


def read_rows(tx: Connection) -> Rows:
    return {table.name: [dict(row._mapping) for row in tx.execute(select(table))] for table in metadata.sorted_tables}


async def go_back_and_store(db: Database, rows: Rows) -> None:
    """Bring an empty database to the schema from before people were counted, and store the rows as Tropa did then."""
    await migrate(db, "base")
    await migrate(db, BEFORE_PEOPLE)
    await db.write(lambda tx: store_rows(tx, rows))


def store_rows(tx: Connection, rows: Rows) -> None:
    old = MetaData()
    old.reflect(tx)
    told: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for row in sorted(rows["customer_attribute"], key=lambda each: each["since"]):
        told[row["customer_id"]][row["key"]] = row["value"]
    extra: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "customer": lambda row: {"attributes": told[row["id"]]},
        "stage_entry": lambda row: {"next_at": None},  # as an older rule had it
    }
    for table in metadata.sorted_tables:
        if table.name in old.tables and table.name != "tally":
            names = {column.name for column in old.tables[table.name].columns}
            # Types of the code: reflected ones store times and JSON in another way.
            columns = [column(c.name, c.type) for c in table.columns if c.name in names]
            columns += [column("attributes", Json)] if table.name == "customer" else []
            target = lightweight_table(table.name, *columns)
            for row in rows[table.name]:
                values = {c.name: row.get(c.name) for c in columns} | extra.get(table.name, no_extra)(row)
                tx.execute(insert(target).values(values))
            if tx.dialect.name == "postgresql" and "id" in names:
                number = (
                    f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), max(id)) FROM \"{table.name}\""
                )
                tx.execute(text(number))
    store_old_counters(tx, rows["cohort"][0]["id"])


def no_extra(row: dict[str, Any]) -> dict[str, Any]:
    return {}


def store_old_counters(tx: Connection, cohort_id: int) -> None:
    """Store a settled week, and a live counter of a kind that is not counted any more."""
    for measure, subject, settled in (
        ("csat", "pay", True),
        ("csat.people", "buy", True),
        ("csat.people", "use", False),
    ):
        tx.execute(
            insert(OLD_TALLY).values(
                journey="small",
                day=OLD_WEEK,
                subject=subject,
                measure=measure,
                bucket="5" if measure == "csat" else "",
                cohort_id=cohort_id,
                channel="site" if measure == "csat" else "",
                settled=settled,
                n=7,
                total=7.0,
                squares=7.0,
                raw=35.0,
            )
        )


async def test_upgraded_database_shows_the_maps_of_one_that_recorded_everything(
    any_db: Database, db: Database, rows: Rows
) -> None:
    await go_back_and_store(any_db, rows)
    rebuilt: list[str] = []
    await migrate(any_db, on_rebuild=lambda: rebuilt.append("all counters"))
    assert rebuilt == ["all counters"]
    await check_schema(any_db)
    journey = (await any_db.read(journeys.list_current))["small"]
    assert await any_db.read(lambda tx: counter_check.list_wrong_counters(tx, journey)) == []
    for days, segment, channel in ((28, None, None), (7, None, "site"), (60, "gold", None)):
        request = MapRequest("small", last=LAST, days=days, segment=segment, channel=channel)
        upgraded, recorded = [
            map_as_json(await MakeMap(each, FrozenClock(NOW), MINIMUM)(request)) for each in (any_db, db)
        ]
        assert upgraded == recorded
    for read in (tallies.list_counters, tallies.list_gap_counters):
        counted = [await each.read(partial(read, journey="small")) for each in (any_db, db)]
        assert counted[0] == counted[1]


async def test_settled_weeks_of_before_stay_under_their_monday(any_db: Database, rows: Rows) -> None:
    await go_back_and_store(any_db, rows)
    await migrate(any_db)
    settled = await any_db.read(lambda tx: tallies.list_counters(tx, "small", settled=True))
    found = {(c.day, c.subject, c.measure): sums.n for c, sums in settled.items()}
    assert found == {
        (OLD_WEEK, "pay", "csat"): 7,
        (OLD_WEEK, "pay", "csat.people"): 7,
        (OLD_WEEK, "buy", "csat.people"): 7,
    }


async def test_counters_are_computed_once(db: Database, tmp_path: Path, rows: Rows) -> None:
    old = Database(f"sqlite:///{tmp_path / 'old.db'}")
    calls: list[str] = []
    await go_back_and_store(old, rows)
    for _ in range(2):
        await migrate(old, on_rebuild=lambda: calls.append("rebuild"))
    await migrate(db, on_rebuild=lambda: calls.append("never: it is the newest"))
    await old.close()
    assert calls == ["rebuild"]


async def test_crash_in_the_middle_leaves_the_old_schema_and_the_next_start_repeats_all(
    tmp_path: Path, rows: Rows
) -> None:
    old = Database(f"sqlite:///{tmp_path / 'old.db'}")
    await go_back_and_store(old, rows)

    def crash() -> None:
        raise RuntimeError("the power went out")

    with pytest.raises(RuntimeError):
        await migrate(old, on_rebuild=crash)
    assert await old.read(lambda tx: tx.scalar(text("SELECT version_num FROM alembic_version"))) == BEFORE_PEOPLE
    await migrate(old)
    journey = (await old.read(journeys.list_current))["small"]
    assert await old.read(lambda tx: counter_check.list_wrong_counters(tx, journey)) == []
    await old.close()


async def test_new_database_computes_nothing(tmp_path: Path) -> None:
    new = Database(f"sqlite:///{tmp_path / 'new.db'}")
    calls: list[str] = []
    assert await migrate(new, on_rebuild=lambda: calls.append("rebuild"))
    await new.close()
    assert calls == []
