"""Make a journey's digest: the map of 28 days, and tests of its last 7 days against the 28 days before those.

Invariants:
* The map, the tests and the case figures come from one state of the database, so picture and words agree.
* The same answers are tested once: a stage whose answers on a scale are all about one touchpoint is compared
  by that touchpoint.
"""

from datetime import UTC, date, datetime, time, timedelta

from bot.clock import Clock
from bot.db.engine.database import Connection, Database
from bot.db.figures import case_counts, map_sums
from bot.db.figures.map_sums import MapScope
from bot.db.journeys import journeys
from bot.outbox.letters.digest_words import CaseFigures, DigestReport
from bot.usecases.maps.make_map import USUAL_DAYS, MapRequest, make_map, people_of_counts
from cjm.figures.compared_subjects import list_comparisons
from cjm.figures.comparisons import find_changes, mark_map, people_to_compare
from cjm.figures.digest import build_digest
from cjm.figures.journey_map import Comparison, Period
from cjm.figures.recommendation import WaitingCases
from cjm.journeys.journey import Journey
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
    people = people_of_counts(week_counts), people_of_counts(base_counts)
    comparisons = list_comparisons(journey, journey_map.language, (week_counts, base_counts), people)
    findings = find_changes(comparisons, enough=people_to_compare(journey_map))
    journey_map = mark_map(journey_map, findings, Comparison(week, base))
    digest = build_digest(journey_map, findings, WaitingCases(cases.waiting, oldest / timedelta(days=1)))
    return DigestReport(journey_map, week, digest, CaseFigures(cases.opened, cases.closed, cases.waiting, oldest))


def _start_of_day(day: date, journey: Journey) -> datetime:
    return wall_to_utc(datetime.combine(day, time()), journey.zone).astimezone(UTC)
