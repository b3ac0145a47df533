"""Databases with a large past: temporary ones, or kept for the next run in the folder that TROPA_BENCH_STORE names.

* A database gets its name when it is complete: one that a run left half stored is stored again.
* A kept one is brought to the newest schema. After a change of the past itself (`tests.bench.large_past`), delete it.
"""

import asyncio
import os
from pathlib import Path
from typing import Any, NamedTuple

from bot.db.engine.database import Database
from bot.db.upkeep.schema import migrate
from tests.bench.duck_figures import store_raw_rows
from tests.bench.large_past import LargePast, PastPlan, list_store_steps


class LargeDatabase(NamedTuple):
    """Database with a large past, and the size of the past."""

    path: Path
    plan: PastPlan


def find_folder(temporary: Path) -> Path:
    """Return the folder of large pasts: the one that keeps them, if it is named, else a temporary one."""
    kept = os.environ.get("TROPA_BENCH_STORE")
    if not kept:
        return temporary
    folder = Path(kept)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def find_past(folder: Path, plan: PastPlan) -> LargeDatabase:
    """Return a database with a past of this size: the one that is kept in the folder, or one that is stored now."""
    path = folder / f"{plan.answers}_answers_{plan.visits}_visits_{plan.people}_people_{plan.days}_days.db"
    if path.exists():
        asyncio.run(_prepare(path, None))
    else:
        unfinished = _clear_unfinished(path)
        asyncio.run(_prepare(unfinished, LargePast(plan)))
        unfinished.rename(path)
    return LargeDatabase(path, plan)


async def _prepare(path: Path, past: LargePast | None) -> None:
    """Bring a database to the newest schema, and store a past in it, if one is given."""
    db = Database(f"sqlite:///{path}")
    await migrate(db)
    for step in list_store_steps(past) if past is not None else ():
        await db.write(step)
    await db.close()


def open_raw_rows(duckdb: Any, large: LargeDatabase, threads: int) -> Any:
    """Open DuckDB with the raw rows of a past in a file beside its database, in the order in which they came."""
    path = large.path.with_suffix(".duckdb")
    if not path.exists():
        unfinished = _clear_unfinished(path)
        with duckdb.connect(str(unfinished)) as connection:
            store_raw_rows(connection, LargePast(large.plan))
        unfinished.rename(path)
    return duckdb.connect(str(path), config={"threads": threads})


def _clear_unfinished(path: Path) -> Path:
    """Return where a file is written before it has its name, without what an ended run left there."""
    for left in path.parent.glob(f"{path.name}.part*"):
        left.unlink()
    return path.with_name(f"{path.name}.part")
