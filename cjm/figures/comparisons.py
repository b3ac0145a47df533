"""Comparisons of the last 7 days with the 28 before them: which figures really changed.

* Everything said to have changed passed a test *and* Benjamini–Hochberg's correction over all figures of the digest:
  24 touchpoints compared every week would raise false alarms by themselves.
* A figure with too few people on either side is not tested, and so costs the others nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cjm.figures.change import (
    ScoreTestResult,
    Stratum,
    benjamini_hochberg,
    change_direction,
    compare_scores,
    mantel_score_test,
)
from cjm.figures.contributions import AnswerCounts, ContributionSums, sum_contributions
from cjm.figures.journey_map import ChangeDirection, FigureChange
from cjm.figures.score import score_of_counts
from cjm.scales import Scale

FEWEST_PEOPLE = 10  # people on either side


@dataclass(frozen=True, slots=True)
class TouchpointComparison:
    """Answers at a touchpoint on one scale, by raw value: in the last 7 days, and in the 28 before them."""

    subject: str  # the touchpoint's key
    title: str
    scale: Scale
    week: AnswerCounts
    base: AnswerCounts

    @property
    def strata(self) -> tuple[Stratum, ...]:
        """The touchpoint alone, as :class:`StageComparison` has one stratum a touchpoint."""
        return ((self.week, self.base),)

    @property
    def people(self) -> None:
        """None: a touchpoint has one answer a visit, so each answer counts as a person."""


@dataclass(frozen=True, slots=True)
class StageComparison:
    """Answers at a stage on one scale, touchpoint by touchpoint, with its person-days in the week and in the base.

    A question about the stage itself is one more stratum. Without ``people`` each answer counts as a person.
    """

    subject: str  # the stage's key
    title: str
    scale: Scale
    strata: tuple[Stratum, ...]
    people: tuple[ContributionSums, ContributionSums] | None = None


@dataclass(frozen=True, slots=True)
class SignificantChange:
    """Change beyond noise. ``now`` and ``before`` are the headline figures of the week and of the base.

    The ``change`` of a stage is the change within its touchpoints, so it can differ from ``now − before``.
    """

    subject: str
    title: str
    scale: Scale
    is_stage: bool
    change: FigureChange
    now: float
    before: float
    n: int
    n_before: int
    p_value: float

    @property
    def size(self) -> float:
        """The change as a share of the whole scale, 0 … 1, so that changes on different scales can be sorted."""
        least, most = self.scale.spec.bounds
        return abs(self.change.points or 0.0) / (most - least)


def find_changes(
    comparisons: Iterable[TouchpointComparison | StageComparison], *, enough: int = FEWEST_PEOPLE, q: float = 0.05
) -> tuple[tuple[SignificantChange, ...], int]:
    """Return the changes beyond noise, greatest first (as shares of their scales), and how many figures were tested.

    Figures with fewer than ``enough`` people on either side are not tested. A finding whose own 95 % interval reaches
    0 is left out: the digest never says "worse, by −30 to +2".
    """
    sides = [(figure, *_week_and_base(figure)) for figure in comparisons]
    tested = [
        (figure, week, base, mantel_score_test(figure.scale, figure.strata, figure.people))
        for figure, week, base in sides
        if min(week.n, base.n) >= enough
    ]
    is_finding = benjamini_hochberg([result.p_value for *_, result in tested], q)
    changes = [_significant_change(*each) for each, passes in zip(tested, is_finding, strict=True) if passes]
    directed = [each for each in changes if each.change.direction in (ChangeDirection.BETTER, ChangeDirection.WORSE)]
    return tuple(sorted(directed, key=lambda each: -each.size)), len(tested)


def _week_and_base(figure: TouchpointComparison | StageComparison) -> tuple[ContributionSums, ContributionSums]:
    if isinstance(figure, StageComparison) and figure.people is not None:
        return figure.people
    week, base = ContributionSums(0, 0.0, 0.0), ContributionSums(0, 0.0, 0.0)
    for week_counts, base_counts in figure.strata:
        week += sum_contributions(figure.scale, week_counts)
        base += sum_contributions(figure.scale, base_counts)
    return week, base


def _significant_change(
    figure: TouchpointComparison | StageComparison,
    week: ContributionSums,
    base: ContributionSums,
    result: ScoreTestResult,
) -> SignificantChange:
    scale = figure.scale
    if isinstance(figure, TouchpointComparison):
        now, before = (score_of_counts(scale, side, judge_from=1) for side in (figure.week, figure.base))
        change = compare_scores(now, before)
    else:
        change = FigureChange(change_direction(result.low, result.high), result.points, result.low, result.high)
    factor = scale.spec.unit_factor
    return SignificantChange(
        figure.subject,
        figure.title,
        scale,
        is_stage=isinstance(figure, StageComparison),
        change=change,
        now=factor * week.total / week.n,
        before=factor * base.total / base.n,
        n=week.n,
        n_before=base.n,
        p_value=result.p_value,
    )
