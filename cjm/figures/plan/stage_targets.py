"""Targets of a stage, and whether its figures meet them.

* Only a figure of enough people or walks decides; of fewer, the outcome is open, however far away the target lies.
* Only a whole interval on one side of the target decides (`judge_target`).
"""

from dataclasses import dataclass
from math import inf

from cjm.figures.intervals import poisson_interval
from cjm.figures.journey_map import StageFigures
from cjm.figures.map_parts.targets import TargetFigure, TargetSubject, judge_target
from cjm.figures.people import CountBasis
from cjm.figures.score import Score, Verdict
from cjm.journeys.journey import Journey
from cjm.journeys.parts.target import Target, TargetedFigure, choose_targets
from cjm.scales import Scale


@dataclass(frozen=True, slots=True)
class _FoundFigure:
    """Figure that a target is compared with; ``high`` is None where it may be any higher."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    is_judged: bool = False
    title: str = ""
    unit: str = ""


_NOTHING = _FoundFigure()


def list_target_figures(
    journey: Journey, language: str, stage: StageFigures, judge_from: int
) -> tuple[TargetFigure, ...]:
    """Return the targets that hold at a stage: of its headline scale, of the other scales, then the others.

    A target of every stage holds where the stage has such a figure, one of the headline scale in any case. A figure of
    fewer than ``judge_from`` people or walks is not judged.
    """
    is_last = journey.stages[-1].key == stage.key
    found = [
        _measure_target(journey, language, stage, target, judge_from)
        for target in choose_targets(journey.targets, stage.key)
        if _has_figure(journey, stage, target, is_last=is_last)
    ]
    order = list(TargetSubject)
    return tuple(sorted(found, key=lambda each: (each.key != journey.scale, order.index(each.subject))))


def _has_figure(journey: Journey, stage: StageFigures, target: Target, *, is_last: bool) -> bool:
    if target.figure in (TargetedFigure.CONVERSION, TargetedFigure.TIME):
        return not is_last
    if target.stage is not None or target.figure is not None or target.scale is journey.scale:
        return True
    if target.scale is not None:
        return target.scale in stage.scores
    return any(each.key == target.measure for each in stage.measures)


def _measure_target(
    journey: Journey, language: str, stage: StageFigures, target: Target, judge_from: int
) -> TargetFigure:
    match target:
        case Target(scale=Scale() as scale):
            subject, key, found = TargetSubject.SCORE, scale.value, _find_score(stage.scores.get(scale))
        case Target(figure=TargetedFigure() as figure):
            subject, key = TargetSubject(figure.value), ""
            found = _find_figure(stage, figure, judge_from)
        case _:
            subject, key = TargetSubject.MEASURE, target.measure or ""
            found = _find_measure(journey, language, stage, key, judge_from)
    ends = (found.low, inf if found.high is None else found.high) if found.is_judged else (None, None)
    return TargetFigure(
        subject=subject,
        key=key,
        target=target.value,
        is_least=target.is_least,
        outcome=judge_target(target.value, *ends, is_least=target.is_least),
        value=found.value,
        low=found.low,
        high=found.high,
        title=found.title,
        unit=found.unit,
    )


def _find_score(score: Score | None) -> _FoundFigure:
    if score is None:
        return _NOTHING
    return _FoundFigure(score.value, score.low, score.high, score.verdict is Verdict.OK)


def _find_figure(stage: StageFigures, figure: TargetedFigure, judge_from: int) -> _FoundFigure:
    match figure:
        case TargetedFigure.CONVERSION:
            return _find_score(stage.conversion)
        case TargetedFigure.TIME:
            time = stage.time
            if time is None:
                return _NOTHING
            return _FoundFigure(time.median_s, time.median_low_s, time.median_high_s, time.n >= judge_from)
        case TargetedFigure.SUPPORT:
            return _find_support(stage, judge_from)


def _find_support(stage: StageFigures, judge_from: int) -> _FoundFigure:
    """Return support contacts per 100 customers, with Garwood's interval of the contacts; customers count as known.

    Of at most so many customers, the rate may be any higher.
    """
    if not stage.customers:
        return _NOTHING
    low, high = (100 * end / stage.customers for end in poisson_interval(stage.support))
    may_be_higher = stage.customers_is is CountBasis.AT_MOST
    is_judged = stage.customers >= judge_from
    return _FoundFigure(stage.support_per_100, low, None if may_be_higher else high, is_judged)


def _find_measure(journey: Journey, language: str, stage: StageFigures, key: str, judge_from: int) -> _FoundFigure:
    declared = next((each for each in journey.measures if each.key == key), None)
    title = declared.title.in_language(language) if declared else key
    unit = declared.unit.in_language(language) if declared and declared.unit else ""
    found = next((each for each in stage.measures if each.key == key), None)
    if found is None or found.low is None or found.high is None:
        return _FoundFigure(found.median if found else None, title=title, unit=unit)
    return _FoundFigure(found.median, found.low, found.high, found.n >= judge_from, title, unit)
