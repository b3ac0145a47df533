"""Small maps and comparisons on the CSAT scale, for tests of digests and recommendations."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from cjm.figures.findings.compared_subjects import StratumKey, SubjectComparison
from cjm.figures.findings.contributions import AnswerCounts
from cjm.figures.findings.ranking import find_best, find_weakest
from cjm.figures.journey_map import (
    Barrier,
    ChangeDirection,
    FigureChange,
    JourneyMap,
    MapKind,
    MapTotals,
    Period,
    StageFigures,
    TouchpointFigures,
)
from cjm.scales import Scale
from tests.cjm.figures.scores import people_of_counts, score_of_counts


def csat(good: int, n: int) -> dict[int, int]:
    """Return ``n`` answers, ``good`` of them at the top of the scale and the others at its bottom."""
    return {5: good, 1: n - good}


def comparison(
    key: str, week: AnswerCounts, base: AnswerCounts, scale: Scale = Scale.CSAT, *, stage: str = "stage"
) -> SubjectComparison:
    """Return answers at a touchpoint, or at the stage itself where both keys are equal; each is by another person."""
    people = (people_of_counts(scale, week), people_of_counts(scale, base))
    strata = {StratumKey(key, 0): (week, base)}
    return SubjectComparison(stage, key, key.title(), scale, strata, people, {key: key.title()})


def touchpoint(key: str, counts: AnswerCounts) -> TouchpointFigures:
    scores = {Scale.CSAT: score_of_counts(Scale.CSAT, counts)} if counts else {}
    return TouchpointFigures(key, key.title(), "site", moment_of_truth=False, visits=50, complaints=0, scores=scores)


def stage(
    key: str, counts: AnswerCounts, *, visits: int = 50, target: float | None = None, barriers: Sequence[Barrier] = ()
) -> StageFigures:
    return StageFigures(
        key=key,
        title=key.title(),
        goal="",
        customers=50,
        conversion=None,
        on_the_way=0,
        time=None,
        scores={Scale.CSAT: score_of_counts(Scale.CSAT, counts)} if counts else {},
        before={},
        change=FigureChange(ChangeDirection.UNKNOWN),
        target=target,
        visits=visits,
        complaints=0,
        support=0,
        barriers=tuple(barriers),
        walks=50,
        touchpoints=(touchpoint(f"{key}-a", counts),),
    )


def map_of(*stages: StageFigures, rate: float | None = 0.4, invitations: int = 200) -> JourneyMap:
    """Return a map that judges from 10 people on and withholds below 5; ``rate`` of the invitations are answered."""
    scores = {each.key: each.scores[Scale.CSAT] for each in stages if each.scores}
    return JourneyMap(
        journey="shop",
        title="Shop",
        purpose="",
        kind=MapKind.CURRENT,
        period=Period(date(2026, 5, 4), date(2026, 5, 31)),
        before=Period(date(2026, 4, 6), date(2026, 5, 3)),
        as_of=datetime(2026, 6, 1, 9, tzinfo=UTC),
        segment=None,
        segment_title=None,
        channel=None,
        language="en",
        scale=Scale.CSAT,
        judge_from=10,
        minimum=5,
        totals=MapTotals(
            customers=90, visits=300, invitations=invitations, answers=80, response_rate=rate, complaints=4
        ),
        stages=stages,
        weakest=find_weakest(scores),
        best=find_best(scores),
    )
