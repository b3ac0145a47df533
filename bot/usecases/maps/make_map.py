"""A JourneyMap from the counters: one read, however many answers there are."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.clock import Clock
from bot.db.engine.database import Connection, Database
from bot.db.figures import reports
from bot.db.figures.reports import ReportScope
from bot.db.journeys import journeys
from bot.texts import words_in
from cjm.errors import TropaError
from cjm.figures.journey_map import JourneyMap, Period
from cjm.figures.map_counts import MapCounts
from cjm.journeys.journey import Journey, Segment
from cjm.mistake_sentences import listed, near

DAYS = 28
LONGEST = 400


class MapError(TropaError):
    """There is no such journey, segment, channel or window."""


@dataclass(frozen=True, slots=True)
class MapRequest:
    """Which map. The window ends on ``last`` (else today) and has ``days`` days, unless ``first`` says otherwise."""

    journey: str
    first: date | None = None
    last: date | None = None
    days: int = DAYS
    segment: str | None = None
    channel: str | None = None
    language: str | None = None


class MakeMap:
    """``await make_map(Wanted("shop")) -> JourneyMap``. Raises MapError with a sentence for people."""

    def __init__(self, db: Database, clock: Clock, minimum: int) -> None:
        self._db, self._clock, self._minimum = db, clock, minimum

    async def __call__(self, wanted: MapRequest) -> JourneyMap:
        now = self._clock.now()
        return await self._db.read(lambda tx: make_map(tx, wanted, self._minimum, now))


def make_map(tx: Connection, wanted: MapRequest, minimum: int, now: datetime) -> JourneyMap:
    """The map as the counters have it now."""
    journey = _journey(tx, wanted.journey)
    segment = _segment(journey, wanted.segment)
    period = window(wanted, now.astimezone(journey.zone).date())
    before = Period(period.first - timedelta(days=period.days), period.first - timedelta(days=1))
    found = reports.cohorts_of(tx, journey, segment)
    scope = ReportScope(journey, period.first, period.last, found, wanted.channel)
    earlier = ReportScope(journey, before.first, before.last, found, wanted.channel)
    sheet = MapCounts(
        journey=journey,
        language=wanted.language or journey.language,
        minimum=minimum,
        as_of=now,
        now=reports.counts(tx, scope),
        before=reports.counts(tx, earlier),
        flow=list(reports.flow(tx, scope)),
        words=reports.words(tx, scope),
    )
    made = sheet.map(period, before, segment, wanted.channel, reports.customers(tx, scope))
    return replace(made, notes=tuple(notes(made, reports.latest_day(tx, journey.key))))


def _journey(tx: Connection, key: str) -> Journey:
    there = journeys.current(tx)
    if key not in there:
        meant = near(key, there)
        raise MapError(
            f'there is no journey "{key[:40]}"'
            + (f'; did you mean "{meant}"?' if meant else f"; there are: {listed(there) or 'none yet'}")
        )
    return there[key]


def _segment(journey: Journey, key: str | None) -> Segment | None:
    if key is None:
        return None
    found = journey.segment(key)
    if found is None:
        there = listed([s.key for s in journey.segments]) or "none"
        raise MapError(f'the journey {journey.key} has no segment "{key[:40]}"; it has: {there}')
    return found


def window(wanted: MapRequest, today: date) -> Period:
    """The days that are wanted. Raises MapError for a window that is no window."""
    last = wanted.last or today
    if wanted.first is None and not 1 <= wanted.days <= LONGEST:
        raise MapError(f"a map shows 1 to {LONGEST} days")
    first = wanted.first or last - timedelta(days=wanted.days - 1)
    if not first <= last:
        raise MapError("the window ends before it begins")
    if (last - first).days >= LONGEST:
        raise MapError(f"a map shows 1 to {LONGEST} days")
    return Period(first, last)


def notes(made: JourneyMap, latest: date | None) -> Iterable[str]:
    """What to do next while figures are missing, in the map's language; nothing once a stage can be judged.

    ``latest`` is the newest day that anything was counted for.
    """
    words, totals = words_in(made.language), made.totals
    best = max((score.n for stage in made.stages for score in stage.scores.values()), default=0)
    if best >= made.judge_from:
        return
    if totals.visits == 0 and best == 0 and latest is not None and latest < made.period.first:
        yield words("figures.elsewhere", day=words.day(latest, year=True))
    elif totals.visits == 0 and best == 0:
        yield words("figures.no_visits")
    elif totals.invitations == 0 and best == 0:
        yield words("figures.nobody_asked", n=totals.visits)
    else:
        yield words("figures.so_far", invited=words.number(totals.invitations), answered=words.number(best))
        if best < made.minimum:
            yield words("figures.more_to_show", n=made.minimum - best)
        yield words("figures.more_to_judge", n=made.judge_from - best)
