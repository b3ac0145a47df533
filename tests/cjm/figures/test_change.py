"""The interval of a difference and the score test, against statsmodels and scipy; their rate of false alarms."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from cjm.figures.change import benjamini_hochberg, compare_scores, mantel_score_test
from cjm.figures.contributions import ContributionSums, sum_contributions
from cjm.figures.journey_map import ChangeDirection, FigureChange
from cjm.figures.score import score_of_counts, score_of_person_days
from cjm.scales import Scale


def csat(good: int, n: int) -> dict[int, int]:
    return {5: good, 1: n - good}


def counts_of_row(scale: Scale, row: list[int]) -> dict[int, int]:
    return dict(zip(scale.spec.values, row, strict=True))


# ---- the interval of a difference


@given(st.integers(10, 400), st.integers(10, 400), st.data())
def test_the_difference_of_two_shares_has_newcombes_interval(n: int, m: int, data: st.DataObject) -> None:
    a, b = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    change = compare_scores(score_of_counts(Scale.CSAT, csat(a, n)), score_of_counts(Scale.CSAT, csat(b, m)))
    expected = confint_proportions_2indep(a, n, b, m, method="newcomb")
    assert [change.low, change.high] == pytest.approx([100 * expected[0], 100 * expected[1]], abs=1e-6)
    assert change.points == pytest.approx(100 * (a / n - b / m))


@pytest.mark.parametrize(
    ("good", "base", "direction"),
    [
        (60, 80, ChangeDirection.WORSE),
        (80, 60, ChangeDirection.BETTER),
        (76, 80, ChangeDirection.SAME),
        (80, 80, ChangeDirection.SAME),
    ],
)
def test_a_change_has_a_direction_only_when_its_interval_does(good: int, base: int, direction: ChangeDirection) -> None:
    now, before = score_of_counts(Scale.CSAT, csat(good, 100)), score_of_counts(Scale.CSAT, csat(base, 100))
    assert compare_scores(now, before).direction is direction


@pytest.mark.parametrize(("n", "m"), [(9, 100), (100, 9), (4, 100), (100, 0), (5, 5)])
def test_a_change_is_unknown_when_a_side_is_grey_or_withheld(n: int, m: int) -> None:
    change = compare_scores(score_of_counts(Scale.NPS, {10: n}), score_of_counts(Scale.NPS, {0: m}))
    assert change == FigureChange(ChangeDirection.UNKNOWN)


def test_a_change_is_unknown_without_a_period_before() -> None:
    assert compare_scores(score_of_counts(Scale.CSAT, csat(20, 20)), None) == FigureChange(ChangeDirection.UNKNOWN)


def test_a_stage_asked_eight_times_a_person_is_compared_by_its_people() -> None:
    def stage(p: float) -> tuple[float, float]:
        scores = (
            score_of_person_days(
                Scale.CSAT, n=30, total=30 * p, squares=30 * (p * p + 0.06), raw_total=90, answers=240
            ),
            score_of_person_days(Scale.CSAT, n=30, total=18, squares=30 * (0.36 + 0.06), raw_total=90, answers=240),
        )
        change = compare_scores(*scores)
        return change.low or 0.0, change.high or 0.0

    low, high = stage(0.5)
    assert low < 0 < high
    pooled = compare_scores(score_of_counts(Scale.CSAT, csat(120, 240)), score_of_counts(Scale.CSAT, csat(144, 240)))
    assert pooled.direction is ChangeDirection.WORSE  # what pooling the answers would have said


@given(st.sampled_from(list(Scale)), st.data())
def test_swapping_the_periods_turns_the_change_round(scale: Scale, data: st.DataObject) -> None:
    rows = st.lists(st.integers(0, 30), min_size=len(scale.spec.values), max_size=len(scale.spec.values))
    scores = []
    for _ in ("now", "before"):
        counts = counts_of_row(scale, data.draw(rows))
        counts[scale.spec.values[0]] += 10
        scores.append(score_of_counts(scale, counts))
    there, back = compare_scores(scores[0], scores[1]), compare_scores(scores[1], scores[0])
    assert there.points == pytest.approx(-(back.points or 0.0))
    assert [there.low, there.high] == pytest.approx([-(back.high or 0.0), -(back.low or 0.0)])
    assert (there.low or 0.0) <= (there.points or 0.0) <= (there.high or 0.0)


# ---- the test


@given(st.lists(st.tuples(st.integers(5, 60), st.data()), min_size=1, max_size=4))
def test_with_as_many_on_both_sides_the_test_is_cochran_mantel_haenszel(parts: list[tuple[int, st.DataObject]]) -> None:
    strata, tables = [], []
    for n, data in parts:
        a, b = data.draw(st.integers(1, n - 1)), data.draw(st.integers(1, n - 1))
        strata.append((csat(a, n), csat(b, n)))
        tables.append(np.array([[a, n - a], [b, n - b]]))
    expected = StratifiedTable(tables).test_null_odds(correction=False).pvalue
    assert mantel_score_test(Scale.CSAT, strata).p_value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("good", "n", "base", "m"),
    [(4, 10, 34, 40), (6, 12, 900, 1000), (12, 25, 90, 100), (30, 40, 95, 100), (60, 100, 320, 400)],
)
def test_the_tail_of_a_small_week_is_the_exact_one(good: int, n: int, base: int, m: int) -> None:
    """Against Fisher's exact distribution (mid-p), within a factor of two: the normal tail is far off here."""
    law = stats.hypergeom(n + m, good + base, n)
    exact = 2 * (law.cdf(good) - law.pmf(good) / 2)
    ours = mantel_score_test(Scale.CSAT, [(csat(good, n), csat(base, m))]).p_value
    assert exact / 2 < ours < exact * 2


def test_the_tail_is_a_gamma_distributions() -> None:
    week, base = {-2: 3, 0: 1, 2: 16}, {-2: 2, -1: 3, 1: 20, 2: 75}
    pool = np.repeat([-2, -1, 0, 1, 2], [5, 3, 1, 20, 91]).astype(float)
    n, total = 20, 26.0
    deviations = pool - pool.mean()
    size = len(pool)
    error = np.sqrt(deviations @ deviations / (size - 1) * n * (size - n) / size)
    third = (deviations**3).sum() * n * (size - n) * (size - 2 * n) / (size * (size - 1) * (size - 2))
    expected = 2 * stats.pearson3(third / error**3).cdf((total - n * pool.mean()) / error)
    assert mantel_score_test(Scale.EMOTION, [(week, base)]).p_value == pytest.approx(expected, rel=0.1)


def test_asking_more_at_the_weak_touchpoint_is_no_change() -> None:
    strong, weak = (csat(9, 10), csat(180, 200)), (csat(45, 90), csat(25, 50))
    within = mantel_score_test(Scale.CSAT, [strong, weak])
    assert abs(within.points) < 1e-9
    assert within.p_value > 0.9
    pooled = mantel_score_test(Scale.CSAT, [(csat(54, 100), csat(205, 250))])
    assert pooled.points < -20
    assert pooled.p_value < 1e-6


def test_a_touchpoint_that_is_new_this_week_is_no_change() -> None:
    old = (csat(40, 50), csat(160, 200))
    assert mantel_score_test(Scale.CSAT, [old, (csat(0, 40), {})]).points == mantel_score_test(Scale.CSAT, [old]).points
    assert (
        mantel_score_test(Scale.CSAT, [(csat(5, 40), {})]).p_value == mantel_score_test(Scale.CSAT, []).p_value == 1.0
    )


@pytest.mark.parametrize("scale", list(Scale))
def test_everybody_saying_the_same_in_both_weeks_is_no_change(scale: Scale) -> None:
    same = mantel_score_test(scale, [({scale.spec.values[-1]: 20}, {scale.spec.values[-1]: 80})])
    assert (same.points, same.p_value) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("scale", "points"), [(Scale.CSAT, -100), (Scale.NPS, -200), (Scale.EMOTION, -4), (Scale.CES, -6)]
)
def test_points_are_in_the_headlines_unit(scale: Scale, points: float) -> None:
    legal = scale.spec.values
    assert mantel_score_test(scale, [({legal[0]: 10}, {legal[-1]: 10})]).points == pytest.approx(points)


def test_people_of_one_answer_each_change_nothing_and_people_of_many_widen_the_test() -> None:
    strata = [(csat(30, 50), csat(160, 200))]
    alone = sum_contributions(Scale.CSAT, strata[0][0]), sum_contributions(Scale.CSAT, strata[0][1])
    plain = mantel_score_test(Scale.CSAT, strata)
    assert mantel_score_test(Scale.CSAT, strata, alone).p_value == pytest.approx(plain.p_value, rel=0.2)
    fives = (
        ContributionSums(10, 6.0, 6.0),
        ContributionSums(40, 32.0, 32.0),
    )  # each person gave the same answer five times
    assert mantel_score_test(Scale.CSAT, strata, fives).p_value > 10 * plain.p_value


# ---- Benjamini–Hochberg


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.sampled_from([0.01, 0.05, 0.2]))
def test_the_correction_equals_statsmodels(p_values: list[float], q: float) -> None:
    assert list(benjamini_hochberg(p_values, q)) == multipletests(p_values, q, method="fdr_bh")[0].tolist()


def test_nothing_tested_is_nothing_found() -> None:
    assert benjamini_hochberg([]) == ()


# ---- how often they err: 24 touchpoints, week after week, and nothing changes


@cache
def p_value_of(scale: Scale, week: tuple[int, ...], base: tuple[int, ...]) -> float:
    return mantel_score_test(scale, [(counts_of_row(scale, list(week)), counts_of_row(scale, list(base)))]).p_value


def false_alarm_rate(scale: Scale, chances: list[float], sizes: tuple[int, int], digests: int) -> float:
    """Return the share of digests of 24 figures with a finding, though week and base are alike."""
    random = np.random.default_rng(24)
    week, base = (random.multinomial(n, chances, (digests, 24)).tolist() for n in sizes)
    raised = 0
    for a, b in zip(week, base, strict=True):
        raised += any(benjamini_hochberg([p_value_of(scale, tuple(x), tuple(y)) for x, y in zip(a, b, strict=True)]))
    return raised / digests


@pytest.mark.parametrize("sizes", [(10, 40), (12, 1000), (25, 100), (100, 400)])
@pytest.mark.parametrize("bad", [0.5, 0.2, 0.1, 0.05])
def test_a_digest_of_shares_raises_a_false_alarm_in_one_week_of_twenty_at_most(
    bad: float, sizes: tuple[int, int]
) -> None:
    rate = false_alarm_rate(Scale.SUCCESS, [bad, 0, 1 - bad], sizes, 1500)
    print(f"shares, {bad:.0%} bad, {sizes}: {rate:.3f}")  # noqa: T201 - asked for with -s
    assert rate <= 0.065  # 0.05, and what 1,500 digests can be off by
