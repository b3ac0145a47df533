"""View a journey in a chat: its map, its figures in words, one stage, its voices or its digest.

Invariants:
* A view is stored, so that its buttons work after weeks and restarts. Its figures are read each time it is shown.
* A viewer reaches their own chat's views, of journeys that they may see, and no others.
* Who looks at customers' words stands in the audit log before they are shown.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.clock import Clock
from bot.db.audit.audit_actions import AuditAction
from bot.db.delivery import letters, map_preferences, saved_views, views
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection, Database
from bot.usecases.audit.record_look import RecordLook, list_map_writers
from bot.usecases.cases.list_cases import PlaceKeys
from bot.usecases.maps.apart.figure_reader import FigureReader
from bot.usecases.maps.make_map import USUAL_DAYS, USUAL_REMINDER
from bot.usecases.maps.views.load_view import ViewedMap, ViewQuery
from bot.usecases.teams.recognize_viewer import MapViewer, visible_journeys
from cjm.figures.journey_map import MapKind
from cjm.figures.map_view import MapView, ViewContent, ViewMenu
from cjm.figures.views.view_names import fit_name
from cjm.figures.views.view_steps import ViewStep, apply_step, choose_theme, open_beside, open_stage
from cjm.figures.views.voice_filter import find_theme_by_code
from cjm.journeys.journey import Journey

MOST_DAYS = 999
"""Days that a command may ask for: more digits are no number of days, but a key or a slip."""

_LOOKS = {ViewContent.VOICES: AuditAction.VIEW_VOICES, ViewContent.DIGEST: AuditAction.VIEW_DIGEST}


@dataclass(frozen=True, slots=True)
class OpenedView:
    """View that was stored to be shown in a new message; ``kind`` is the kind of its map."""

    id: int
    content: ViewContent
    kind: MapKind = MapKind.CURRENT


class NothingToView(StrEnum):
    """Reason why there is nothing to show."""

    NO_JOURNEY = "no_journey"
    OTHER_JOURNEY = "other_journey"  # the viewer sees journeys, but none with this key
    NO_DAYS = "no_days"  # the number of days is none that a map may have
    GONE = "gone"  # the view is not stored any more, belongs to another chat, or its journey may not be seen


class ViewMap:
    """``open…`` stores a view, ``move`` and the like follow a button in place, ``load`` reads what a view shows.

    ``figures``: a reader that is shared with others.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        minimum: int,
        remind_after: timedelta = USUAL_REMINDER,
        figures: FigureReader | None = None,
    ) -> None:
        self._db, self._clock, self._figures = db, clock, figures or FigureReader(db, clock)
        self._minimum, self._remind_after = minimum, remind_after
        self._record_look = RecordLook(db, clock)

    async def open(
        self,
        viewer: MapViewer,
        content: ViewContent,
        journey: str | None,
        days: int | None = None,
        *,
        saved: str | None = None,
    ) -> OpenedView | NothingToView:
        """Store a new view of a journey, by default the first that the viewer may see.

        ``saved`` may be the name of a view that was saved in this chat; then it is that one, unless a journey has this
        key.
        """
        now = self._clock.now()

        def write(tx: Connection) -> OpenedView | NothingToView:
            visible = visible_journeys(tx, viewer)
            found = _find_by_name(tx, viewer, saved) if saved and journey not in visible else None
            if found is not None:
                return _insert_saved(tx, viewer, found, now)
            if days is not None and not 1 <= days <= MOST_DAYS:
                return NothingToView.NO_DAYS
            if not visible or (journey is not None and journey not in visible):
                return NothingToView.OTHER_JOURNEY if visible else NothingToView.NO_JOURNEY
            lanes = map_preferences.find_lanes(tx, viewer.chat)
            view = MapView(content, journey or next(iter(visible)), days=days or USUAL_DAYS, lanes=lanes)
            return _insert(tx, viewer, view, now)

        return await self._db.write(write)

    async def open_saved(self, viewer: MapViewer, saved_id: int) -> OpenedView | NothingToView:
        """Store a new view as it was saved under a name."""
        now = self._clock.now()

        def write(tx: Connection) -> OpenedView | NothingToView:
            saved = saved_views.find(tx, saved_id, viewer.chat)
            return NothingToView.GONE if saved is None else _insert_saved(tx, viewer, saved, now)

        return await self._db.write(write)

    async def open_beside(
        self, viewer: MapViewer, view_id: int, content: ViewContent, place: str = "", theme: str = ""
    ) -> OpenedView | NothingToView:
        """Store a new view of the same journey, period, segment and channel with another content.

        ``place`` is the key of what it is about, ``theme`` the code of a reason that voices are narrowed to.
        """
        now = self._clock.now()

        def write(tx: Connection) -> OpenedView | NothingToView:
            found = self._find_view(tx, viewer, view_id)
            if isinstance(found, NothingToView):
                return found
            journey = visible_journeys(tx, viewer)[found.journey]
            view = open_beside(found, content, journey, place or None)
            chosen = find_theme_by_code(journey, theme) if theme else None
            return _insert(tx, viewer, choose_theme(view, str(chosen), journey) if chosen else view, now)

        return await self._db.write(write)

    async def open_from_digest(self, viewer: MapViewer, view_id: int, message_id: str) -> OpenedView | NothingToView:
        """Store a new view of a weekly digest's journey; the tap proves that the digest arrived.

        A digest that was made with a saved view opens that one.
        """
        now = self._clock.now()

        def write(tx: Connection) -> OpenedView | NothingToView:
            digest = views.find(tx, view_id, viewer.chat, ViewKind.DIGEST)
            if digest is None or digest.data["journey"] not in visible_journeys(tx, viewer):
                return NothingToView.GONE
            letters.mark_arrived(tx, digest.data["letter"], message_id, now)
            used = saved_views.find_for_digest(tx, viewer.chat, digest.data["journey"])
            view = MapView(ViewContent.MAP, digest.data["journey"], lanes=map_preferences.find_lanes(tx, viewer.chat))
            if used is not None:
                view = replace(MapView.of(used.data), content=ViewContent.MAP, saved=used.name, place=None)
            return _insert(tx, viewer, view, now)

        return await self._db.write(write)

    async def move(self, viewer: MapViewer, view_id: int, step: ViewStep, number: int = 0) -> MapView | NothingToView:
        """Follow a button and return the view after it; a button that no longer fits leaves everything as it is.

        ``number`` is what the step is about (see `apply_step`): days, a page, or the place of a menu or an option.
        """
        now = self._clock.now()

        def follow(tx: Connection, found: MapView, visible: dict[str, Journey]) -> MapView:
            view = apply_step(found, step, number, visible, today_of(visible[found.journey], now))
            if found.menu is ViewMenu.LANES and view.lanes is not None:  # the chat's choice, also for its next views
                map_preferences.save_lanes(tx, viewer.chat, view.lanes)
            return view

        return await self._change(viewer, view_id, now, follow)

    async def show_stage(self, viewer: MapViewer, view_id: int, key: str) -> MapView | NothingToView:
        """Show a stage's page in place of what the view shows."""
        return await self._change(
            viewer, view_id, self._clock.now(), lambda tx, view, visible: open_stage(view, key, visible[view.journey])
        )

    async def narrow_to_theme(self, viewer: MapViewer, view_id: int, code: str) -> MapView | NothingToView:
        """Narrow voices to those who chose the reason with this code; without a code, take that back."""

        def choose(_: Connection, view: MapView, visible: dict[str, Journey]) -> MapView:
            journey = visible[view.journey]
            theme = find_theme_by_code(journey, code) if code else None
            return choose_theme(view, str(theme) if theme else None, journey)

        return await self._change(viewer, view_id, self._clock.now(), choose)

    async def _change(
        self,
        viewer: MapViewer,
        view_id: int,
        now: datetime,
        change: Callable[[Connection, MapView, dict[str, Journey]], MapView],
    ) -> MapView | NothingToView:
        def write(tx: Connection) -> MapView | NothingToView:
            found = self._find_view(tx, viewer, view_id, to_change=True)
            if isinstance(found, NothingToView):
                return found
            visible = visible_journeys(tx, viewer)
            view = change(tx, found, visible)
            # The button may choose a journey that was taken from the viewer since the menu was opened.
            if view.journey in visible:
                views.update_view(tx, view_id, view.data, now)
            return view

        return await self._db.write(write)

    async def is_kept(self, viewer: MapViewer, view_id: int) -> bool:
        """Return whether the view is stored, and may be seen by this viewer in this chat."""
        return not isinstance(await self._db.read(lambda tx: self._find_view(tx, viewer, view_id)), NothingToView)

    async def find_place(self, viewer: MapViewer, view_id: int, place: str) -> PlaceKeys | NothingToView:
        """Return a place of the view's journey, whose cases are asked for."""
        found = await self._db.read(lambda tx: self._find_view(tx, viewer, view_id))
        return found if isinstance(found, NothingToView) else PlaceKeys(found.journey, place)

    async def load(self, viewer: MapViewer, view_id: int, *, as_file: bool = False) -> ViewedMap | NothingToView:
        """Read everything that the view shows, as of now, in one read of the database.

        ``as_file`` tells that its map is shown as a file, beside what the view shows.
        """
        view = await self._db.read(lambda tx: _find_stored(tx, viewer, view_id))
        if view is None:
            return NothingToView.GONE
        # Without the number of the view: chats whose views show the same share what is read.
        query = ViewQuery(view, viewer.rights, self._minimum, self._remind_after, as_file)
        viewed = await self._figures.read(query)
        if viewed is None:
            return NothingToView.GONE
        action = AuditAction.EXPORT_MAP if as_file else _LOOKS.get(viewed.view.content, AuditAction.VIEW_MAP)
        writers = list_map_writers(viewed.map) if as_file else viewed.quote_writers
        await self._record_look(viewer.in_audit, action, viewed.journey.key, writers, viewed.view.place)
        return replace(viewed, view_id=view_id)

    @staticmethod
    def _find_view(
        tx: Connection, viewer: MapViewer, view_id: int, *, to_change: bool = False
    ) -> MapView | NothingToView:
        view = _find_stored(tx, viewer, view_id, to_change=to_change)
        # Access is checked at each tap: a manager may have lost a journey since the view was opened.
        return view if view is not None and view.journey in visible_journeys(tx, viewer) else NothingToView.GONE


def _find_stored(tx: Connection, viewer: MapViewer, view_id: int, *, to_change: bool = False) -> MapView | None:
    """Return a view of this chat, also of a journey that the viewer may not see any more."""
    stored = views.find(tx, view_id, viewer.chat, ViewKind.MAP, for_update=to_change)
    return MapView.of(stored.data) if stored else None


def _insert(tx: Connection, viewer: MapViewer, view: MapView, now: datetime) -> OpenedView:
    view_id = views.insert_view(tx, ViewKind.MAP, viewer.chat, view.data, now)
    kind = MapKind.DIFFERENCE if view.compare else MapKind(view.kind or MapKind.CURRENT)
    return OpenedView(view_id, view.content, kind)


def _find_by_name(tx: Connection, viewer: MapViewer, typed: str) -> saved_views.SavedView | None:
    """Return the saved view that a text names; names were cleaned when they were given, so the text is, too."""
    return saved_views.find_by_name(tx, viewer.chat, fit_name(typed))


def _insert_saved(
    tx: Connection, viewer: MapViewer, saved: saved_views.SavedView, now: datetime
) -> OpenedView | NothingToView:
    view = replace(MapView.of(saved.data), saved=saved.name)
    # Rights are checked when a saved view is used: its journey may be gone, or taken from the viewer.
    return _insert(tx, viewer, view, now) if view.journey in visible_journeys(tx, viewer) else NothingToView.GONE


def today_of(journey: Journey, now: datetime) -> date:
    """Return the present day in the journey's zone."""
    return now.astimezone(journey.zone).date()
