"""Keep views of maps under names: save, rename and delete them; use one for a digest.

Invariants:
* Saving, renaming and deleting can each be taken back.
* A chat reaches its own saved views only, and only those of journeys that the viewer may see.
* A name is awaited for `NAMING_PERIOD`; in a group only from the person who asked for it.
* Whether a digest is made with a saved view is decided by managers of the journey.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.clock import Clock
from bot.db.asking import awaited_texts
from bot.db.asking.awaited_texts import AwaitedText, AwaitedTextKind
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import saved_views, views
from bot.db.delivery.saved_views import SavedView
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection, Database
from bot.texts import words_in
from bot.usecases.teams.recognize_viewer import MapViewer, visible_journeys
from cjm.figures.map_view import MapView
from cjm.figures.views.view_names import fit_name
from cjm.journeys.journey import Journey
from cjm.wording.view_words import describe_view

MOST_SAVED = 30  # views of a chat: more would not fit the list of buttons
NAMING_PERIOD = timedelta(minutes=15)


class KeepingRefusal(StrEnum):
    """Reason why a step with saved views was not taken."""

    GONE = "gone"
    TOO_MANY = "too_many"
    NAME_TAKEN = "name_taken"
    NO_NAME = "no_name"
    ONLY_MANAGERS = "only_managers"


@dataclass(frozen=True, slots=True)
class ListedView:
    """Saved view with what it shows in words; ``lost_segment`` if its journey no longer has the segment."""

    saved: SavedView
    about: str
    lost_segment: bool = False
    is_deleted: bool = False

    @property
    def id(self) -> int:
        return self.saved.id


class KeepViews:
    """Saved views of a chat; each call is one transaction."""

    def __init__(self, db: Database, clock: Clock, routing: CaseRouting) -> None:
        self._db, self._clock, self._routing = db, clock, routing

    async def save(self, viewer: MapViewer, view_id: int) -> ListedView | KeepingRefusal:
        """Save what a message shows under a name made of what it shows; the same view is not saved twice."""
        now = self._clock.now()

        def write(tx: Connection) -> ListedView | KeepingRefusal:
            stored = views.find(tx, view_id, viewer.chat, ViewKind.MAP)
            visible = visible_journeys(tx, viewer)
            view = MapView.of(stored.data).to_save() if stored else None
            if view is None or view.journey not in visible:
                return KeepingRefusal.GONE
            kept = saved_views.list_by_owner(tx, viewer.chat)
            same = next((each for each in kept if MapView.of(each.data) == view), None)
            if same is None and len(kept) >= MOST_SAVED:
                return KeepingRefusal.TOO_MANY
            if same is None:
                about = describe_view(view, visible[view.journey], words_in(viewer.language))
                name = fit_name(about, {each.name.casefold() for each in kept})
                saved_id = saved_views.insert_view(tx, viewer.chat, name, view.journey, view.data, now)
                same = saved_views.find(tx, saved_id, viewer.chat)
                assert same is not None  # it was stored in this transaction
            return _describe(same, visible, viewer)

        return await self._db.write(write)

    async def list_all(self, viewer: MapViewer) -> list[ListedView]:
        """Return the saved views of this chat whose journeys the viewer may see, by name."""

        def read(tx: Connection) -> list[ListedView]:
            visible = visible_journeys(tx, viewer)
            kept = saved_views.list_by_owner(tx, viewer.chat)
            return [_describe(each, visible, viewer) for each in kept if each.journey in visible]

        return await self._db.read(read)

    async def find(self, viewer: MapViewer, saved_id: int) -> ListedView | KeepingRefusal:
        """Return one saved view."""
        return await self._db.read(lambda tx: self._find(tx, viewer, saved_id))

    async def await_name(self, viewer: MapViewer, saved_id: int) -> ListedView | KeepingRefusal:
        """Await the next text of this person as the name of a saved view."""
        now = self._clock.now()

        def act(tx: Connection, found: ListedView) -> ListedView:
            awaited = AwaitedText(AwaitedTextKind.VIEW_NAME, now, saved_id, {"person": str(viewer.person)})
            awaited_texts.save(tx, viewer.chat, awaited)
            return found

        return await self._change(viewer, saved_id, act)

    async def is_name_awaited(self, viewer: MapViewer) -> bool:
        """Return whether the next text of this person in this chat names a saved view."""
        now = self._clock.now()
        return await self._db.read(lambda tx: _find_awaited(tx, viewer, now) is not None)

    async def name(self, viewer: MapViewer, text: str) -> ListedView | KeepingRefusal:
        """Rename the saved view whose name is awaited; a name that cannot be taken is awaited on."""
        now = self._clock.now()

        def write(tx: Connection) -> ListedView | KeepingRefusal:
            saved_id, name = _find_awaited(tx, viewer, now), fit_name(text)
            found = self._find(tx, viewer, saved_id) if saved_id is not None else KeepingRefusal.GONE
            if isinstance(found, KeepingRefusal) or not name:
                return found if isinstance(found, KeepingRefusal) else KeepingRefusal.NO_NAME
            other = saved_views.find_by_name(tx, viewer.chat, name)
            if name.casefold() in visible_journeys(tx, viewer) or (other is not None and other.id != found.id):
                return KeepingRefusal.NAME_TAKEN
            awaited_texts.delete_awaited(tx, viewer.chat, AwaitedTextKind.VIEW_NAME)
            saved_views.rename(tx, found.saved, name)
            return self._find(tx, viewer, found.id)

        return await self._db.write(write)

    async def take_name_back(self, viewer: MapViewer, saved_id: int) -> ListedView | KeepingRefusal:
        """Give a saved view its former name again."""

        def act(tx: Connection, found: ListedView) -> ListedView | KeepingRefusal:
            former = found.saved.former_name
            other = saved_views.find_by_name(tx, viewer.chat, former) if former else None
            if former is None or (other is not None and other.id != found.id):
                return KeepingRefusal.NAME_TAKEN
            saved_views.rename(tx, found.saved, former)
            return self._find(tx, viewer, saved_id)

        return await self._change(viewer, saved_id, act)

    async def delete(self, viewer: MapViewer, saved_id: int) -> ListedView | KeepingRefusal:
        """Delete a saved view; `restore` takes it back for some weeks."""
        now = self._clock.now()

        def act(tx: Connection, found: ListedView) -> ListedView | KeepingRefusal:
            if found.saved.for_digest and not self._manages(tx, viewer, found.saved.journey):
                return KeepingRefusal.ONLY_MANAGERS
            saved_views.delete_view(tx, saved_id, now)
            return self._find(tx, viewer, saved_id, is_deleted=True)

        return await self._change(viewer, saved_id, act)

    async def restore(self, viewer: MapViewer, saved_id: int) -> ListedView | KeepingRefusal:
        """Take back that a saved view was deleted."""

        def write(tx: Connection) -> ListedView | KeepingRefusal:
            found = self._find(tx, viewer, saved_id, is_deleted=True)
            if isinstance(found, KeepingRefusal):
                return self._find(tx, viewer, saved_id)  # somebody else took it back already
            if saved_views.find_by_name(tx, viewer.chat, found.saved.name) is not None:
                return KeepingRefusal.NAME_TAKEN
            if saved_views.count_by_owner(tx, viewer.chat) >= MOST_SAVED:
                return KeepingRefusal.TOO_MANY
            saved_views.restore(tx, saved_id)
            return self._find(tx, viewer, saved_id)

        return await self._db.write(write)

    async def use_for_digest(self, viewer: MapViewer, saved_id: int, *, is_used: bool) -> ListedView | KeepingRefusal:
        """Make the weekly digest of this team's chat with a saved view, or with the whole journey again."""

        def act(tx: Connection, found: ListedView) -> ListedView | KeepingRefusal:
            if not viewer.team or not self._manages(tx, viewer, found.saved.journey):
                return KeepingRefusal.ONLY_MANAGERS
            saved_views.use_for_digest(tx, viewer.chat, found.saved, is_used=is_used)
            return self._find(tx, viewer, saved_id)

        return await self._change(viewer, saved_id, act)

    async def _change(
        self,
        viewer: MapViewer,
        saved_id: int,
        act: Callable[[Connection, ListedView], ListedView | KeepingRefusal],
    ) -> ListedView | KeepingRefusal:
        def write(tx: Connection) -> ListedView | KeepingRefusal:
            found = self._find(tx, viewer, saved_id)
            return found if isinstance(found, KeepingRefusal) else act(tx, found)

        return await self._db.write(write)

    def _find(
        self, tx: Connection, viewer: MapViewer, saved_id: int, *, is_deleted: bool = False
    ) -> ListedView | KeepingRefusal:
        visible = visible_journeys(tx, viewer)
        saved = saved_views.find(tx, saved_id, viewer.chat, is_deleted=is_deleted)
        if saved is None or saved.journey not in visible:
            return KeepingRefusal.GONE
        return _describe(saved, visible, viewer, is_deleted=is_deleted)

    def _manages(self, tx: Connection, viewer: MapViewer, journey: str) -> bool:
        """Return whether the person is a manager who may see the journey in their own chat."""
        own = self._routing.find_access(tx, viewer.person, viewer.person)
        return own is not None and own.covers(journey)


def _describe(
    saved: SavedView, visible: dict[str, Journey], viewer: MapViewer, *, is_deleted: bool = False
) -> ListedView:
    view, journey = MapView.of(saved.data), visible[saved.journey]
    lost = view.segment is not None and journey.find_segment(view.segment) is None
    return ListedView(saved, describe_view(view, journey, words_in(viewer.language)), lost, is_deleted)


def _find_awaited(tx: Connection, viewer: MapViewer, now: datetime) -> int | None:
    """Return the saved view whose name is awaited from this person."""
    awaited = awaited_texts.find(tx, viewer.chat)
    is_ours = awaited is not None and awaited.kind is AwaitedTextKind.VIEW_NAME and now - awaited.at <= NAMING_PERIOD
    return awaited.ref if awaited is not None and is_ours and awaited.data["person"] == str(viewer.person) else None
