"""Read the history of a journey: its versions, the newest first, with who, when, and what each changed."""

from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from bot.db.engine.database import Connection
from bot.db.journeys import journeys
from bot.usecases.journeys.version_authors import VersionAuthor, find_authors
from cjm.journeys.versions.comparison import compare_journeys
from cjm.journeys.versions.difference import JourneyDifference

PAGE = 8


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One version. ``difference`` is from the version before; ``restores`` the version whose file it is again."""

    version: int
    applied_at: datetime
    author: VersionAuthor
    restores: int | None
    difference: JourneyDifference


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Page of a history, the newest version first. ``skip`` versions are newer; ``has_more``: some are older."""

    entries: tuple[HistoryEntry, ...]
    skip: int
    has_more: bool


def read_history(tx: Connection, key: str, skip: int, page: int = PAGE) -> HistoryPage:
    """Return a page of the history of a journey; without entries for an unknown key or beyond its end."""
    # One more than the page has: the difference of its oldest version is from that one.
    found = journeys.list_history(tx, key, skip=skip, limit=page + 1)
    shown = found[:page]
    authors = find_authors(tx, [version.applied_by for version in shown])
    entries = tuple(
        HistoryEntry(
            version.version,
            version.applied_at,
            authors[version.applied_by],
            version.restores,
            compare_journeys(before.journey if before else None, version.journey),
        )
        for version, before in zip_longest(shown, found[1:])
    )
    return HistoryPage(entries, skip, len(found) > page)
