"""Make a journey's digest: the map of 28 days, and tests of its last 7 days against the 28 days before those.

Invariants:
* The map, the tests and the case figures come from one state of the database, so picture and words agree.
* The same answers are tested once: a stage whose answers on a scale are all about one touchpoint is compared
  by that touchpoint.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from bot.clock import Clock
from bot.db.engine.database import Connection, Database
from bot.db.figures import case_counts, map_sums
from bot.db.figures.map_sums import MapScope
from bot.db.journeys import journeys
from bot.outbox.letters.digest_words import CaseFigures, DigestReport
from bot.usecases.maps.make_map import USUAL_DAYS, MapRequest, make_map
from cjm.figures.comparisons import StageComparison, TouchpointComparison
from cjm.figures.contributions import ContributionSums
from cjm.figures.digest import build_digest
from cjm.figures.journey_map import Period
from cjm.figures.map_builder import CountTable
from cjm.figures.recommendation import WaitingCases
from cjm.figures.tally import PEOPLE
from cjm.journeys.journey import Journey, Stage
from cjm.scales import Scale
from cjm.wall_clock import wall_to_utc

WEEK_DAYS, BASE_DAYS = 7, 28  # whole weeks, so that each weekday weighs the same on both sides


class MakeDigest:
    """``await make_digest("shop", "en") -> DigestReport``. Raises MapError for a journey that does not exist.

    ``language`` None is the journey's own. ``last`` is the last day of the period, the day of ``now`` by default. Cases
    are counted up to ``now`` or the end of ``last``, the earlier of the two. A digest that is late uses the time at
    which it fell due as ``now``.
    """

    def __init__(self, db: Database, clock: Clock, minimum: int) -> None:
        self._db, self._clock, self._minimum = db, clock, minimum

    async def __call__(
        self, key: str, language: str | None = None, *, last: date | None = None, now: datetime | None = None
    ) -> DigestReport:
        as_of = now or self._clock.now()
        return await self._db.read(lambda tx: make_digest(tx, key, language, self._minimum, last, as_of))


def make_digest(
    tx: Connection, key: str, language: str | None, minimum: int, last: date | None, now: datetime
) -> DigestReport:
    """Return the digest as of ``now``, from this transaction alone. Raises MapError."""
    journey_map = make_map(tx, MapRequest(key, last=last, days=USUAL_DAYS, language=language), minimum, now)
    journey = journeys.list_current(tx)[key]
    end = journey_map.period.last
    week = Period(end - timedelta(days=WEEK_DAYS - 1), end)
    base = Period(week.first - timedelta(days=BASE_DAYS), week.first - timedelta(days=1))
    week_counts, base_counts = (
        map_sums.sum_counters(tx, MapScope(journey, period.first, period.last)) for period in (week, base)
    )
    # A digest of today ends now; one of a past period must not count the cases of the days after it.
    until = min(now, _start_of_day(end + timedelta(days=1), journey))
    cases = case_counts.count_cases(tx, key, _start_of_day(week.first, journey), until)
    oldest = now - cases.since if cases.since else timedelta()
    comparisons = compare_stages(journey, journey_map.language, week_counts, base_counts)
    digest = build_digest(journey_map, comparisons, WaitingCases(cases.waiting, oldest / timedelta(days=1)))
    return DigestReport(journey_map, week, digest, CaseFigures(cases.opened, cases.closed, cases.waiting, oldest))


def _start_of_day(day: date, journey: Journey) -> datetime:
    return wall_to_utc(datetime.combine(day, time()), journey.zone).astimezone(UTC)


def compare_stages(
    journey: Journey, language: str, week: CountTable, base: CountTable
) -> Iterator[TouchpointComparison | StageComparison]:
    """Return the answers of both periods on every scale, stage by stage; what was answered in neither is left out."""
    for stage in journey.stages:
        for scale in Scale:
            yield from _compare_stage(stage, scale, language, week, base)


def _compare_stage(
    stage: Stage, scale: Scale, language: str, week: CountTable, base: CountTable
) -> Iterator[TouchpointComparison | StageComparison]:
    """Return the comparisons of one stage on one scale: the stage itself, and each touchpoint with answers."""
    subjects = {stage.key: stage.title, **{point.key: point.title for point in stage.touchpoints}}
    sides = {key: (_value_counts(week, key, scale), _value_counts(base, key, scale)) for key in subjects}
    answered = [key for key, (of_week, of_base) in sides.items() if of_week or of_base]
    if len(answered) > 1 or answered == [stage.key]:
        people = (_people_sums(week, stage.key, scale), _people_sums(base, stage.key, scale))
        title = stage.title.in_language(language)
        yield StageComparison(stage.key, title, scale, tuple(sides[key] for key in answered), people)
    for key in answered:
        if key != stage.key:
            yield TouchpointComparison(key, subjects[key].in_language(language), scale, *sides[key])


def _value_counts(counts: CountTable, subject: str, scale: Scale) -> dict[int, int]:
    return {int(value): sums.n for value, sums in counts.get((subject, scale), {}).items() if sums.n > 0}


def _people_sums(counts: CountTable, stage: str, scale: Scale) -> ContributionSums:
    """Return the sums over person-days, on which a stage is tested: one person's answers are not independent."""
    sums = counts.get((stage, scale + PEOPLE), {}).get("")
    return ContributionSums(sums.n, sums.total, sums.squares) if sums else ContributionSums(0, 0.0, 0.0)
