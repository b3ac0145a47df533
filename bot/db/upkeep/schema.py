"""Schema of the database: migrate it to the newest that this program knows, and refuse one that it does not know.

Invariant: the transaction that takes a database past `COUNTS_PEOPLE` also computes its stage entries and counters
again, because older ones did not count all that the rows tell; those that take it past `COUNTS_FACTS` and
`COUNTS_PARTS` count what these add (`bot.db.upkeep.facts.earlier_facts`, `earlier_parts`). A crash undoes all of it, so
the next start repeats it.
"""

import functools
import logging
from collections.abc import Callable
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, func, select, text

import migrations
from bot.db.counters import tallies
from bot.db.engine.columns import ONLY_ON
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseError
from bot.db.engine.sqlite.files import DatabaseFiles
from bot.db.journeys import journeys, stage_entries
from bot.db.tables import metadata
from bot.db.upkeep import counter_check
from bot.db.upkeep.facts.earlier_facts import COUNTS_FACTS, count_earlier_facts
from bot.db.upkeep.facts.earlier_parts import COUNTS_PARTS, count_earlier_parts, fill_earlier_parts
from cjm.journeys.journey import Journey

log = logging.getLogger(__name__)

COUNTS_PEOPLE = "0004"
"""First revision whose counters count people at touchpoints, customers, hours of entry and gaps between days."""

_LOCK = 8_418_047  # number of the advisory lock; no other program should happen to use it


def log_rebuild() -> None:
    """Log that counters are computed."""
    log.info("the upgrade computes counters from the answers and visits; this may take minutes")


async def migrate(
    db: Database, to: str = "head", *, is_renewed: bool = False, on_rebuild: Callable[[], None] = log_rebuild
) -> bool:
    """Bring the schema to ``to`` ("head", "base" or a later revision) in one transaction. Return True if it was empty.

    ``is_renewed``: an empty SQLite database is filled although a trace shows that one was in use there. Raises
    DatabaseError without it, and when the database was made by a newer Tropa, or its folder is missing. ``on_rebuild``
    is called before counters are computed from the rows of a database from before `COUNTS_PARTS`.
    """
    if db.is_sqlite:
        db.files.make(is_renewed=is_renewed)
    may_be_lost = db.is_sqlite and not is_renewed
    is_new = await db.write(lambda tx: _migrate(tx, to, db.files if may_be_lost else None, on_rebuild))
    if db.is_sqlite and to != "base":
        db.files.leave_trace()
    return is_new


def _migrate(tx: Connection, to: str, files: DatabaseFiles | None, on_rebuild: Callable[[], None]) -> bool:
    if tx.dialect.name == "postgresql":
        # Processes that start together wait for each other: the second would fail at the tables of the first.
        # An upgrade of a large database takes minutes, longer than others wait for a lock.
        tx.execute(text("SET LOCAL lock_timeout = 0"))
        tx.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        tx.execute(text("SET LOCAL lock_timeout = DEFAULT"))
    before = MigrationContext.configure(tx).get_current_revision()
    if to == "head" and before == _find_head():
        return False  # as at most starts: to read all steps for it would take longer than the rest of opening
    is_new = before is None
    if is_new and files is not None:
        files.refuse_trace_of_use("has no tables", files.lock_path)
    config = migrations.config()
    config.attributes["connection"] = tx
    _refuse_newer(tx)
    if to == "base":
        command.downgrade(config, to)
    else:
        command.upgrade(config, to)
    if to == "head" and before is not None and _is_older(before, COUNTS_PARTS):
        current = journeys.list_current(tx)
        if current:
            on_rebuild()
        for journey in current.values():
            _catch_up(tx, journey, before)
    return is_new


@functools.cache
def _find_head() -> str | None:
    """Return the newest revision that this program knows."""
    return ScriptDirectory.from_config(migrations.config()).get_current_head()


def _is_older(revision: str, than: str) -> bool:
    script = ScriptDirectory.from_config(migrations.config())
    return revision != than and than not in {step.revision for step in script.iterate_revisions(revision, "base")}


def _catch_up(tx: Connection, journey: Journey, before: str) -> None:
    """Count what a database of the revision ``before`` did not count."""
    if _is_older(before, COUNTS_PEOPLE):
        _rebuild_all_counters(tx, journey)
        return
    misses_facts = _is_older(before, COUNTS_FACTS)
    for customer_ids in counter_check.list_everybody(tx):
        if misses_facts:
            count_earlier_facts(tx, journey, customer_ids)
        count_earlier_parts(tx, journey, customer_ids)
    tallies.delete_zeros(tx, journey.key)  # visits that are counted by the part of the day now left them


def _rebuild_all_counters(tx: Connection, journey: Journey) -> None:
    for customer_ids in counter_check.list_everybody(tx):
        fill_earlier_parts(tx, journey, customer_ids)
        stage_entries.recompute_passages(tx, journey, customer_ids)
    counter_check.rebuild_counters(tx, journey)


async def check_schema(db: Database) -> None:
    """Raise DatabaseError unless the schema's revision is the newest that this program knows."""
    await db.read(_check)


def _check(tx: Connection) -> None:
    _refuse_newer(tx)
    revision = MigrationContext.configure(tx).get_current_revision()
    if revision is None:
        raise DatabaseError("the database has no tables yet; 'tropa run' or 'tropa migrate' makes them")
    if revision != _find_head():
        raise DatabaseError("the database is of an older Tropa; start this one, or run 'tropa migrate'")


def _refuse_newer(tx: Connection) -> None:
    current = MigrationContext.configure(tx).get_current_revision()
    try:
        if current is not None:
            ScriptDirectory.from_config(migrations.config()).get_revision(current)
    except CommandError:
        raise DatabaseError(
            "the database was made by a newer Tropa; install that version, or restore a backup"
        ) from None


def list_differences(tx: Connection) -> list[object]:
    """Return how the database's tables differ from `bot.db.tables`; empty when the migrations make the same tables."""

    def is_of_engine(item: Any, _name: object, _kind: object, _is_stored: object, _counterpart: object) -> bool:
        return bool(item.info.get(ONLY_ON, tx.dialect.name) == tx.dialect.name)

    options = {"compare_type": True, "include_object": is_of_engine}
    found = compare_metadata(MigrationContext.configure(tx, opts=options), metadata)
    if tx.dialect.name != "sqlite":
        return list(found)
    # Alembic does not see what SQLite does when the other row of a reference goes that came with a new column.
    seen = [difference for difference in found if difference[0] not in ("add_fk", "remove_fk")]
    return [*seen, *sorted(_list_sqlite_references(tx) ^ _list_references())]


def _list_references() -> set[tuple[str, str, str, str]]:
    """Return the foreign keys of the code: table, column, column that it names, and what follows from a deletion."""
    keys = (key for table in metadata.tables.values() for key in table.foreign_keys)
    return {
        (key.parent.table.name, key.parent.name, key.target_fullname, (key.ondelete or "NO ACTION").upper())
        for key in keys
    }


def _list_sqlite_references(tx: Connection) -> set[tuple[str, str, str, str]]:
    found = set()
    for name in metadata.tables:
        for row in tx.execute(text(f'PRAGMA foreign_key_list("{name}")')).mappings():
            found.add((name, row["from"], f"{row['table']}.{row['to']}", row["on_delete"]))
    return found
