"""Find which figures changed: all that one message marks or names, under one false-discovery rate.

* Everything said to have changed passed a test *and* Benjamini–Hochberg's correction over all figures of the message:
  24 touchpoints compared every week would raise false alarms by themselves.
* The marks of a picture and the words beside it come from the same findings, so they cannot disagree.
* A figure with too few people on either side is not tested, and so costs the others nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import hypot

from cjm.figures.findings.change import ScoreTestResult, benjamini_hochberg, mantel_score_test, measure_clustering
from cjm.figures.findings.compared_subjects import SubjectComparison
from cjm.figures.findings.mix import SegmentParts, find_mix_of_places, find_mix_of_segments
from cjm.figures.journey_map import ChangeDirection, Comparison, FigureChange, JourneyMap
from cjm.figures.people import CountBasis
from cjm.figures.score import Score, score_of_people
from cjm.scales import Scale

FEWEST_PEOPLE = 10  # people on either side
SMALL_SIDE = (
    100  # people: with fewer, a real drop of 10 points that passes the test is measured as up to three times that
)
DIRECTED = (ChangeDirection.BETTER, ChangeDirection.WORSE)
UNKNOWN_CHANGE = FigureChange(ChangeDirection.UNKNOWN)


@dataclass(frozen=True, slots=True)
class SignificantChange:
    """Change beyond noise. ``now`` and ``before`` are the headline figures of both periods.

    The ``change`` is the change within touchpoints and delays, so it can differ from ``now − before``; its ``mix``
    then says why. A direction MIX says that other customers answered and no group of them changed.
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
    n_is: CountBasis = CountBasis.EXACT
    n_before_is: CountBasis = CountBasis.EXACT

    @property
    def size(self) -> float:
        """The change as a share of the whole scale, 0 … 1, so that changes on different scales can be sorted."""
        least, most = self.scale.spec.bounds
        return abs(self.change.points or 0.0) / (most - least)


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """Comparison with its result; an untested one has an unknown change, and no result."""

    comparison: SubjectComparison
    change: FigureChange
    result: SignificantChange | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """All comparisons of one message with their results."""

    figures: tuple[ComparedFigure, ...]

    @property
    def changes(self) -> tuple[SignificantChange, ...]:
        """Changes beyond noise, greatest first (as shares of their scales); changes of mix come last."""
        found = [each.result for each in self.figures if each.result and each.change.direction in _FOUND]
        return tuple(sorted(found, key=lambda each: (each.change.direction not in DIRECTED, -each.size)))

    @property
    def number_tested(self) -> int:
        """Number of figures that had enough people on both sides."""
        return sum(each.result is not None for each in self.figures)

    def list_found(self) -> list[SubjectComparison]:
        """Return the comparisons of better and worse figures: their segments can explain them."""
        return [each.comparison for each in self.figures if each.change.direction in DIRECTED]

    def mark_stages(self, scale: Scale) -> dict[str, FigureChange]:
        """Return the change of each compared stage on a scale.

        A stage that was compared only by the one touchpoint with answers has the change of that touchpoint.
        """
        of_scale = [each for each in self.figures if each.comparison.scale is scale]
        marks = {each.comparison.stage: each.change for each in of_scale if not each.comparison.is_stage}
        return marks | {each.comparison.stage: each.change for each in of_scale if each.comparison.is_stage}

    def explain_by_segments(
        self, parts: Mapping[tuple[str, Scale], SegmentParts], titles: Mapping[str, str]
    ) -> "Findings":
        """Return the findings with those that are changes of the mix of segments marked as such.

        ``parts`` are the answers of what :meth:`list_found` returns, by (subject, scale); ``titles`` name the journey's
        segments.
        """
        return Findings(tuple(_explain(each, parts, titles) for each in self.figures))


_FOUND = (*DIRECTED, ChangeDirection.MIX)


def people_to_compare(journey_map: JourneyMap) -> int:
    """Return how many people both sides of a figure must have before its change is tested."""
    return max(FEWEST_PEOPLE, journey_map.judge_from, journey_map.minimum)


def mark_map(journey_map: JourneyMap, findings: Findings, days: Comparison) -> JourneyMap:
    """Return the map with the findings as the marks of its stages, and the days that they compare."""
    marks = findings.mark_stages(journey_map.scale)
    stages = tuple(replace(stage, change=marks.get(stage.key, UNKNOWN_CHANGE)) for stage in journey_map.stages)
    return replace(journey_map, stages=stages, comparison=days)


def find_changes(comparisons: Iterable[SubjectComparison], *, enough: int = FEWEST_PEOPLE, q: float = 0.05) -> Findings:
    """Return the comparisons of one message with what changed among them.

    Figures with fewer than ``enough`` people on either side are not tested. A finding whose own 95 % interval reaches
    0 is none: no message says "worse, by −30 to +2".
    """
    figures = list(comparisons)
    is_testable = [each.fewest_people >= max(enough, 2) and min(each.answers) > 0 for each in figures]
    tested = [each for each, testable in zip(figures, is_testable, strict=True) if testable]
    results = [_test_figure(each) for each in tested]
    passes = benjamini_hochberg([result.p_value for result in results], q)
    measured = iter([_measure(*each) for each in zip(tested, results, passes, strict=True)])
    return Findings(
        tuple(
            next(measured) if testable else ComparedFigure(each, UNKNOWN_CHANGE)
            for each, testable in zip(figures, is_testable, strict=True)
        )
    )


def _test_figure(figure: SubjectComparison) -> ScoreTestResult:
    strata = list(figure.strata.values())
    return mantel_score_test(figure.scale, strata, measure_clustering(figure.scale, strata, figure.people))


def _measure(figure: SubjectComparison, result: ScoreTestResult, is_finding: bool) -> ComparedFigure:
    """Return a tested figure; its interval is that of the difference of two figures, around the inner change."""
    now, before = (
        score_of_people(figure.scale, side, answers=answers, counts=None, judge_from=1, minimum=1)
        for side, answers in zip(figure.people, figure.answers, strict=True)
    )
    low, high = difference_interval(now, before, result.points, result.stretch, figure.scale)
    direction = ChangeDirection.SAME
    if is_finding and (low > 0 or high < 0):
        direction = ChangeDirection.BETTER if low > 0 else ChangeDirection.WORSE
    value, value_before = now.value or 0.0, before.value or 0.0
    mix = find_mix_of_places(figure, value - value_before, result.points)
    change = FigureChange(direction, result.points, low, high, mix, is_small=min(now.n, before.n) < SMALL_SIDE)
    significant = SignificantChange(
        figure.subject,
        figure.title,
        figure.scale,
        figure.is_stage,
        change,
        now=value,
        before=value_before,
        n=now.n,
        n_before=before.n,
        n_is=now.n_is,
        n_before_is=before.n_is,
    )
    return ComparedFigure(figure, change, significant)


def difference_interval(now: Score, before: Score, points: float, stretch: float, scale: Scale) -> tuple[float, float]:
    """Return the 95 % interval of the difference now − before, around ``points``, within the scale's range.

    The distances of each figure to the ends of its interval are squared and added: Newcombe's hybrid score interval
    (1998, method 10) where both are Wilson's, with the effective sample size where people answered more than once; the
    same rule holds for any two good intervals (MOVER, Zou & Donner 2008). ``stretch`` widens it where strata say less
    than the plain figures.
    """
    ends = (now.value, now.low, now.high, before.value, before.low, before.high)
    least, most = scale.spec.bounds
    reach = most - least
    if any(end is None for end in ends):  # fewer than two people have no interval
        return -reach, reach
    value, low, high, value_0, low_0, high_0 = (end or 0.0 for end in ends)
    down, up = hypot(value - low, high_0 - value_0), hypot(high - value, value_0 - low_0)
    return max(-reach, points - stretch * down), min(reach, points + stretch * up)


def _explain(
    figure: ComparedFigure, parts: Mapping[tuple[str, Scale], SegmentParts], titles: Mapping[str, str]
) -> ComparedFigure:
    comparison, change = figure.comparison, figure.change
    own_parts = parts.get((comparison.subject, comparison.scale))
    if not own_parts or change.direction not in DIRECTED or change.points is None or figure.result is None:
        return figure
    mix = find_mix_of_segments(comparison, own_parts, titles, change.points)
    if mix is None:
        return figure
    explained = replace(change, direction=ChangeDirection.MIX, mix=mix)
    return ComparedFigure(comparison, explained, replace(figure.result, change=explained))
