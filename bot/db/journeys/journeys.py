"""Journeys as they were applied: every version's file is kept, the newest is in force."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from bot.db.engine.database import Connection
from bot.db.journeys.tables import journey_version_table
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey


@dataclass(frozen=True, slots=True)
class JourneyVersion:
    """One applied file of a journey."""

    key: str
    version: int
    source: str
    applied_at: datetime
    applied_by: str | None

    @property
    def journey(self) -> Journey:
        return parse_version(self.key, self.version, self.source)


@functools.lru_cache(256)
def parse_version(key: str, version: int, source: str) -> Journey:
    """What a file says; read anew only when it has not been met for long."""
    return read_journey(source, f"{key} (version {version})")


_NEWEST = (
    select(journey_version_table.c.key, func.max(journey_version_table.c.version).label("version"))
    .group_by(journey_version_table.c.key)
    .subquery()
)
_IN_FORCE = (
    select(
        journey_version_table.c.key,
        journey_version_table.c.version,
        journey_version_table.c.source,
        journey_version_table.c.applied_at,
        journey_version_table.c.applied_by,
    )
    .join(
        _NEWEST, (journey_version_table.c.key == _NEWEST.c.key) & (journey_version_table.c.version == _NEWEST.c.version)
    )
    .order_by(journey_version_table.c.key)
)


def list_versions(tx: Connection) -> Mapping[str, JourneyVersion]:
    """The versions in force, by the journey's key."""
    return {r.key: JourneyVersion(*r) for r in tx.execute(_IN_FORCE)}


def list_current(tx: Connection) -> Mapping[str, Journey]:
    """The journeys in force, by key."""
    return {key: version.journey for key, version in list_versions(tx).items()}


def find_current(tx: Connection, key: str) -> Journey | None:
    return list_current(tx).get(key)


def find_version(tx: Connection, key: str, version: int) -> Journey | None:
    """A journey as it was; conversations under way keep the wording they began with."""
    found = tx.execute(
        select(journey_version_table).where(
            journey_version_table.c.key == key, journey_version_table.c.version == version
        )
    ).first()
    return parse_version(found.key, found.version, found.source) if found else None


def apply(tx: Connection, journey: Journey, source: str, *, now: datetime, by: str | None = None) -> int:
    """Put a file into force; returns its version. The same file again changes nothing."""
    before = list_versions(tx).get(journey.key)
    if before is not None and before.source == source:
        return before.version
    version = before.version + 1 if before else 1
    tx.execute(
        insert(journey_version_table).values(
            key=journey.key, version=version, source=source, applied_at=now, applied_by=by
        )
    )
    return version
