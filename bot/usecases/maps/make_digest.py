"""Make a journey's digest: the map of 28 days, and tests of its last 7 days against the 28 days before those.

Invariants:
* The map, the tests and the case figures come from one state of the database, so picture and words agree.
* All that the words name and the picture marks comes from one test: the week against the 28 days before it.
* A digest may be narrowed to a segment or channel; its case figures are of the whole journey, and it says so.
* Verdicts on the changes that the team made compare days of their own, which the words name.
* The same answers are tested once: a stage whose answers on a scale are all about one touchpoint is compared
  by that touchpoint.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.clock import Clock
from bot.db.engine.database import Connection, Database
from bot.db.figures import case_counts
from bot.outbox.letters.digest_words import CaseFigures, DigestReport
from bot.usecases.maps.apart.figure_reader import FigureReader
from bot.usecases.maps.explain_changes import explain_changes
from bot.usecases.maps.make_map import USUAL_DAYS, USUAL_REMINDER, MapRequest, add_notes, find_map_choice
from bot.usecases.maps.read_changes import add_changes, read_change_news
from bot.usecases.maps.read_contrast import read_breaks
from bot.usecases.maps.read_map import MapReading, read_map, read_period
from cjm.figures.findings.compared_subjects import leave_out_withheld, list_comparisons
from cjm.figures.findings.comparisons import Findings, mark_map, people_to_compare
from cjm.figures.findings.digest import build_digest
from cjm.figures.findings.recommendation import WaitingCases
from cjm.figures.journey_map import Comparison, Period
from cjm.journeys.journey import Journey
from cjm.wall_clock import wall_to_utc

WEEK_DAYS, BASE_DAYS = 7, 28  # whole weeks, so that each weekday weighs the same on both sides


@dataclass(frozen=True, slots=True)
class DigestQuery:
    """Question for a digest; `make_digest` answers it, as of ``at`` or the time of its reading."""

    request: MapRequest
    minimum: int
    remind_after: timedelta
    at: datetime | None

    def __call__(self, tx: Connection, now: datetime) -> DigestReport:
        return make_digest(tx, self.request, self.minimum, self.at or now, self.remind_after)


class MakeDigest:
    """``await make_digest("shop", "en") -> DigestReport``. Raises MapError for a journey that does not exist.

    ``language`` None is the journey's own. ``last`` is the last day of the period, the day of ``now`` by default. Cases
    are counted up to ``now`` or the end of ``last``, the earlier of the two. A digest that is late uses the time at
    which it fell due as ``now``. ``figures``: a reader that is shared with others.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        minimum: int,
        remind_after: timedelta = USUAL_REMINDER,
        figures: FigureReader | None = None,
    ) -> None:
        self._figures, self._minimum, self._remind_after = figures or FigureReader(db, clock), minimum, remind_after

    async def __call__(
        self,
        key: str,
        language: str | None = None,
        *,
        last: date | None = None,
        now: datetime | None = None,
        segment: str | None = None,
        channel: str | None = None,
    ) -> DigestReport:
        request = MapRequest(key, last=last, days=USUAL_DAYS, segment=segment, channel=channel, language=language)
        return await self._figures.read(DigestQuery(request, self._minimum, self._remind_after, now))


def make_digest(
    tx: Connection, request: MapRequest, minimum: int, now: datetime, remind_after: timedelta = USUAL_REMINDER
) -> DigestReport:
    """Return the digest of the map that is asked for, as of ``now``, from this transaction alone. Raises MapError."""
    reading = read_map(tx, find_map_choice(tx, request, now), minimum, now, remind_after)
    journey, end = reading.journey, reading.map.period.last
    week = Period(end - timedelta(days=WEEK_DAYS - 1), end)
    days = Comparison(week, Period(week.first - timedelta(days=BASE_DAYS), week.first - timedelta(days=1)))
    findings = _find_week_changes(tx, reading, days)
    journey_map = add_notes(tx, mark_map(reading.map, findings, days))
    journey_map = replace(journey_map, breaks=read_breaks(tx, reading, [reading.map.period, days.before]))
    journey_map = add_changes(tx, reading.choice, journey_map, minimum)
    # A digest of today ends now; one of a past period must not count the cases of the days after it.
    until = min(now, _start_of_day(end + timedelta(days=1), journey))
    cases = case_counts.count_cases(tx, journey.key, _start_of_day(week.first, journey), until)
    oldest = now - cases.since if cases.since else timedelta()
    digest = build_digest(journey_map, findings, WaitingCases(cases.waiting, oldest / timedelta(days=1)))
    news = read_change_news(tx, reading.choice, minimum, min(end + timedelta(days=1), reading.map.as_of.date()))
    figures = CaseFigures(cases.opened, cases.closed, cases.waiting, oldest)
    return DigestReport(journey_map, week, digest, figures, news)


def _find_week_changes(tx: Connection, reading: MapReading, days: Comparison) -> Findings:
    journey, language, minimum = reading.journey, reading.map.language, reading.map.minimum
    now, before = (read_period(tx, reading.choice, each, minimum) for each in (days.now, days.before))
    figures = (now.figures, before.figures)
    # In a digest of a segment or channel, what is hidden for the sake of others is not named either.
    hidden = {*now.figures.hidden, *before.figures.hidden}
    compared = [
        leave_out_withheld(each, figures, minimum) if hidden else each
        for each in list_comparisons(journey, language, figures)
        if (each.subject, each.scale) not in hidden
    ]
    return explain_changes(tx, journey, compared, (now, before), language, people_to_compare(reading.map))


def _start_of_day(day: date, journey: Journey) -> datetime:
    return wall_to_utc(datetime.combine(day, time()), journey.zone).astimezone(UTC)
