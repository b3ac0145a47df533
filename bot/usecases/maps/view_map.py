"""Looking at a journey: the picture, the figures in words, the voices. What is shown is kept; a button moves it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from bot.clock import Clock
from bot.db.delivery import letters, views
from bot.db.engine.database import Connection, Database
from bot.db.figures import map_sums, voices
from bot.db.figures.map_sums import MapScope
from bot.db.figures.voices import VoiceRow
from bot.usecases.maps.make_map import USUAL_DAYS, MapRequest, make_map
from bot.usecases.maps.send_digests import DIGEST_VIEW as DIGEST_VIEW
from bot.usecases.teams.recognize_viewer import MapViewer, visible_journeys
from cjm.drawing import Layout, count_pages
from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_view import MapView, ViewContent, ViewMenu, ViewStep, used_channels, drop_missing_choices, apply_step
from cjm.figures.score import Verdict
from cjm.journeys.journey import Journey

MAP_VIEW = "look"
VOICES_A_PAGE = 5


@dataclass(frozen=True, slots=True)
class ViewedMap:
    """What is to be shown: the map, and what the message's buttons need to know."""

    view_id: int
    view: MapView
    journey: Journey
    map: JourneyMap
    journey_titles: Mapping[str, str]  # of all journeys that the viewer may see
    today: date
    voices: tuple[VoiceRow, ...] = ()
    has_more_voices: bool = False
    maps_by_channel: tuple[tuple[str, JourneyMap], ...] = ()

    @property
    def has_several_journeys(self) -> bool:
        return len(self.journey_titles) > 1

    @property
    def page_count(self) -> int:
        """Of the picture."""
        return count_pages(self.map, Layout.PHONE)


class NothingToView(StrEnum):
    """Why there is nothing to show."""

    NO_JOURNEY = "no_journey"
    OTHER_JOURNEY = "other_journey"  # there is none of this key that they may see
    GONE = "gone"  # the view is not there, or not theirs


class ViewMap:
    """``open`` begins a view, ``move`` follows a button, ``again`` shows a view without changing it."""

    def __init__(self, db: Database, clock: Clock, minimum: int) -> None:
        self._db, self._clock, self._minimum = db, clock, minimum

    async def open(
        self, who: MapViewer, face: ViewContent, journey: str | None, days: int | None = None
    ) -> int | NothingToView:
        """The number of a new view, of the journey named or of the first there is."""
        now = self._clock.now()

        def write(tx: Connection) -> int | NothingToView:
            there = visible_journeys(tx, who)
            if not there or (journey is not None and journey not in there):
                return NothingToView.OTHER_JOURNEY if there else NothingToView.NO_JOURNEY
            look = MapView(face, journey or next(iter(there)), days=days or USUAL_DAYS)
            return views.insert_view(tx, MAP_VIEW, who.chat, look.data, now)

        return await self._db.write(write)

    async def open_beside(self, who: MapViewer, view: int, face: ViewContent) -> int | NothingToView:
        """The number of a new view of the same, with another face."""
        now = self._clock.now()

        def write(tx: Connection) -> int | NothingToView:
            found = self._find_view(tx, who, view)
            if isinstance(found, NothingToView):
                return found
            look = replace(found, content=face, place=None, page=0, menu=ViewMenu.NONE, options=())
            return views.insert_view(tx, MAP_VIEW, who.chat, look.data, now)

        return await self._db.write(write)

    async def open_from_digest(self, who: MapViewer, view: int, message_id: str) -> int | NothingToView:
        """A new view of the journey that a weekly digest is about; the tap proves that the digest arrived."""
        now = self._clock.now()

        def write(tx: Connection) -> int | NothingToView:
            found = views.find(tx, view, who.chat, DIGEST_VIEW)
            if found is None or found.data["journey"] not in visible_journeys(tx, who):
                return NothingToView.GONE
            letters.mark_arrived(tx, found.data["letter"], message_id, now)
            return views.insert_view(tx, MAP_VIEW, who.chat, MapView(ViewContent.MAP, found.data["journey"]).data, now)

        return await self._db.write(write)

    async def move(self, who: MapViewer, view: int, step: ViewStep, n: int = 0) -> MapView | NothingToView:
        """Follow a button; a button that no longer fits leaves everything as it is."""
        now = self._clock.now()

        def write(tx: Connection) -> MapView | NothingToView:
            found = self._find_view(tx, who, view, to_change=True)
            if isinstance(found, NothingToView):
                return found
            there = visible_journeys(tx, who)
            moved = apply_step(found, step, n, there, _today(there[found.journey], now))
            if moved.journey in there:
                views.update_view(tx, view, moved.data, now)
            return moved

        return await self._db.write(write)

    async def load(self, who: MapViewer, view: int) -> ViewedMap | NothingToView:
        """The view as things stand now."""
        now = self._clock.now()
        return await self._db.read(lambda tx: self._load(tx, who, view, now))

    @staticmethod
    def _find_view(tx: Connection, who: MapViewer, view: int, *, to_change: bool = False) -> MapView | NothingToView:
        found = views.find(tx, view, who.chat, MAP_VIEW, for_update=to_change)
        look = MapView.of(found.data) if found else None
        return look if look is not None and look.journey in visible_journeys(tx, who) else NothingToView.GONE

    def _load(self, tx: Connection, who: MapViewer, view: int, now: datetime) -> ViewedMap | NothingToView:
        look = self._find_view(tx, who, view)
        if isinstance(look, NothingToView):
            return look
        there = visible_journeys(tx, who)
        journey = there[look.journey]
        look = drop_missing_choices(look, journey)
        made = self._make_map(tx, look, who, now)
        heard = self._find_voices(tx, look, journey, made) if look.content is ViewContent.VOICES else []
        each = self._make_channel_maps(tx, look, journey, who, now) if look.content is ViewContent.CHANNELS else ()
        return ViewedMap(
            view_id=view,
            view=look,
            journey=journey,
            map=made,
            journey_titles={key: found.title.in_language(who.language) for key, found in there.items()},
            today=_today(journey, now),
            voices=tuple(heard[:VOICES_A_PAGE]),
            has_more_voices=len(heard) > VOICES_A_PAGE,
            maps_by_channel=each,
        )

    def _make_map(
        self, tx: Connection, look: MapView, who: MapViewer, now: datetime, channel: str | None = None
    ) -> JourneyMap:
        wanted = MapRequest(
            look.journey,
            last=look.last,
            days=look.days,
            segment=look.segment,
            channel=channel or look.channel,
            language=who.language,
        )
        return make_map(tx, wanted, self._minimum, now)

    def _make_channel_maps(
        self, tx: Connection, look: MapView, journey: Journey, who: MapViewer, now: datetime
    ) -> tuple[tuple[str, JourneyMap], ...]:
        return tuple((key, self._make_map(tx, look, who, now, key)) for key in used_channels(journey))

    @staticmethod
    def _find_voices(tx: Connection, look: MapView, journey: Journey, made: JourneyMap) -> list[VoiceRow]:
        """One more than a page holds tells that there are more. Words are withheld where figures are."""
        segment = journey.segment(look.segment) if look.segment else None
        within = map_sums.find_cohorts(tx, journey, segment)
        scope = MapScope(journey, made.period.first, made.period.last, within, look.channel)
        skip = look.page * VOICES_A_PAGE
        return voices.list_latest(tx, scope, quotable_stages(made), look.place, VOICES_A_PAGE + 1, skip)


def quotable_stages(made: JourneyMap) -> set[str]:
    """The stages with enough answers that nobody is known by their words."""
    return {s.key for s in made.stages if any(score.verdict is not Verdict.WITHHELD for score in s.scores.values())}


def _today(journey: Journey, now: datetime) -> date:
    return now.astimezone(journey.zone).date()
