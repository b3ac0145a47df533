"""Journeys as they were applied: the file of every version is kept, and the newest version is in force.

A journey that is archived rests: its newest version stays in force for what is read and counted, and says since when.
"""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, text, update

from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.engine.rows import row_reader
from bot.db.journeys import renamings
from bot.db.journeys.tables import journey_draft_table, journey_version_table
from cjm.asking.subject_names import list_renamings
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey


@dataclass(frozen=True)  # without slots, which have no room for a cached property
class JourneyVersion:
    """One applied file of a journey. ``version`` counts from 1; ``source`` is the text of the file.

    ``restores`` is the version whose file it put into force again. ``archived_at`` is set only of the version in force.
    """

    key: str
    version: int
    source: str
    applied_at: datetime
    applied_by: str | None
    restores: int | None = None
    archived_at: datetime | None = None
    archived_by: str | None = None

    @functools.cached_property
    def journey(self) -> Journey:
        return parse_version(self.key, self.version, self.source)


@functools.lru_cache(256)
def parse_version(key: str, version: int, source: str) -> Journey:
    """Parse the file of a version, through a cache: a version never changes, and parsing takes milliseconds."""
    return read_journey(source, f"{key} (version {version})", is_stored=True)


_version_from_row = row_reader(JourneyVersion, journey_version_table)
_SAVED_BY = journey_draft_table.c.saved_by
_NEWEST = (
    select(journey_version_table.c.key, func.max(journey_version_table.c.version).label("version"))
    .group_by(journey_version_table.c.key)
    .subquery()
)
_IN_FORCE = PreparedStatement(
    select(journey_version_table)
    .join(
        _NEWEST, (journey_version_table.c.key == _NEWEST.c.key) & (journey_version_table.c.version == _NEWEST.c.version)
    )
    .order_by(journey_version_table.c.archived_at.is_not(None), journey_version_table.c.key)
)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext(current_schema() || '/tropa-journey/' || :key))")


def lock(tx: Connection, key: str) -> None:
    """Let others who want to change this journey wait until the end of ``tx``. SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        tx.execute(_LOCK, {"key": key})


def list_versions_in_force(tx: Connection) -> Mapping[str, JourneyVersion]:
    """Return the versions in force, by the journey's key; journeys that are archived come last."""
    return {row.key: _version_from_row(row) for row in _IN_FORCE.list_rows(tx, {})}


def list_asking_versions(tx: Connection) -> Mapping[str, JourneyVersion]:
    """Return the versions in force of the journeys that may ask: those that are not archived."""
    return {key: version for key, version in list_versions_in_force(tx).items() if version.archived_at is None}


def is_archived(tx: Connection, key: str) -> bool:
    """Return whether a journey is archived."""
    table = journey_version_table
    newest = select(table.c.archived_at).where(table.c.key == key).order_by(table.c.version.desc()).limit(1)
    return tx.scalar(newest) is not None


def list_current(tx: Connection) -> Mapping[str, Journey]:
    """Return the journeys in force, by key."""
    return {key: version.journey for key, version in list_versions_in_force(tx).items()}


def find_current(tx: Connection, key: str) -> Journey | None:
    """Return the journey in force with this key."""
    return list_current(tx).get(key)


def find_version(tx: Connection, key: str, version: int) -> Journey | None:
    """Return a journey as it was then: conversations under way keep the wording they began with."""
    stored = find_stored(tx, key, version)
    return stored.journey if stored else None


def find_stored(tx: Connection, key: str, version: int) -> JourneyVersion | None:
    """Return a version of a journey with its file."""
    is_meant = (journey_version_table.c.key == key) & (journey_version_table.c.version == version)
    row = tx.execute(select(journey_version_table).where(is_meant)).first()
    return _version_from_row(row) if row else None


def list_version_times(tx: Connection, key: str) -> Mapping[int, datetime]:
    """Return when each version of a journey was applied, by its number, the oldest first."""
    table = journey_version_table
    found = select(table.c.version, table.c.applied_at).where(table.c.key == key).order_by(table.c.version)
    return {row.version: row.applied_at for row in tx.execute(found)}


def list_history(tx: Connection, key: str, *, skip: int, limit: int) -> list[JourneyVersion]:
    """Return the versions of a journey, the newest first, without the ``skip`` newest ones."""
    newest = select(journey_version_table).where(journey_version_table.c.key == key)
    rows = tx.execute(newest.order_by(journey_version_table.c.version.desc()).offset(skip).limit(limit))
    return [_version_from_row(row) for row in rows]


def list_newest_first(tx: Connection, key: str) -> Iterator[Journey]:
    """Return a journey as each of its versions has it, the one in force first; older ones are read when needed."""
    numbers = select(journey_version_table.c.version).where(journey_version_table.c.key == key)
    for version in tx.scalars(numbers.order_by(journey_version_table.c.version.desc())).all():
        journey = find_version(tx, key, version)
        if journey is not None:
            yield journey


def find_in_force_at(tx: Connection, key: str, moment: datetime) -> Journey | None:
    """Return a journey as it was in force at a moment; None before its first version."""
    is_meant = (journey_version_table.c.key == key) & (journey_version_table.c.applied_at <= moment)
    newest = select(journey_version_table).where(is_meant).order_by(journey_version_table.c.version.desc()).limit(1)
    row = tx.execute(newest).first()
    return parse_version(row.key, row.version, row.source) if row else None


def replace_account(tx: Connection, account: str, account_hash: str) -> None:
    """Name an account that changed journeys by a keyed hash, as part of forgetting a person."""
    for column in (journey_version_table.c.applied_by, journey_version_table.c.archived_by, _SAVED_BY):
        tx.execute(update(column.table).where(column == account).values({column: account_hash}))


def apply(
    tx: Connection,
    journey: Journey,
    source: str,
    *,
    now: datetime,
    applied_by: str | None = None,
    restores: int | None = None,
) -> int:
    """Put a file into force and return its version. A file that is in force already changes nothing.

    ``restores`` is the earlier version whose file it is.
    """
    before = list_versions_in_force(tx).get(journey.key)
    if before is not None and before.source == source:
        return before.version
    version = before.version + 1 if before else 1
    tx.execute(
        insert(journey_version_table).values(
            key=journey.key,
            version=version,
            source=source,
            applied_at=now,
            applied_by=applied_by,
            restores=restores,
        )
    )
    renamings.insert_renamings(tx, list_renamings(version, before.journey if before else None, journey))
    return version


def save_archived(tx: Connection, in_force: JourneyVersion, at: datetime | None, by: str | None) -> None:
    """Store since when a journey rests and who put it to rest; None wakes it."""
    table = journey_version_table
    is_meant = (table.c.key == in_force.key) & (table.c.version == in_force.version)
    tx.execute(update(table).where(is_meant).values(archived_at=at, archived_by=by))
