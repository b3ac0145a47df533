"""Read the changes that teams make, and judge those that were made by the figures after and before.

Invariants:
* A verdict is made of the same counters, people and tests as the marks of a map, narrowed as the map is. It is the same
  in each message that tells it: what it shares its false-discovery rate with are changes of the journey, not of a list.
* Only changes that were made cost more than one statement: two readings of one measure, shared by changes of one day.
* A change of a place that the journey no longer has stands on no map; lists show it without a verdict.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

from bot.db.changes import changes
from bot.db.engine.database import Connection
from bot.usecases.maps.explain_changes import explain_findings
from bot.usecases.maps.read_map import MapChoice, ReadPeriod, read_period
from cjm.cases.team_change import TeamChange, has_overlap, sort_changes
from cjm.figures.findings.change_news import ChangeNews, JudgedChange
from cjm.figures.findings.change_verdict import (
    WEEK,
    WINDOW_DAYS,
    compare_beside,
    compare_change,
    find_window,
    judge_change,
    list_beside,
)
from cjm.figures.findings.compared_subjects import SubjectComparison
from cjm.figures.findings.comparisons import FEWEST_PEOPLE, ComparedFigure, Findings
from cjm.figures.journey_map import Comparison, JourneyMap, Period
from cjm.figures.map_parts.changes import ChangeVerdict, StageChange
from cjm.figures.score import Thresholds
from cjm.figures.tally import PEOPLE, RETURNED


@dataclass(frozen=True, slots=True)
class ChangeJudge:
    """Judge of changes of one journey, narrowed as ``choice`` is. ``others`` are those that may overlap with them."""

    tx: Connection
    choice: MapChoice
    minimum: int
    others: Sequence[TeamChange]
    _periods: dict[Period, ReadPeriod] = field(default_factory=dict)

    def judge(self, change: TeamChange, today: date) -> JudgedChange:
        """Return a change with its verdict on a day."""
        journey = self.choice.journey
        place = journey.find_place(change.subject)
        if change.made_on is None:
            verdict = ChangeVerdict.OVERDUE if change.is_overdue(today) else ChangeVerdict.PLANNED
            return JudgedChange(change, place, verdict)
        window = find_window(change.made_on, today)
        compared = self._test(change, window, today) if window is not None and place is not None else None
        return JudgedChange(
            change,
            place,
            judge_change(window, compared),
            window,
            compared.result if compared is not None else None,
            has_overlap(change, self.others, journey, WINDOW_DAYS),
        )

    def _test(self, change: TeamChange, window: Comparison, today: date) -> ComparedFigure | None:
        """Return the result of the test of a change's place; None where its figures may not be told."""
        choice, least = self.choice, Thresholds.of_journey(self.choice.journey, self.minimum)
        own = self._compare(change, window)
        if own is None:
            return None
        enough = max(FEWEST_PEOPLE, least.judge_from, least.minimum)
        beside = [partial(self._compare, *each) for each in list_beside(change, self._list_placed(), today)]
        found = Findings((compare_beside(own, beside, enough),))
        sides = (self._read(window.now), self._read(window.before))
        return explain_findings(self.tx, choice.journey, found, sides, choice.language).figures[0]

    def _list_placed(self) -> list[TeamChange]:
        """Return the other changes whose places the journey still has."""
        return [each for each in self.others if self.choice.journey.find_place(each.subject) is not None]

    def _compare(self, change: TeamChange, window: Comparison) -> SubjectComparison | None:
        """Return the figures of a change's place; None where they may not be told."""
        choice, least = self.choice, Thresholds.of_journey(self.choice.journey, self.minimum)
        sides = (self._read(window.now).figures, self._read(window.before).figures)
        return compare_change(choice.journey, choice.language, change.subject, sides, least.minimum)

    def _read(self, period: Period) -> ReadPeriod:
        if period not in self._periods:
            scale, least = self.choice.journey.scale, Thresholds.of_journey(self.choice.journey, self.minimum).minimum
            measures = (scale, scale + PEOPLE, RETURNED + scale)
            self._periods[period] = read_period(self.tx, self.choice, period, least, measures)
        return self._periods[period]


def add_changes(tx: Connection, choice: MapChoice, made: JourneyMap, minimum: int) -> JourneyMap:
    """Return a map with the changes under way at each of its stages."""
    kept = changes.list_by_journeys(tx, [made.journey])
    shown = [each for each in sort_changes(kept) if _is_under_way(each, choice, made.period)]
    if not shown:
        return made
    judge, today = ChangeJudge(tx, choice, minimum, kept), made.as_of.date()
    judged = [judge.judge(each, today) for each in shown]
    return replace(made, stages=tuple(replace(s, changes=_changes_at(s.key, judged)) for s in made.stages))


def _is_under_way(change: TeamChange, choice: MapChoice, period: Period) -> bool:
    """Return whether a change was planned by the end of a period, and its days of comparison reach into it."""
    if change.planned_at.astimezone(choice.journey.zone).date() > max(period.last, change.made_on or period.last):
        return False
    return change.made_on is None or period.first - timedelta(days=WINDOW_DAYS) <= change.made_on


def _changes_at(stage: str, judged: Iterable[JudgedChange]) -> tuple[StageChange, ...]:
    return tuple(each.for_map for each in judged if each.place is not None and each.place.stage.key == stage)


def read_change_news(tx: Connection, choice: MapChoice, minimum: int, today: date) -> ChangeNews:
    """Return what the last seven days brought: verdicts that were not known a week ago, or are others now."""
    kept = changes.list_by_journeys(tx, [choice.journey.key])
    judge = ChangeJudge(tx, choice, minimum, kept)
    overdue = [judge.judge(each, today) for each in sort_changes(kept) if each.is_overdue(today)]
    recent = [each for each in sort_changes(kept) if _may_bring_news(each, today)]
    known = []
    for each in recent:
        now, before = judge.judge(each, today), judge.judge(each, today - timedelta(days=WEEK))
        if now.is_known and now.verdict is not before.verdict:
            known.append(now)
    return ChangeNews(tuple(known), tuple(each for each in overdue if each.place is not None))


def _may_bring_news(change: TeamChange, today: date) -> bool:
    """Return whether a change had one of its looks in the last seven days."""
    return change.made_on is not None and WEEK < (today - change.made_on).days <= WINDOW_DAYS + WEEK + 1
