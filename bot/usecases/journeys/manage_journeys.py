"""Look after journeys in the chat: the list, and of each journey its file, draft, history and archive.

Invariant: a button finds a journey by its place in a list that is stored for its chat, and rights are asked again at
each tap.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.db.delivery import views
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journey_drafts, journeys
from bot.db.journeys.journey_drafts import JourneyDraft
from bot.db.journeys.journeys import JourneyVersion
from bot.usecases.journeys.archive_journey import set_archived
from bot.usecases.journeys.change_journey import show_file, show_roll_back
from bot.usecases.journeys.change_outcomes import RefusedJourneyFile, ShownProposal
from bot.usecases.journeys.read_history import HistoryPage, read_history
from bot.usecases.journeys.roll_back_journey import make_roll_back
from bot.usecases.journeys.version_authors import VersionAuthor, find_authors
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.errors import JourneyError
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ListedJourney:
    """Journey in the list. ``version`` is the one in force, 0 for a draft of a journey that is not in force yet."""

    key: str
    title: str
    version: int
    is_archived: bool
    has_draft: bool


@dataclass(frozen=True, slots=True)
class JourneyList:
    """Journeys that a manager may see, in the order of their buttons; ``view_id`` is the list's."""

    journeys: tuple[ListedJourney, ...]
    view_id: int


@dataclass(frozen=True, slots=True)
class JourneyFile:
    """File in force of a journey."""

    key: str
    title: str
    version: int
    source: str


@dataclass(frozen=True, slots=True)
class SavedStep:
    """Something that somebody did to a journey: who, and when, in UTC."""

    author: VersionAuthor
    at: datetime


@dataclass(frozen=True, slots=True)
class JourneyPage:
    """Page of one journey. ``place`` is its place in the list ``view_id``; ``version`` 0: there is only a draft."""

    view_id: int
    place: int
    key: str
    title: str
    zone: ZoneInfo
    version: int
    restores: int | None
    applied: SavedStep | None
    archived: SavedStep | None
    draft: SavedStep | None


@dataclass(frozen=True, slots=True)
class JourneyHistory:
    """Page of a journey's history, with the page of the journey that it belongs to."""

    of: JourneyPage
    page: HistoryPage


@dataclass(frozen=True, slots=True)
class _Found:
    """Journey behind a button: its version in force and its draft; one of them there is."""

    view_id: int
    place: int
    key: str
    version: JourneyVersion | None
    draft: JourneyDraft | None

    @property
    def journey(self) -> Journey:
        if self.version is not None:
            return self.version.journey
        assert self.draft is not None  # one of them there is
        return _read_draft(self.draft)


class ManageJourneys:
    """``list_all`` is /journeys; the other methods are buttons below it. None: the button is too old or not theirs."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def list_all(self, viewer: MapViewer) -> JourneyList:
        """Return the journeys that the manager may see, archived ones last, and the drafts of new ones."""
        now = self._clock.now()

        def write(tx: Connection) -> JourneyList:
            listed = _list_journeys(tx, viewer)
            data = {"keys": [journey.key for journey in listed]}
            return JourneyList(listed, views.insert_view(tx, ViewKind.FILES, viewer.chat, data, now))

        return await self._db.write(write)

    async def find_page(self, viewer: MapViewer, view_id: int, place: int) -> JourneyPage | None:
        """Return the page of the journey at ``place`` of a list."""
        return await self._read(viewer, view_id, place, lambda tx, found: _make_page(tx, found, viewer.language))

    async def find_file(self, viewer: MapViewer, view_id: int, place: int) -> JourneyFile | None:
        """Return the file in force of the journey at ``place`` of a list."""

        def read(_: Connection, found: _Found) -> JourneyFile | None:
            version = found.version
            title = found.journey.title.in_language(viewer.language)
            return JourneyFile(found.key, title, version.version, version.source) if version is not None else None

        return await self._read(viewer, view_id, place, read)

    async def find_history(self, viewer: MapViewer, view_id: int, place: int, skip: int) -> JourneyHistory | None:
        """Return a page of the history; ``skip`` versions are newer."""
        return await self._read(
            viewer,
            view_id,
            place,
            lambda tx, found: JourneyHistory(_make_page(tx, found, viewer.language), read_history(tx, found.key, skip)),
        )

    async def show_draft(
        self, viewer: MapViewer, view_id: int, place: int
    ) -> ShownProposal | RefusedJourneyFile | None:
        """Return what the draft of a journey would change, with the buttons that apply and discard it."""
        now = self._clock.now()

        def write(tx: Connection, found: _Found) -> ShownProposal | None:
            if found.draft is None:
                return None
            journey = _read_draft(found.draft)
            return show_file(tx, viewer, journey, found.draft.source, f"{found.key}.toml", now)

        return await self._write(viewer, view_id, place, write)

    async def show_roll_back(
        self, viewer: MapViewer, view_id: int, place: int, version: int
    ) -> ShownProposal | RefusedJourneyFile | None:
        """Return what it would change to put a version of before into force again, with the button that does."""
        now = self._clock.now()

        def write(tx: Connection, found: _Found) -> ShownProposal | None:
            roll_back = make_roll_back(tx, found.key, version)
            return show_roll_back(tx, viewer, roll_back, now) if roll_back is not None else None

        return await self._write(viewer, view_id, place, write)

    async def archive(self, viewer: MapViewer, view_id: int, place: int, is_archived: bool) -> JourneyPage | None:
        """Put the journey at ``place`` of a list to rest, or bring it back; return its page as it is then."""
        now = self._clock.now()

        def write(tx: Connection) -> JourneyPage | None:
            found = _find(tx, viewer, view_id, place)
            if found is None or found.version is None:
                return None
            set_archived(tx, found.key, is_archived, viewer.in_audit, now)
            again = _find(tx, viewer, view_id, place)
            assert again is not None  # it was there just now
            return _make_page(tx, again, viewer.language)

        return await self._db.write(write)

    async def _read(
        self, viewer: MapViewer, view_id: int, place: int, fn: Callable[[Connection, _Found], T | None]
    ) -> T | None:
        def read(tx: Connection) -> T | None:
            found = _find(tx, viewer, view_id, place)
            return fn(tx, found) if found is not None else None

        return await self._db.read(read)

    async def _write(
        self, viewer: MapViewer, view_id: int, place: int, fn: Callable[[Connection, _Found], T | None]
    ) -> T | RefusedJourneyFile | None:
        def write(tx: Connection) -> T | RefusedJourneyFile | None:
            found = _find(tx, viewer, view_id, place)
            try:
                return fn(tx, found) if found is not None else None
            except JourneyError as error:
                return RefusedJourneyFile(error.mistakes)

        return await self._db.write(write)


def _list_journeys(tx: Connection, viewer: MapViewer) -> tuple[ListedJourney, ...]:
    in_force, drafts = journeys.list_versions_in_force(tx), journey_drafts.list_all(tx)
    listed = [
        ListedJourney(
            key,
            version.journey.title.in_language(viewer.language),
            version.version,
            version.archived_at is not None,
            key in drafts,
        )
        for key, version in in_force.items()
        if viewer.may_see(key)
    ]
    listed += [
        ListedJourney(key, _read_draft(draft).title.in_language(viewer.language), 0, False, True)
        for key, draft in drafts.items()
        if key not in in_force and viewer.may_see(key)
    ]
    return tuple(listed)


def _find(tx: Connection, viewer: MapViewer, view_id: int, place: int) -> _Found | None:
    view = views.find(tx, view_id, viewer.chat, ViewKind.FILES)
    keys = view.data["keys"] if view else []
    if not 0 <= place < len(keys) or not viewer.may_see(keys[place]):
        return None
    version = journeys.list_versions_in_force(tx).get(keys[place])
    draft = journey_drafts.find_by_key(tx, keys[place])
    return _Found(view_id, place, keys[place], version, draft) if version or draft else None


def _make_page(tx: Connection, found: _Found, language: str) -> JourneyPage:
    version, draft, journey = found.version, found.draft, found.journey
    authors = find_authors(
        tx, [*((version.applied_by, version.archived_by) if version else ()), *([draft.saved_by] if draft else [])]
    )
    archived_at = version.archived_at if version else None
    return JourneyPage(
        found.view_id,
        found.place,
        found.key,
        journey.title.in_language(language),
        journey.zone,
        version.version if version else 0,
        version.restores if version else None,
        SavedStep(authors[version.applied_by], version.applied_at) if version else None,
        SavedStep(authors[version.archived_by], archived_at) if version and archived_at else None,
        SavedStep(authors[draft.saved_by], draft.saved_at) if draft else None,
    )


def _read_draft(draft: JourneyDraft) -> Journey:
    """Read the file of a draft; it has no mistakes, as it was read when it was kept."""
    return read_journey(draft.source, draft.key, is_stored=True)
