"""View a journey in a chat: its map, its figures in words, its voices or its digest.

Invariants:
* A view is stored, so that its buttons work after weeks and restarts. Its figures are read each time it is shown.
* Everything that is shown of a view comes from one state of the database, so picture and words agree.
* A viewer reaches their own chat's views, of journeys that they may see, and no others.
* Who looks at customers' words stands in the audit log before they are shown.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.clock import Clock
from bot.db.audit.audit_actions import AuditAction
from bot.db.delivery import letters, views
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection, Database
from bot.db.figures import map_sums, voices
from bot.db.figures.map_sums import MapScope
from bot.db.figures.voices import VoiceRow
from bot.outbox.letters.digest_words import DigestReport
from bot.usecases.audit.record_look import RecordLook, list_map_writers
from bot.usecases.maps.make_digest import make_digest
from bot.usecases.maps.make_map import USUAL_DAYS, USUAL_REMINDER, MapRequest, find_map_choice, make_map
from bot.usecases.maps.read_asking import read_asking_report
from bot.usecases.teams.recognize_viewer import MapViewer, visible_journeys
from cjm.drawing import Layout, count_pages
from cjm.figures.findings.asking.report import AskingReport
from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_view import (
    ABOUT_ASKING,
    MapView,
    ViewContent,
    ViewMenu,
    ViewStep,
    apply_step,
    drop_missing_choices,
    list_shown_scores,
    used_channels,
)
from cjm.journeys.journey import Journey

VOICES_A_PAGE = 5
_DRAWN = (ViewContent.MAP, ViewContent.DIGEST)  # pictures show quotes
_LOOKS = {ViewContent.VOICES: AuditAction.VIEW_VOICES, ViewContent.DIGEST: AuditAction.VIEW_DIGEST}


@dataclass(frozen=True, slots=True)
class ViewedMap:
    """Everything that a message about a journey shows, and what its buttons need to know.

    ``digest`` is there when the view's content is the digest; ``map`` is then the digest's own map, of the whole
    journey. ``maps_by_channel`` is filled for the content CHANNELS, ``voices`` for VOICES, ``asking`` for the contents
    about the asking.
    """

    view_id: int
    view: MapView
    journey: Journey
    map: JourneyMap
    journey_titles: Mapping[str, str]  # of all journeys that the viewer may see
    today: date
    voices: tuple[VoiceRow, ...] = ()
    has_more_voices: bool = False
    maps_by_channel: tuple[tuple[str, JourneyMap], ...] = ()
    digest: DigestReport | None = None
    asking: AskingReport | None = None

    @property
    def has_several_journeys(self) -> bool:
        return len(self.journey_titles) > 1

    @property
    def quote_writers(self) -> list[int | None]:
        """Writer of each quote that can be seen, None where a quote names nobody."""
        if self.view.content is ViewContent.VOICES:
            return [voice.writer for voice in self.voices]
        return list_map_writers(self.map) if self.view.content in _DRAWN else []

    @property
    def page_count(self) -> int:
        """Number of pages that the picture needs on a phone."""
        return count_pages(self.map, Layout.PHONE)


class NothingToView(StrEnum):
    """Reason why there is nothing to show."""

    NO_JOURNEY = "no_journey"
    OTHER_JOURNEY = "other_journey"  # the viewer sees journeys, but none with this key
    GONE = "gone"  # the view is not stored any more, belongs to another chat, or its journey may not be seen


class ViewMap:
    """``open…`` stores a view and returns its id, ``move`` follows a button, ``load`` reads what a view shows."""

    def __init__(self, db: Database, clock: Clock, minimum: int, remind_after: timedelta = USUAL_REMINDER) -> None:
        self._db, self._clock, self._minimum, self._remind_after = db, clock, minimum, remind_after
        self._record_look = RecordLook(db, clock)

    async def open(
        self, viewer: MapViewer, content: ViewContent, journey: str | None, days: int | None = None
    ) -> int | NothingToView:
        """Store a new view of a journey, by default the first that the viewer may see, and return its id."""
        now = self._clock.now()

        def write(tx: Connection) -> int | NothingToView:
            visible = visible_journeys(tx, viewer)
            if not visible or (journey is not None and journey not in visible):
                return NothingToView.OTHER_JOURNEY if visible else NothingToView.NO_JOURNEY
            view = MapView(content, journey or next(iter(visible)), days=days or USUAL_DAYS)
            return views.insert_view(tx, ViewKind.MAP, viewer.chat, view.data, now)

        return await self._db.write(write)

    async def open_beside(self, viewer: MapViewer, view_id: int, content: ViewContent) -> int | NothingToView:
        """Store a new view of the same journey, period, segment and channel with another content; return its id."""
        now = self._clock.now()

        def write(tx: Connection) -> int | NothingToView:
            found = self._find_view(tx, viewer, view_id)
            if isinstance(found, NothingToView):
                return found
            view = replace(found, content=content, place=None, page=0, menu=ViewMenu.NONE, options=())
            return views.insert_view(tx, ViewKind.MAP, viewer.chat, view.data, now)

        return await self._db.write(write)

    async def open_from_digest(self, viewer: MapViewer, view_id: int, message_id: str) -> int | NothingToView:
        """Store a new view of a weekly digest's journey and return its id; the tap proves that the digest arrived."""
        now = self._clock.now()

        def write(tx: Connection) -> int | NothingToView:
            digest = views.find(tx, view_id, viewer.chat, ViewKind.DIGEST)
            if digest is None or digest.data["journey"] not in visible_journeys(tx, viewer):
                return NothingToView.GONE
            letters.mark_arrived(tx, digest.data["letter"], message_id, now)
            view = MapView(ViewContent.MAP, digest.data["journey"])
            return views.insert_view(tx, ViewKind.MAP, viewer.chat, view.data, now)

        return await self._db.write(write)

    async def move(self, viewer: MapViewer, view_id: int, step: ViewStep, number: int = 0) -> MapView | NothingToView:
        """Follow a button and return the view after it; a button that no longer fits leaves everything as it is.

        ``number`` is what the step is about (see `apply_step`): days, a page, or the place of a menu or an option.
        """
        now = self._clock.now()

        def write(tx: Connection) -> MapView | NothingToView:
            found = self._find_view(tx, viewer, view_id, to_change=True)
            if isinstance(found, NothingToView):
                return found
            visible = visible_journeys(tx, viewer)
            view = apply_step(found, step, number, visible, _today(visible[found.journey], now))
            # The button may choose a journey that was taken from the viewer since the menu was opened.
            if view.journey in visible:
                views.update_view(tx, view_id, view.data, now)
            return view

        return await self._db.write(write)

    async def is_kept(self, viewer: MapViewer, view_id: int) -> bool:
        """Return whether the view is stored, and may be seen by this viewer in this chat."""
        return not isinstance(await self._db.read(lambda tx: self._find_view(tx, viewer, view_id)), NothingToView)

    async def load(self, viewer: MapViewer, view_id: int, *, as_file: bool = False) -> ViewedMap | NothingToView:
        """Read everything that the view shows, as of now, in one read of the database.

        ``as_file`` tells that its map is shown as a file, beside what the view shows.
        """
        now = self._clock.now()
        viewed = await self._db.read(lambda tx: self._load(tx, viewer, view_id, now))
        if isinstance(viewed, ViewedMap):
            action = AuditAction.EXPORT_MAP if as_file else _LOOKS.get(viewed.view.content, AuditAction.VIEW_MAP)
            writers = list_map_writers(viewed.map) if as_file else viewed.quote_writers
            await self._record_look(viewer.in_audit, action, viewed.journey.key, writers, viewed.view.place)
        return viewed

    @staticmethod
    def _find_view(
        tx: Connection, viewer: MapViewer, view_id: int, *, to_change: bool = False
    ) -> MapView | NothingToView:
        stored = views.find(tx, view_id, viewer.chat, ViewKind.MAP, for_update=to_change)
        view = MapView.of(stored.data) if stored else None
        # Access is checked at each tap: a manager may have lost a journey since the view was opened.
        return view if view is not None and view.journey in visible_journeys(tx, viewer) else NothingToView.GONE

    def _load(self, tx: Connection, viewer: MapViewer, view_id: int, now: datetime) -> ViewedMap | NothingToView:
        found = self._find_view(tx, viewer, view_id)
        if isinstance(found, NothingToView):
            return found
        visible = visible_journeys(tx, viewer)
        journey = visible[found.journey]
        view = drop_missing_choices(found, journey)
        digest = self._make_digest(tx, view, viewer, now)
        journey_map = digest.map if digest else self._make_map(tx, view, viewer, now)
        found_voices = self._find_voices(tx, view, journey, journey_map)
        return ViewedMap(
            view_id=view_id,
            view=view,
            journey=journey,
            map=journey_map,
            journey_titles={key: other.title.in_language(viewer.language) for key, other in visible.items()},
            today=_today(journey, now),
            voices=tuple(found_voices[:VOICES_A_PAGE]),
            has_more_voices=len(found_voices) > VOICES_A_PAGE,
            maps_by_channel=self._make_channel_maps(tx, view, journey, viewer, now),
            digest=digest,
            asking=self._read_asking(tx, view, journey_map, now),
        )

    def _read_asking(
        self, tx: Connection, view: MapView, journey_map: JourneyMap, now: datetime
    ) -> AskingReport | None:
        if view.content not in ABOUT_ASKING:
            return None
        choice = find_map_choice(tx, _request(view, journey_map.language), now)
        rate = journey_map.totals.response_rate
        return read_asking_report(tx, choice, self._minimum, now, self._remind_after, rate)

    def _make_digest(self, tx: Connection, view: MapView, viewer: MapViewer, now: datetime) -> DigestReport | None:
        if view.content is not ViewContent.DIGEST:
            return None
        request = MapRequest(view.journey, days=USUAL_DAYS, language=viewer.language)
        return make_digest(tx, request, self._minimum, now, self._remind_after)

    def _make_map(
        self, tx: Connection, view: MapView, viewer: MapViewer, now: datetime, channel: str | None = None
    ) -> JourneyMap:
        return make_map(tx, _request(view, viewer.language, channel), self._minimum, now, self._remind_after)

    def _make_channel_maps(
        self, tx: Connection, view: MapView, journey: Journey, viewer: MapViewer, now: datetime
    ) -> tuple[tuple[str, JourneyMap], ...]:
        if view.content is not ViewContent.CHANNELS:
            return ()
        return tuple((key, self._make_map(tx, view, viewer, now, key)) for key in used_channels(journey))

    @staticmethod
    def _find_voices(tx: Connection, view: MapView, journey: Journey, journey_map: JourneyMap) -> list[VoiceRow]:
        """Return a page of voices and one more, which tells that there is another page."""
        if view.content is not ViewContent.VOICES:
            return []
        segment = journey.find_segment(view.segment) if view.segment else None
        cohorts = map_sums.find_cohorts(tx, journey, segment)
        scope = MapScope(journey, journey_map.period.first, journey_map.period.last, cohorts, view.channel)
        skip, shown = view.page * VOICES_A_PAGE, list_shown_scores(journey_map)
        # With fewer answers, words could show who wrote them.
        quotable = {place for place, _ in shown}
        if view.place is not None and view.place not in quotable:
            return []
        stages = quotable & journey.stages_by_key.keys()
        found = voices.list_latest(tx, scope, stages, view.place, VOICES_A_PAGE + 1, skip)
        return [hide_withheld_score(voice, journey, shown) for voice in found]


def _request(view: MapView, language: str, channel: str | None = None) -> MapRequest:
    """Return the request for what a view shows, or for one of its channels."""
    return MapRequest(
        view.journey,
        last=view.last,
        days=view.days,
        segment=view.segment,
        channel=channel or view.channel,
        language=language,
    )


def hide_withheld_score(voice: VoiceRow, journey: Journey, shown: Collection[tuple[str, str]]) -> VoiceRow:
    """Return words without the score that was given beside them, where the figure of that score is withheld.

    Words about a touchpoint that has no figure to show are words about its stage.
    """
    subject = journey.current_key(voice.subject)
    if (subject, voice.kind) not in shown:
        voice = replace(voice, kind=None, value=None)
    return voice if any(place == subject for place, _ in shown) else replace(voice, subject=voice.stage)


def _today(journey: Journey, now: datetime) -> date:
    return now.astimezone(journey.zone).date()
