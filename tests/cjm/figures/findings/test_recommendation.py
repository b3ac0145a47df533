"""The recommendation is the most pressing one, and never rests on a few people's answers."""

from dataclasses import replace

import pytest

from cjm.figures.findings.comparisons import SignificantChange, find_changes
from cjm.figures.findings.digest import build_digest
from cjm.figures.findings.recommendation import Recommendation, RecommendationKind, WaitingCases, recommend
from cjm.figures.journey_map import Barrier, ChangeDirection, FigureChange, JourneyMap
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
FIX_QUEUE = Recommendation(RecommendationKind.FIX_BARRIER, "buy", "Buy", n=12, barrier="queue", is_weakest=True)
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


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        pytest.param(50, RecommendationKind.KEEP_GOING, id="met: the whole interval is above"),
        pytest.param(71, RecommendationKind.KEEP_GOING, id="open: the figure is below, the interval is not"),
        pytest.param(85, RecommendationKind.FIX_BARRIER, id="missed: the whole interval is below"),
        pytest.param(None, RecommendationKind.FIX_BARRIER, id="no target"),
    ],
)
def test_a_target_is_judged_by_its_interval(target: float | None, kind: RecommendationKind) -> None:
    buy = stage("buy", csat(35, 50), target=target, barriers=[Barrier("price", 30)])  # 70 %, interval 56 … 81
    assert recommend(map_of(buy)).kind is kind


PRICE, QUEUE = [Barrier("price", 30)], [Barrier("queue", 12)]


def test_without_a_weakest_stage_the_barrier_that_most_name_is_recommended_and_no_stage_is_called_weakest() -> None:
    found = recommend(map_of(stage("find", csat(35, 50), barriers=QUEUE), stage("buy", csat(38, 50), barriers=PRICE)))
    assert found == Recommendation(RecommendationKind.FIX_BARRIER, "buy", "Buy", n=30, barrier="price")


def test_the_weakest_stage_comes_before_one_with_more_barriers() -> None:
    found = recommend(map_of(stage("find", csat(10, 50), barriers=QUEUE), stage("buy", csat(38, 50), barriers=PRICE)))
    assert (found.subject, found.is_weakest) == ("find", True)


def test_a_missed_target_comes_before_a_stage_without_one_and_the_best_stage_is_left_in_peace() -> None:
    missed = stage("find", csat(35, 50), target=90, barriers=QUEUE)
    assert recommend(map_of(missed, stage("buy", csat(38, 50), barriers=PRICE))).subject == "find"
    best = map_of(stage("find", csat(20, 50)), stage("buy", csat(48, 50), barriers=PRICE))
    assert recommend(best) == Recommendation(RecommendationKind.READ_VOICES, "find", "Find")


# ---- young invitations


@pytest.mark.parametrize(("still_open", "is_raised"), [(170, True), (171, False)])
def test_the_response_rate_rests_on_invitations_whose_time_is_over(still_open: int, is_raised: bool) -> None:
    totals = replace(bare(FULL).totals, response_rate=0.05, invitations=200, still_open=still_open)
    found = recommend(replace(bare(FULL), totals=totals))
    assert (found.kind is RecommendationKind.RAISE_RESPONSE) is is_raised
    if is_raised:
        assert found.n == 30


@pytest.mark.parametrize(
    ("still_open", "kind"), [(6, RecommendationKind.INVITE_MORE), (7, RecommendationKind.KEEP_GOING)]
)
def test_nobody_else_is_invited_while_open_invitations_could_bring_enough(
    still_open: int, kind: RecommendationKind
) -> None:
    one = map_of(stage("find", csat(40, 50)), stage("use", csat(2, 3)))
    assert recommend(replace(one, totals=replace(one.totals, still_open=still_open))).kind is kind


def test_the_digest_recommends_from_what_it_found() -> None:
    findings = find_changes([comparison("ad", csat(10, 50), csat(160, 200))])
    found = build_digest(HEALTHY, findings).recommendation
    assert replace(found, points=-60) == Recommendation(
        RecommendationKind.LOOK_AT_WORSE, "ad", "Ad", n=50, scale=Scale.CSAT, points=-60
    )
    assert found.points == pytest.approx(-60)


def marked(journey_map: JourneyMap, key: str, points: float) -> JourneyMap:
    """Return the map with a stage marked as changed beyond noise."""
    direction = ChangeDirection.WORSE if points < 0 else ChangeDirection.BETTER
    change = FigureChange(direction, points, points - 5, points + 5)
    stages = tuple(replace(s, change=change) if s.key == key else s for s in journey_map.stages)
    return replace(journey_map, stages=stages)


def test_stage_that_the_map_marks_as_worse_comes_before_the_weakest_also_without_the_changes_of_a_digest() -> None:
    shop = map_of(stage("find", csat(10, 50), barriers=QUEUE), stage("buy", csat(38, 50), barriers=PRICE))
    assert recommend(marked(shop, "buy", -9)).subject == "buy"
    assert recommend(marked(shop, "buy", 9)).subject == "find"


def test_where_nobody_chose_why_a_stage_is_weak_their_words_are_to_be_read() -> None:
    healthy = bare(replace(HEALTHY, totals=replace(HEALTHY.totals, response_rate=None)))
    assert recommend(healthy).kind is RecommendationKind.KEEP_GOING
    for weak in (marked(healthy, "find", -9), replace(healthy, weakest="find")):
        assert recommend(weak) == Recommendation(RecommendationKind.READ_VOICES, "find", "Find")
