"""Looking at a journey: the picture, the figures in words, the voices. What is shown is kept; a button moves it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from bot.clock import Clock
from bot.db.delivery import letters, views
from bot.db.engine.database import Connection, Database
from bot.db.figures import reports, voices
from bot.db.figures.reports import ReportScope
from bot.db.figures.voices import VoiceRow
from bot.usecases.maps.make_map import DAYS, MapRequest, make_map
from bot.usecases.maps.send_digests import VIEW as DIGEST_VIEW
from bot.usecases.teams.recognize_viewer import MapViewer, visible
from cjm.drawing import Layout, pages
from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_view import MapView, ViewContent, ViewMenu, ViewStep, channels_of, fitting, moved_by
from cjm.figures.score import Verdict
from cjm.journeys.journey import Journey

VIEW = "look"
VOICES_A_PAGE = 5


@dataclass(frozen=True, slots=True)
class ViewedMap:
    """What is to be shown: the map, and what the message's buttons need to know."""

    view: int
    look: MapView
    journey: Journey
    map: JourneyMap
    titles: Mapping[str, str]  # of all journeys that the viewer may see
    today: date
    heard: tuple[VoiceRow, ...] = ()
    more: bool = False
    by_channel: tuple[tuple[str, JourneyMap], ...] = ()

    @property
    def several(self) -> bool:
        return len(self.titles) > 1

    @property
    def pages(self) -> int:
        """Of the picture."""
        return pages(self.map, Layout.PHONE)


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
            there = visible(tx, who)
            if not there or (journey is not None and journey not in there):
                return NothingToView.OTHER_JOURNEY if there else NothingToView.NO_JOURNEY
            look = MapView(face, journey or next(iter(there)), days=days or DAYS)
            return views.add(tx, VIEW, who.chat, look.data, now)

        return await self._db.write(write)

    async def beside(self, who: MapViewer, view: int, face: ViewContent) -> int | NothingToView:
        """The number of a new view of the same, with another face."""
        now = self._clock.now()

        def write(tx: Connection) -> int | NothingToView:
            found = self._look(tx, who, view)
            if isinstance(found, NothingToView):
                return found
            look = replace(found, face=face, place=None, page=0, menu=ViewMenu.NONE, options=())
            return views.add(tx, VIEW, who.chat, look.data, now)

        return await self._db.write(write)

    async def from_digest(self, who: MapViewer, view: int, message_id: str) -> int | NothingToView:
        """A new view of the journey that a weekly digest is about; the tap proves that the digest arrived."""
        now = self._clock.now()

        def write(tx: Connection) -> int | NothingToView:
            found = views.find(tx, view, who.chat, DIGEST_VIEW)
            if found is None or found.data["journey"] not in visible(tx, who):
                return NothingToView.GONE
            letters.prove(tx, found.data["letter"], message_id, now)
            return views.add(tx, VIEW, who.chat, MapView(ViewContent.MAP, found.data["journey"]).data, now)

        return await self._db.write(write)

    async def move(self, who: MapViewer, view: int, step: ViewStep, n: int = 0) -> MapView | NothingToView:
        """Follow a button; a button that no longer fits leaves everything as it is."""
        now = self._clock.now()

        def write(tx: Connection) -> MapView | NothingToView:
            found = self._look(tx, who, view, to_change=True)
            if isinstance(found, NothingToView):
                return found
            there = visible(tx, who)
            moved = moved_by(found, step, n, there, _today(there[found.journey], now))
            if moved.journey in there:
                views.change(tx, view, moved.data, now)
            return moved

        return await self._db.write(write)

    async def again(self, who: MapViewer, view: int) -> ViewedMap | NothingToView:
        """The view as things stand now."""
        now = self._clock.now()
        return await self._db.read(lambda tx: self._seen(tx, who, view, now))

    @staticmethod
    def _look(tx: Connection, who: MapViewer, view: int, *, to_change: bool = False) -> MapView | NothingToView:
        found = views.find(tx, view, who.chat, VIEW, to_change=to_change)
        look = MapView.of(found.data) if found else None
        return look if look is not None and look.journey in visible(tx, who) else NothingToView.GONE

    def _seen(self, tx: Connection, who: MapViewer, view: int, now: datetime) -> ViewedMap | NothingToView:
        look = self._look(tx, who, view)
        if isinstance(look, NothingToView):
            return look
        there = visible(tx, who)
        journey = there[look.journey]
        look = fitting(look, journey)
        made = self._make(tx, look, who, now)
        heard = self._heard(tx, look, journey, made) if look.face is ViewContent.VOICES else []
        each = self._each_channel(tx, look, journey, who, now) if look.face is ViewContent.CHANNELS else ()
        return ViewedMap(
            view=view,
            look=look,
            journey=journey,
            map=made,
            titles={key: found.title.in_(who.language) for key, found in there.items()},
            today=_today(journey, now),
            heard=tuple(heard[:VOICES_A_PAGE]),
            more=len(heard) > VOICES_A_PAGE,
            by_channel=each,
        )

    def _make(
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

    def _each_channel(
        self, tx: Connection, look: MapView, journey: Journey, who: MapViewer, now: datetime
    ) -> tuple[tuple[str, JourneyMap], ...]:
        return tuple((key, self._make(tx, look, who, now, key)) for key in channels_of(journey))

    @staticmethod
    def _heard(tx: Connection, look: MapView, journey: Journey, made: JourneyMap) -> list[VoiceRow]:
        """One more than a page holds tells that there are more. Words are withheld where figures are."""
        segment = journey.segment(look.segment) if look.segment else None
        within = reports.cohorts_of(tx, journey, segment)
        scope = ReportScope(journey, made.period.first, made.period.last, within, look.channel)
        skip = look.page * VOICES_A_PAGE
        return voices.latest(tx, scope, quotable(made), look.place, VOICES_A_PAGE + 1, skip)


def quotable(made: JourneyMap) -> set[str]:
    """The stages with enough answers that nobody is known by their words."""
    return {s.key for s in made.stages if any(score.verdict is not Verdict.WITHHELD for score in s.scores.values())}


def _today(journey: Journey, now: datetime) -> date:
    return now.astimezone(journey.zone).date()
