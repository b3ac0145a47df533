"""The next step is the most pressing one, and never built on a few people's answers."""

from dataclasses import replace

import pytest

from cjm.figures.comparisons import SignificantChange
from cjm.figures.digest import build_digest
from cjm.figures.journey_map import Barrier, ChangeDirection, FigureChange, JourneyMap
from cjm.figures.next_step import NextStep, NextStepKind, WaitingCases, recommend_next_step
from cjm.scales import Scale
from tests.cjm.figures.test_digest import comparison, csat, map_of, stage


def change_of(subject: str, points: float, *, is_stage: bool = False) -> SignificantChange:
    way = ChangeDirection.WORSE if points < 0 else ChangeDirection.BETTER
    change = FigureChange(way, points, points - 5, points + 5)
    return SignificantChange(
        subject,
        subject.title(),
        Scale.CSAT,
        is_stage,
        change,
        now=60,
        before=60 - points,
        n=40,
        n_before=160,
        p_value=0.001,
    )


FULL = map_of(
    stage("find", csat(40, 50), barriers=[Barrier("search", 9)]),
    stage("buy", csat(20, 50), barriers=[Barrier("price", 6), Barrier("queue", 12)]),
    stage("use", csat(2, 3), visits=70),
    stage("stay", {}, visits=20),
    rate=0.05,
)
HEALTHY = map_of(stage("find", csat(40, 50)), stage("buy", csat(45, 50)))


def bare(journey_map: JourneyMap) -> JourneyMap:
    return replace(journey_map, stages=tuple(replace(s, barriers=()) for s in journey_map.stages))


def replies(journey_map: JourneyMap, rate: float | None, invitations: int = 200) -> JourneyMap:
    return replace(journey_map, totals=replace(journey_map.totals, response_rate=rate, invitations=invitations))


WORSE = (change_of("buy", -30, is_stage=True), change_of("queue", -12), change_of("ad", -20), change_of("app", 40))


@pytest.mark.parametrize(
    ("journey_map", "changes", "cases", "expected"),
    [
        (FULL, WORSE, WaitingCases(3, 4.5), NextStep(NextStepKind.ANSWER_CASES, n=3, days=4.5)),
        (
            FULL,
            WORSE,
            WaitingCases(3, 1.5),
            NextStep(NextStepKind.LOOK_AT_WORSE, "ad", "Ad", n=40, scale=Scale.CSAT, points=-20),
        ),
        (
            FULL,
            WORSE[:1],
            WaitingCases(),
            NextStep(NextStepKind.LOOK_AT_WORSE, "buy", "Buy", n=40, scale=Scale.CSAT, points=-30),
        ),
        (FULL, WORSE[3:], WaitingCases(), NextStep(NextStepKind.FIX_BARRIER, "buy", "Buy", n=12, barrier="queue")),
        (bare(FULL), (), WaitingCases(), NextStep(NextStepKind.RAISE_RESPONSE, n=200, rate=0.05)),
        (replies(bare(FULL), 0.05, 29), (), WaitingCases(), NextStep(NextStepKind.INVITE_MORE, "use", "Use", n=7)),
        (replies(bare(FULL), 0.1), (), WaitingCases(), NextStep(NextStepKind.INVITE_MORE, "use", "Use", n=7)),
        (replies(bare(FULL), None, 0), (), WaitingCases(), NextStep(NextStepKind.INVITE_MORE, "use", "Use", n=7)),
        (
            map_of(stage("find", {}), stage("buy", {})),
            (),
            WaitingCases(),
            NextStep(NextStepKind.INVITE_MORE, "find", "Find", n=10),
        ),
        (HEALTHY, (), WaitingCases(2, 0.5), NextStep(NextStepKind.ANSWER_CASES, n=2, days=0.5)),
        (HEALTHY, WORSE[3:], WaitingCases(), NextStep(NextStepKind.KEEP_GOING)),
    ],
)
def test_the_next_step_is_the_most_pressing_one(
    journey_map: JourneyMap, changes: tuple[SignificantChange, ...], cases: WaitingCases, expected: NextStep
) -> None:
    assert recommend_next_step(journey_map, changes, cases) == expected
    assert not changes or build_digest(journey_map, [], cases).changes == ()


def test_a_barrier_few_people_chose_is_not_told() -> None:
    weak = map_of(stage("buy", csat(20, 50), barriers=[Barrier("price", 4)]))
    assert recommend_next_step(weak).kind is NextStepKind.KEEP_GOING


def test_a_stage_that_meets_its_target_is_left_in_peace() -> None:
    barriers = [Barrier("price", 30)]
    met = stage("buy", csat(35, 50), target=70, barriers=barriers)
    assert recommend_next_step(map_of(met)).kind is NextStepKind.KEEP_GOING
    assert recommend_next_step(map_of(replace(met, target=71))).kind is NextStepKind.FIX_BARRIER


def test_the_digest_recommends_from_what_it_found() -> None:
    step = build_digest(HEALTHY, [comparison("ad", csat(10, 50), csat(160, 200))]).next_step
    assert replace(step, points=-60) == NextStep(
        NextStepKind.LOOK_AT_WORSE, "ad", "Ad", n=50, scale=Scale.CSAT, points=-60
    )
    assert step.points == pytest.approx(-60)
