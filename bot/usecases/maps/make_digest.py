"""A journey's digest: the map of 28 days, and what the last 7 of them tell against the 28 before those.

A stage that heard from one touchpoint only is told by the touchpoint: the same answers are tested once.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from bot.clock import Clock
from bot.db.engine.database import Connection, Database
from bot.db.figures import digest_runs, map_sums
from bot.db.figures.map_sums import MapScope
from bot.db.journeys import journeys
from bot.outbox.letters.digest_words import CaseFigures, DigestReport
from bot.usecases.maps.make_map import USUAL_DAYS, MapRequest, make_map
from cjm.figures.contributions import ContributionSums
from cjm.figures.digest import StageComparison, TouchpointComparison, WaitingCases, build_digest
from cjm.figures.journey_map import Period
from cjm.figures.map_builder import CountTable
from cjm.figures.tally import PEOPLE
from cjm.journeys.journey import Journey, Stage
from cjm.scales import Scale
from cjm.wall_clock import wall_to_utc

WEEK, BASE = 7, 28


class MakeDigest:
    """``await make_digest(key, language) -> DigestReport``. Raises MapError for a journey that is not there.

    ``last`` is the last day told of (today when nothing is said), ``now`` the moment at which cases are counted.
    """

    def __init__(self, db: Database, clock: Clock, minimum: int) -> None:
        self._db, self._clock, self._minimum = db, clock, minimum

    async def __call__(
        self, key: str, language: str | None = None, *, last: date | None = None, now: datetime | None = None
    ) -> DigestReport:
        moment = now or self._clock.now()
        return await self._db.read(lambda tx: make_digest(tx, key, language, self._minimum, last, moment))


def make_digest(
    tx: Connection, key: str, language: str | None, minimum: int, last: date | None, now: datetime
) -> DigestReport:
    made = make_map(tx, MapRequest(key, last=last, days=USUAL_DAYS, language=language), minimum, now)
    journey = journeys.list_current(tx)[key]
    end = made.period.last
    week = Period(end - timedelta(days=WEEK - 1), end)
    base = Period(week.first - timedelta(days=BASE), week.first - timedelta(days=1))
    sides = [map_sums.sum_counters(tx, MapScope(journey, days.first, days.last)) for days in (week, base)]
    counted = digest_runs.count_cases(
        tx, key, _start_of_day(week.first, journey), min(now, _start_of_day(end + timedelta(days=1), journey))
    )
    oldest = now - counted.since if counted.since else timedelta()
    waiting = WaitingCases(counted.waiting, oldest / timedelta(days=1))
    found = build_digest(made, compare_stages(journey, made.language, sides[0], sides[1]), waiting)
    return DigestReport(made, week, found, CaseFigures(counted.opened, counted.closed, counted.waiting, oldest))


def _start_of_day(day: date, journey: Journey) -> datetime:
    return wall_to_utc(datetime.combine(day, time()), journey.zone).astimezone(UTC)


def compare_stages(
    journey: Journey, language: str, week: CountTable, base: CountTable
) -> Iterator[TouchpointComparison | StageComparison]:
    """All that was asked in either window, stage by stage."""
    for stage in journey.stages:
        for scale in Scale:
            yield from _compare_stage(stage, scale, language, week, base)


def _compare_stage(
    stage: Stage, scale: Scale, language: str, week: CountTable, base: CountTable
) -> Iterator[TouchpointComparison | StageComparison]:
    subjects = {stage.key: stage.title, **{point.key: point.title for point in stage.touchpoints}}
    sides = {key: (_value_counts(week, key, scale), _value_counts(base, key, scale)) for key in subjects}
    heard = [key for key, (now, before) in sides.items() if now or before]
    if len(heard) > 1 or heard == [stage.key]:
        people = (_people_sums(week, stage.key, scale), _people_sums(base, stage.key, scale))
        title = stage.title.in_language(language)
        yield StageComparison(stage.key, title, scale, tuple(sides[key] for key in heard), people)
    for key in heard:
        if key != stage.key:
            yield TouchpointComparison(key, subjects[key].in_language(language), scale, *sides[key])


def _value_counts(counts: CountTable, subject: str, scale: Scale) -> dict[int, int]:
    return {int(value): sums.n for value, sums in counts.get((subject, scale), {}).items() if sums.n > 0}


def _people_sums(counts: CountTable, stage: str, scale: Scale) -> ContributionSums:
    found = counts.get((stage, scale + PEOPLE), {}).get("")
    return ContributionSums(found.n, found.total, found.squares) if found else ContributionSums(0, 0.0, 0.0)
