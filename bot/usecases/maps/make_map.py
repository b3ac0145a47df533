"""A JourneyMap from the counters: one read, however many answers there are."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.clock import Clock
from bot.db.engine.database import Connection, Database
from bot.db.figures import map_sums
from bot.db.figures.map_sums import MapScope
from bot.db.journeys import journeys
from bot.texts import words_in
from cjm.errors import TropaError
from cjm.figures.journey_map import JourneyMap, Period
from cjm.figures.map_builder import MapBuilder
from cjm.journeys.journey import Journey, Segment
from cjm.mistake_wording import find_similar, join_names

USUAL_DAYS = 28
MOST_DAYS = 400


class MapError(TropaError):
    """There is no such journey, segment, channel or window."""


@dataclass(frozen=True, slots=True)
class MapRequest:
    """Which map. The window ends on ``last`` (else today) and has ``days`` days, unless ``first`` says otherwise."""

    journey: str
    first: date | None = None
    last: date | None = None
    days: int = USUAL_DAYS
    segment: str | None = None
    channel: str | None = None
    language: str | None = None


class MakeMap:
    """``await make_map(Wanted("shop")) -> JourneyMap``. Raises MapError with a sentence for people."""

    def __init__(self, db: Database, clock: Clock, minimum: int) -> None:
        self._db, self._clock, self._minimum = db, clock, minimum

    async def __call__(self, request: MapRequest) -> JourneyMap:
        now = self._clock.now()
        return await self._db.read(lambda tx: make_map(tx, request, self._minimum, now))


def make_map(tx: Connection, request: MapRequest, minimum: int, now: datetime) -> JourneyMap:
    """The map as the counters have it now."""
    journey = _find_journey(tx, request.journey)
    segment = _find_segment(journey, request.segment)
    period = requested_period(request, now.astimezone(journey.zone).date())
    before = Period(period.first - timedelta(days=period.days), period.first - timedelta(days=1))
    found = map_sums.find_cohorts(tx, journey, segment)
    scope = MapScope(journey, period.first, period.last, found, request.channel)
    earlier = MapScope(journey, before.first, before.last, found, request.channel)
    sheet = MapBuilder(
        journey=journey,
        language=request.language or journey.language,
        minimum=minimum,
        as_of=now,
        current=map_sums.sum_counters(tx, scope),
        previous=map_sums.sum_counters(tx, earlier),
        flow=list(map_sums.list_flow(tx, scope)),
        quotes=map_sums.list_quotes(tx, scope),
    )
    made = sheet.build_map(period, before, segment, request.channel, map_sums.count_customers(tx, scope))
    return replace(made, notes=tuple(note_missing_figures(made, map_sums.find_latest_day(tx, journey.key))))


def _find_journey(tx: Connection, key: str) -> Journey:
    there = journeys.list_current(tx)
    if key not in there:
        meant = find_similar(key, there)
        raise MapError(
            f'there is no journey "{key[:40]}"'
            + (f'; did you mean "{meant}"?' if meant else f"; there are: {join_names(there) or 'none yet'}")
        )
    return there[key]


def _find_segment(journey: Journey, key: str | None) -> Segment | None:
    if key is None:
        return None
    found = journey.segment(key)
    if found is None:
        there = join_names([s.key for s in journey.segments]) or "none"
        raise MapError(f'the journey {journey.key} has no segment "{key[:40]}"; it has: {there}')
    return found


def requested_period(request: MapRequest, today: date) -> Period:
    """The days that are wanted. Raises MapError for a window that is no window."""
    last = request.last or today
    if request.first is None and not 1 <= request.days <= MOST_DAYS:
        raise MapError(f"a map shows 1 to {MOST_DAYS} days")
    first = request.first or last - timedelta(days=request.days - 1)
    if not first <= last:
        raise MapError("the window ends before it begins")
    if (last - first).days >= MOST_DAYS:
        raise MapError(f"a map shows 1 to {MOST_DAYS} days")
    return Period(first, last)


def note_missing_figures(journey_map: JourneyMap, latest: date | None) -> Iterable[str]:
    """What to do next while figures are missing, in the map's language; nothing once a stage can be judged.

    ``latest`` is the newest day that anything was counted for.
    """
    words, totals = words_in(journey_map.language), journey_map.totals
    best = max((score.n for stage in journey_map.stages for score in stage.scores.values()), default=0)
    if best >= journey_map.judge_from:
        return
    if totals.visits == 0 and best == 0 and latest is not None and latest < journey_map.period.first:
        yield words("figures.elsewhere", day=words.day(latest, year=True))
    elif totals.visits == 0 and best == 0:
        yield words("figures.no_visits")
    elif totals.invitations == 0 and best == 0:
        yield words("figures.nobody_asked", n=totals.visits)
    else:
        yield words("figures.so_far", invited=words.number(totals.invitations), answered=words.number(best))
        if best < journey_map.minimum:
            yield words("figures.more_to_show", n=journey_map.minimum - best)
        yield words("figures.more_to_judge", n=journey_map.judge_from - best)
