"""Make a JourneyMap from the counters, and from rows only its quotes and the number of its customers.

Invariants:
* All figures, words and notes of a map come from one state of the database.
* The time a map takes depends on the journey's size and the period, not on the number of answers; only the quotes
  and the number of customers are read from the rows of the period.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.clock import Clock
from bot.db.engine.database import Connection, Database
from bot.db.figures import map_sums, voices
from bot.db.figures.map_sums import MapScope
from bot.db.journeys import journeys
from bot.texts import words_in
from cjm.errors import TropaError
from cjm.figures.compared_subjects import list_stage_comparisons
from cjm.figures.comparisons import find_changes, mark_map, people_to_compare
from cjm.figures.journey_map import Comparison, JourneyMap, Period
from cjm.figures.map_builder import CountTable, MapBuilder
from cjm.figures.people import PeopleSums, PersonDaySums, single_days
from cjm.figures.tally import PEOPLE
from cjm.journeys.journey import Journey, Segment
from cjm.mistake_wording import find_similar, join_names, list_journeys

USUAL_DAYS = 28
MOST_DAYS = 400


class MapError(TropaError):
    """The journey or the segment of a request does not exist, or its period is not possible."""


@dataclass(frozen=True, slots=True)
class MapRequest:
    """Choice of a map: a journey by key, a period, and what the map is narrowed to.

    The period ends on ``last`` (else today, in the journey's zone) and begins on ``first``; without ``first`` it has
    ``days`` days. ``language`` None is the journey's own.
    """

    journey: str
    first: date | None = None
    last: date | None = None
    days: int = USUAL_DAYS
    segment: str | None = None
    channel: str | None = None
    language: str | None = None


class MakeMap:
    """``await make_map(MapRequest("shop")) -> JourneyMap``. Raises MapError with a sentence for people."""

    def __init__(self, db: Database, clock: Clock, minimum: int) -> None:
        self._db, self._clock, self._minimum = db, clock, minimum

    async def __call__(self, request: MapRequest) -> JourneyMap:
        now = self._clock.now()
        return await self._db.read(lambda tx: make_map(tx, request, self._minimum, now))


def make_map(tx: Connection, request: MapRequest, minimum: int, now: datetime) -> JourneyMap:
    """Return the map of the period, compared with as many days just before. Raises MapError."""
    journey = _find_journey(tx, request.journey)
    segment = _find_segment(journey, request.segment)
    period = requested_period(request, now.astimezone(journey.zone).date())
    # As many days just before: a longer or shorter period would make counts look like a change.
    before = Period(period.first - timedelta(days=period.days), period.first - timedelta(days=1))
    cohorts = map_sums.find_cohorts(tx, journey, segment)
    scope = MapScope(journey, period.first, period.last, cohorts, request.channel)
    scope_before = MapScope(journey, before.first, before.last, cohorts, request.channel)
    current, previous = map_sums.sum_counters(tx, scope), map_sums.sum_counters(tx, scope_before)
    builder = MapBuilder(
        journey=journey,
        language=request.language or journey.language,
        minimum=minimum,
        as_of=now,
        current=current,
        previous=previous,
        flow=list(map_sums.list_flow(tx, scope)),
        quotes=voices.list_quotes(tx, scope),
    )
    customers = map_sums.count_customers(tx, scope)
    journey_map = builder.build_map(period, before, segment, request.channel, customers)
    people = people_of_counts(current), people_of_counts(previous)
    comparisons = list_stage_comparisons(journey, builder.language, (current, previous), people)
    findings = find_changes(comparisons, enough=people_to_compare(journey_map))
    journey_map = mark_map(journey_map, findings, Comparison(period, before))
    latest_day = map_sums.find_latest_day(tx, journey.key)
    return replace(journey_map, notes=tuple(note_missing_figures(journey_map, latest_day)))


def people_of_counts(counts: CountTable) -> dict[tuple[str, str], PeopleSums]:
    """Return the people behind the answers of each stage and touchpoint, if nobody came back."""
    return {
        (subject, measure.removesuffix(PEOPLE)): single_days(
            PersonDaySums(sums.n, sums.total, sums.squares, sums.raw, sums.mean_squares)
        )
        for (subject, measure), buckets in counts.items()
        if measure.endswith(PEOPLE) and (sums := buckets.get("")) is not None and sums.n > 0
    }


def _find_journey(tx: Connection, key: str) -> Journey:
    current = journeys.list_current(tx)
    if key not in current:
        similar = find_similar(key, current)
        hint = f'did you mean "{similar}"?' if similar else list_journeys(current)
        raise MapError(f'there is no journey "{key[:40]}"; {hint}')
    return current[key]


def _find_segment(journey: Journey, key: str | None) -> Segment | None:
    if key is None:
        return None
    segment = journey.find_segment(key)
    if segment is None:
        known = join_names([s.key for s in journey.segments]) or "none"
        raise MapError(f'the journey {journey.key} has no segment "{key[:40]}"; it has: {known}')
    return segment


def requested_period(request: MapRequest, today: date) -> Period:
    """Return the period of a request. Raises MapError when it ends before it begins or is too long."""
    last = request.last or today
    if request.first is None and not 1 <= request.days <= MOST_DAYS:
        raise MapError(f"a map shows 1 to {MOST_DAYS} days")
    first = request.first or last - timedelta(days=request.days - 1)
    if not first <= last:
        raise MapError("the period ends before it begins")
    if (last - first).days >= MOST_DAYS:
        raise MapError(f"a map shows 1 to {MOST_DAYS} days")
    return Period(first, last)


def note_missing_figures(journey_map: JourneyMap, latest_day: date | None) -> Iterable[str]:
    """Say what is missing, in the map's language, until a stage can be judged.

    ``latest_day`` is the newest day with any counts, in any period, or None.
    """
    words, totals = words_in(journey_map.language), journey_map.totals
    most_people = max((score.n for stage in journey_map.stages for score in stage.scores.values()), default=0)
    if most_people >= journey_map.judge_from:
        return
    if totals.visits == 0 and most_people == 0 and latest_day is not None and latest_day < journey_map.period.first:
        yield words("figures.elsewhere", day=words.day(latest_day, year=True))
    elif totals.visits == 0 and most_people == 0:
        yield words("figures.no_visits")
    elif totals.invitations == 0 and most_people == 0:
        yield words("figures.nobody_asked", n=totals.visits)
    else:
        yield words("figures.so_far", invited=words.number(totals.invitations), answered=words.number(most_people))
        if most_people < journey_map.minimum:
            yield words("figures.more_to_show", n=journey_map.minimum - most_people)
        yield words("figures.more_to_judge", n=journey_map.judge_from - most_people)
