"""Changes of mix are told from changes of figures, and never excuse a drop that really happens."""

from collections.abc import Mapping

import pytest

from cjm.figures.findings.change import Stratum
from cjm.figures.findings.compared_subjects import StratumKey, SubjectComparison
from cjm.figures.findings.comparisons import find_changes
from cjm.figures.findings.mix import Signature, group_by_signature
from cjm.figures.journey_map import ChangeDirection, FigureChange, MixSubject
from cjm.scales import Scale
from tests.cjm.figures.findings.alarm_rates import mix_directions
from tests.cjm.figures.findings.business import Business
from tests.cjm.figures.maps import csat
from tests.cjm.figures.returning_people import exact_people
from tests.cjm.figures.scores import people_of_counts

TITLES = {"new": "New customers", "gold": "Gold customers"}
NEW, GOLD, BOTH, NEITHER = (frozenset(each) for each in ({"new"}, {"gold"}, {"new", "gold"}, set[str]()))


def stage_of(strata: Mapping[tuple[str, int], Stratum], days_each: int = 1) -> SubjectComparison:
    """Return a stage by (touchpoint, delay); people give their answers on ``days_each`` days, always the same."""
    sides = []
    for side in (0, 1):
        good, bad = (sum(stratum[side].get(value, 0) for stratum in strata.values()) for value in (5, 1))
        whole = csat(good, good + bad)
        rows = [[1.0] * days_each] * (good // days_each) + [[0.0] * days_each] * (bad // days_each)
        sides.append(people_of_counts(Scale.CSAT, whole) if days_each == 1 else exact_people(rows))
    titles = {place: f"At {place}" for place, _ in strata}
    keyed = {StratumKey(*key): stratum for key, stratum in strata.items()}
    return SubjectComparison("buy", "buy", "Buy", Scale.CSAT, keyed, (sides[0], sides[1]), titles)


def change_of(comparison: SubjectComparison) -> FigureChange:
    return find_changes([comparison]).mark_stages(Scale.CSAT)["buy"]


# ---- touchpoints and late answers


def test_more_answers_at_the_weak_touchpoint_are_told_as_such() -> None:
    change = change_of(
        stage_of({("shop", 0): (csat(90, 100), csat(360, 400)), ("phone", 0): (csat(60, 120), csat(20, 40))})
    )
    assert change.direction is ChangeDirection.SAME
    assert change.points == pytest.approx(0, abs=1e-9)
    assert change.mix is not None
    assert (change.mix.subject, change.mix.is_lower) == (MixSubject.TOUCHPOINTS, change.mix.title == "At phone")
    assert abs(change.mix.share_now - change.mix.share_before) == pytest.approx(120 / 220 - 40 / 440)


def test_a_stage_that_rises_while_each_touchpoint_falls_says_why() -> None:
    """63 before, 72 now, and 15 lower at each touchpoint: without the mix the picture would contradict itself."""
    change = change_of(
        stage_of({("shop", 0): (csat(320, 400), csat(95, 100)), ("phone", 0): (csat(20, 50), csat(220, 400))})
    )
    assert change.direction is ChangeDirection.WORSE
    assert change.points == pytest.approx(-15)
    assert change.mix is not None
    assert change.mix.subject is MixSubject.TOUCHPOINTS


def test_late_answers_that_are_still_missing_are_told_as_such() -> None:
    change = change_of(
        stage_of({("shop", 0): (csat(80, 100), csat(240, 300)), ("shop", 5): (csat(2, 5), csat(80, 200))})
    )
    assert change.direction is ChangeDirection.SAME
    assert change.mix is not None
    assert (change.mix.subject, change.mix.title, change.mix.is_lower) == (MixSubject.DELAYS, "", True)
    assert (change.mix.share_now, change.mix.share_before) == pytest.approx((5 / 105, 200 / 500))


def test_the_same_mix_needs_no_words() -> None:
    change = change_of(
        stage_of({("shop", 0): (csat(60, 100), csat(320, 400)), ("phone", 0): (csat(30, 50), csat(160, 200))})
    )
    assert change.direction is ChangeDirection.WORSE
    assert change.mix is None


def test_a_part_of_a_few_people_is_not_told_to_be_lower() -> None:
    strata = {("shop", 0): (csat(90, 100), csat(40, 100)), ("phone", 0): (csat(0, 2), csat(0, 6))}
    change = change_of(stage_of(strata))
    assert change.mix is None


# ---- segments


def explain(parts: Mapping[Signature, Stratum], days_each: int = 1) -> FigureChange:
    """Return the change of a stage with one touchpoint, given its answers by segments."""
    whole = tuple(
        csat(
            sum(each[side].get(5, 0) for each in parts.values()),
            sum(sum(each[side].values()) for each in parts.values()),
        )
        for side in (0, 1)
    )
    comparison = stage_of({("shop", 0): (whole[0], whole[1])}, days_each)
    findings = find_changes([comparison])
    by_place = {("shop", signature): stratum for signature, stratum in parts.items()}
    explained = findings.explain_by_segments({("buy", Scale.CSAT): by_place}, TITLES)
    assert [each.change for each in explained.changes] == (
        [] if not findings.changes else [explained.mark_stages(Scale.CSAT)["buy"]]
    )
    return explained.mark_stages(Scale.CSAT)["buy"]


def test_more_customers_of_a_weak_segment_are_a_change_of_mix() -> None:
    change = explain({NEW: (csat(100, 200), csat(50, 100)), NEITHER: (csat(180, 200), csat(270, 300))})
    assert change.direction is ChangeDirection.MIX
    assert change.mix is not None
    assert (change.mix.subject, change.mix.title, change.mix.is_lower) == (MixSubject.SEGMENTS, "New customers", True)
    assert (change.mix.share_before, change.mix.share_now) == pytest.approx((0.25, 0.5))


def test_fewer_customers_of_a_strong_segment_are_a_change_of_mix_too() -> None:
    change = explain({GOLD: (csat(95, 100), csat(285, 300)), NEITHER: (csat(150, 300), csat(50, 100))})
    assert change.direction is ChangeDirection.MIX
    assert change.mix is not None
    assert (change.mix.title, change.mix.is_lower) == ("Gold customers", False)


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param(
            {NEW: (csat(70, 200), csat(50, 100)), NEITHER: (csat(150, 200), csat(270, 300))},
            id="a drop of 15 in every segment, and more new customers",
        ),
        pytest.param(
            {NEW: (csat(35, 100), csat(50, 100)), NEITHER: (csat(225, 300), csat(270, 300))},
            id="a drop of 15 in every segment, with the same mix",
        ),
        pytest.param(
            {NEW: (csat(30, 200), csat(50, 100)), NEITHER: (csat(180, 200), csat(270, 300))},
            id="a drop among new customers only, and more of them",
        ),
        pytest.param(
            {NEW: (csat(110, 220), csat(1, 2)), NEITHER: (csat(3, 4), csat(360, 400))},
            id="no group was asked on both sides",
        ),
        pytest.param({NEW: (csat(200, 400), csat(320, 400))}, id="one group only"),
    ],
)
def test_a_real_drop_is_not_excused_by_a_mix(parts: Mapping[Signature, Stratum]) -> None:
    assert explain(parts).direction is ChangeDirection.WORSE


def test_one_customer_with_many_answers_is_no_change_of_mix() -> None:
    """Shares are tested by people: twenty days of a few customers are not a trend."""
    parts = {NEW: (csat(200, 400), csat(100, 200)), NEITHER: (csat(360, 400), csat(540, 600))}
    assert explain(parts).direction is ChangeDirection.MIX
    assert explain(parts, days_each=20).direction is not ChangeDirection.MIX


def test_answers_of_cohorts_are_grouped_by_all_their_segments() -> None:
    signatures = {1: NEW, 2: BOTH, 3: BOTH}
    now = {("shop", 1): csat(3, 4), ("shop", 2): csat(1, 2), ("shop", 9): csat(5, 5)}
    parts = group_by_signature(signatures, now, {("shop", 3): csat(7, 9), ("shop", 2): csat(1, 1)})
    assert set(parts) == {("shop", NEW), ("shop", BOTH), ("shop", NEITHER)}
    assert parts["shop", BOTH] == (csat(1, 2), {5: 8, 1: 2})
    assert parts["shop", NEITHER] == (csat(5, 5), {})


@pytest.mark.parametrize(
    ("business", "direction"),
    [
        (Business(1500, new_share=(0.15, 0.5), new_gap=35), ChangeDirection.MIX),
        (Business(1500, new_share=(0.15, 0.5), new_gap=35, drop=15, drops_everywhere=True), ChangeDirection.WORSE),
    ],
)
def test_simulated_shifts_of_customers_are_told_from_drops(business: Business, direction: ChangeDirection) -> None:
    counts = mix_directions(business, 6)
    assert counts[direction] >= 0.9 * counts.total()
