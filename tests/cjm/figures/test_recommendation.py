"""The recommendation is the most pressing one, and never rests on a few people's answers."""

from dataclasses import replace

import pytest

from cjm.figures.comparisons import SignificantChange
from cjm.figures.digest import build_digest
from cjm.figures.journey_map import Barrier, ChangeDirection, FigureChange, JourneyMap
from cjm.figures.recommendation import Recommendation, RecommendationKind, WaitingCases, recommend
from cjm.scales import Scale
from tests.cjm.figures.maps import comparison, csat, map_of, stage


def change_of(subject: str, points: float, *, is_stage: bool = False) -> SignificantChange:
    direction = ChangeDirection.WORSE if points < 0 else ChangeDirection.BETTER
    change = FigureChange(direction, points, points - 5, points + 5)
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


CHANGES = (change_of("buy", -30, is_stage=True), change_of("queue", -12), change_of("ad", -20), change_of("app", 40))
WORSE_STAGE, BETTER = CHANGES[:1], CHANGES[3:]

LOOK_AT_AD = Recommendation(RecommendationKind.LOOK_AT_WORSE, "ad", "Ad", n=40, scale=Scale.CSAT, points=-20)
LOOK_AT_BUY = Recommendation(RecommendationKind.LOOK_AT_WORSE, "buy", "Buy", n=40, scale=Scale.CSAT, points=-30)
FIX_QUEUE = Recommendation(RecommendationKind.FIX_BARRIER, "buy", "Buy", n=12, barrier="queue")
RAISE_RESPONSE = Recommendation(RecommendationKind.RAISE_RESPONSE, n=200, rate=0.05)
INVITE_TO_USE = Recommendation(RecommendationKind.INVITE_MORE, "use", "Use", n=7)
INVITE_TO_FIND = Recommendation(RecommendationKind.INVITE_MORE, "find", "Find", n=10)
KEEP_GOING = Recommendation(RecommendationKind.KEEP_GOING)


def answer_cases(cases: WaitingCases) -> Recommendation:
    return Recommendation(RecommendationKind.ANSWER_CASES, n=cases.n, days=cases.oldest_days)


OVERDUE, IN_TIME, NONE = WaitingCases(3, 4.5), WaitingCases(2, 1.5), WaitingCases()


@pytest.mark.parametrize(
    ("journey_map", "changes", "cases", "expected"),
    [
        pytest.param(FULL, CHANGES, OVERDUE, answer_cases(OVERDUE), id="overdue cases come first"),
        pytest.param(FULL, CHANGES, IN_TIME, LOOK_AT_AD, id="the worst touchpoint before a stage"),
        pytest.param(FULL, WORSE_STAGE, NONE, LOOK_AT_BUY, id="a stage that got worse"),
        pytest.param(FULL, BETTER, NONE, FIX_QUEUE, id="the top barrier of the weakest judged stage"),
        pytest.param(bare(FULL), (), NONE, RAISE_RESPONSE, id="few answer"),
        pytest.param(replies(bare(FULL), 0.05, 29), (), NONE, INVITE_TO_USE, id="too few invitations for a rate"),
        pytest.param(replies(bare(FULL), 0.1), (), NONE, INVITE_TO_USE, id="one in ten is not few"),
        pytest.param(replies(bare(FULL), None, 0), (), NONE, INVITE_TO_USE, id="nobody was invited"),
        pytest.param(map_of(stage("find", {}), stage("buy", {})), (), NONE, INVITE_TO_FIND, id="nobody answered"),
        pytest.param(HEALTHY, (), IN_TIME, answer_cases(IN_TIME), id="cases in time come last"),
        pytest.param(HEALTHY, BETTER, NONE, KEEP_GOING, id="nothing to do"),
    ],
)
def test_the_recommendation_is_the_most_pressing_one(
    journey_map: JourneyMap, changes: tuple[SignificantChange, ...], cases: WaitingCases, expected: Recommendation
) -> None:
    assert recommend(journey_map, changes, cases) == expected


def test_a_barrier_few_people_chose_is_not_recommended() -> None:
    weak = map_of(stage("buy", csat(20, 50), barriers=[Barrier("price", 4)]))
    assert recommend(weak).kind is RecommendationKind.KEEP_GOING


def test_a_stage_that_meets_its_target_is_left_in_peace() -> None:
    barriers = [Barrier("price", 30)]
    met = stage("buy", csat(35, 50), target=70, barriers=barriers)
    assert recommend(map_of(met)).kind is RecommendationKind.KEEP_GOING
    assert recommend(map_of(replace(met, target=71))).kind is RecommendationKind.FIX_BARRIER


def test_the_digest_recommends_from_what_it_found() -> None:
    found = build_digest(HEALTHY, [comparison("ad", csat(10, 50), csat(160, 200))]).recommendation
    assert replace(found, points=-60) == Recommendation(
        RecommendationKind.LOOK_AT_WORSE, "ad", "Ad", n=50, scale=Scale.CSAT, points=-60
    )
    assert found.points == pytest.approx(-60)
