"""Hand-overs: places where another part of the company takes over, and whether customers feel it.

* Two touchpoints that follow each other in the journey file, over the borders of stages too, hand over where different
  people are responsible for them. Planned and removed touchpoints are passed by.
* A score *falls* at a hand-over only beyond noise: all hand-overs of a map share one false-discovery rate.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from statistics import NormalDist

from cjm.figures.findings.change import benjamini_hochberg
from cjm.figures.findings.ranking import list_judged
from cjm.figures.intervals import Z95
from cjm.figures.map_parts.hand_overs import HandOver
from cjm.figures.map_parts.typed_texts import TypedTexts
from cjm.figures.score import Score
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.scales import Scale


@dataclass(frozen=True, slots=True)
class _Step:
    """Difference of two judged scores, and the chance that equal figures differ so much downwards."""

    points: float
    low: float
    high: float
    p_value: float


def find_hand_overs(
    typed: Sequence[TypedTexts], scores: Mapping[str, Score], scale: Scale, q: float = 0.05
) -> tuple[HandOver, ...]:
    """Return the hand-overs of a map in the order of its touchpoints; ``scores`` are headline scores by touchpoint.

    Both scores are compared as if different people had given them. Many people rate both touchpoints, and mostly alike,
    so the test is a little cautious. On maps without a real fall, at most the share ``q`` names one.
    """
    pairs = list(_list_pairs(typed))
    steps = [_measure_step(scores.get(before.key), scores.get(after.key), scale) for before, after in pairs]
    passes = iter(benjamini_hochberg([step.p_value for step in steps if step], q))
    return tuple(
        _make_hand_over(before, after, step, is_finding=next(passes) if step else False)
        for (before, after), step in zip(pairs, steps, strict=True)
    )


def _list_pairs(typed: Sequence[TypedTexts]) -> Iterator[tuple[TypedTexts, TypedTexts]]:
    live = [each for each in typed if each.status is TouchpointStatus.LIVE]
    for before, after in pairwise(live):
        if before.responsible and after.responsible and before.responsible != after.responsible:
            yield before, after


def _make_hand_over(before: TypedTexts, after: TypedTexts, step: _Step | None, *, is_finding: bool) -> HandOver:
    names = (before.key, after.key, before.responsible, after.responsible)
    if step is None:
        return HandOver(*names)
    return HandOver(*names, is_finding and step.high < 0, step.points, step.low, step.high)


def _measure_step(before: Score | None, after: Score | None, scale: Scale) -> _Step | None:
    """Return the difference of two scores with its interval: Newcombe (1998, method 10), MOVER (Zou & Donner 2008)."""
    judged = list_judged({key: score for key, score in (("before", before), ("after", after)) if score is not None})
    if len(judged) < 2:
        return None
    (value_0, low_0, high_0), (value, low, high) = judged["before"], judged["after"]
    points = value - value_0
    down, up = hypot(value - low, high_0 - value_0), hypot(high - value, value_0 - low_0)
    # How far zero lies above the difference, in standard errors of that side.
    deviate = -points / (up / Z95) if up > 0 else 0.0
    reach = scale.spec.bounds[1] - scale.spec.bounds[0]
    return _Step(points, max(-reach, points - down), min(reach, points + up), 1 - NormalDist().cdf(deviate))
