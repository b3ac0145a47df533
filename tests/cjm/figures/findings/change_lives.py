"""Simulated changes of a team: answers before and after each, week by week, and the verdicts that they get."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

import numpy as np

from cjm.cases.team_change import TeamChange
from cjm.figures.findings.change_verdict import (
    WEEK,
    WEEKS,
    compare_beside,
    find_window,
    judge_change,
    list_beside,
)
from cjm.figures.findings.compared_subjects import SubjectComparison
from cjm.figures.findings.comparisons import FEWEST_PEOPLE
from cjm.figures.journey_map import Comparison
from cjm.figures.map_parts.changes import PROVEN, ChangeVerdict
from tests.cjm.figures.maps import comparison, csat

FIRST = date(2026, 10, 1)
BEFORE, A_WEEK = 160, 40  # answers
SATISFIED = 0.7


@dataclass(frozen=True, slots=True)
class SimulatedJourney:
    """Changes of one journey; of each how many were satisfied before it, and by the end of each week after it."""

    changes: Sequence[TeamChange]
    before: Sequence[int]
    after: Sequence[Sequence[int]]

    def judge(self, number: int, today: date, *, is_alone: bool = False) -> ChangeVerdict:
        """Return the verdict on a change on a day; ``is_alone`` tests it as if there were no others."""
        change = self.changes[number]
        window = find_window(change.made_on or today, today)
        assert window is not None
        others = [] if is_alone else list_beside(change, self.changes, today)
        beside = [partial(self.compare, *each) for each in others]
        return judge_change(window, compare_beside(self.compare(change, window), beside, FEWEST_PEOPLE))

    def compare(self, change: TeamChange, window: Comparison) -> SubjectComparison:
        weeks = window.now.days // WEEK
        after = self.after[change.id][weeks - 1]
        return comparison(change.subject, csat(after, weeks * A_WEEK), csat(self.before[change.id], BEFORE))

    def list_looks(self, *, is_alone: bool = False) -> list[list[ChangeVerdict]]:
        """Return for each change its verdicts after one, two, three and four weeks."""
        return [
            [
                self.judge(change.id, (change.made_on or FIRST) + timedelta(days=weeks * WEEK + 1), is_alone=is_alone)
                for weeks in range(1, WEEKS + 1)
            ]
            for change in self.changes
        ]


def simulate_journey(random: np.random.Generator, days: Sequence[int], effects: Sequence[float]) -> SimulatedJourney:
    """Return changes that are made on these days and move the share of the satisfied by these effects."""
    before = [int(random.binomial(BEFORE, SATISFIED)) for _ in days]
    after = [[int(n) for n in random.binomial(A_WEEK, SATISFIED + effect, WEEKS).cumsum()] for effect in effects]
    return SimulatedJourney([_make_change(number, day) for number, day in enumerate(days)], before, after)


def _make_change(number: int, day: int) -> TeamChange:
    planned_at = datetime(2026, 9, 1, tzinfo=UTC)
    made_on = FIRST + timedelta(days=day)
    return TeamChange(
        id=number,
        journey="shop",
        subject=f"place-{number}",
        question=None,
        option=None,
        title="",
        owner="",
        due=made_on,
        planned_at=planned_at,
        made_on=made_on,
    )


def share_with_false_verdict(journeys: int, days: Sequence[int], seed: int, *, is_alone: bool = False) -> float:
    """Return the share of journeys in which a change without an effect was ever called better or worse."""
    random, wrong = np.random.default_rng(seed), 0
    for _ in range(journeys):
        journey = simulate_journey(random, days, [0.0] * len(days))
        wrong += any(verdict in PROVEN for looks in journey.list_looks(is_alone=is_alone) for verdict in looks)
    return wrong / journeys


def rates_with_effects(journeys: int, effects: Sequence[float], seed: int, *, is_alone: bool) -> tuple[float, float]:
    """Return the mean share of false verdicts among those after four weeks, and the share of effects that are found."""
    random, false_shares, found = np.random.default_rng(seed), [], []
    for _ in range(journeys):
        journey = simulate_journey(random, [0] * len(effects), effects)
        last = FIRST + timedelta(days=WEEKS * WEEK + 1)
        told = [journey.judge(n, last, is_alone=is_alone) in PROVEN for n in range(len(effects))]
        false = sum(is_told and not effect for is_told, effect in zip(told, effects, strict=True))
        false_shares.append(false / max(1, sum(told)))
        found += [is_told for is_told, effect in zip(told, effects, strict=True) if effect]
    return float(np.mean(false_shares)), float(np.mean(found))
