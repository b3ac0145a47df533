"""Scores against tables of published values, statsmodels and scipy."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from cjm.errors import AnswerError
from cjm.figures.findings.contributions import sum_contributions
from cjm.figures.intervals import adjusted_wald_interval, mean_interval, student_quantile, wilson_interval
from cjm.figures.people import CountBasis, PeopleSums, PersonClusters, PersonDaySums, add_settled, single_days
from cjm.figures.score import Score, Verdict, score_of_people
from cjm.scales import Headline, Scale, contribution
from tests.cjm.figures.scores import people_of_counts, people_of_days, score_of_counts, score_of_days

SHARES = [s for s in Scale if s.spec.headline is Headline.SHARE]
MEANS = [s for s in Scale if s.spec.headline is Headline.MEAN]


def interval_and_value(score: Score) -> tuple[float, float, float]:
    assert score.value is not None
    assert score.low is not None
    assert score.high is not None
    return score.low, score.value, score.high


# ---- scales


@pytest.mark.parametrize(
    ("scale", "legal", "low", "good", "kind", "limits"),
    [
        (Scale.EMOTION, [-2, -1, 0, 1, 2], [-2, -1], [1, 2], Headline.MEAN, (-2, 2)),
        (Scale.CSAT, [1, 2, 3, 4, 5], [1, 2], [4, 5], Headline.SHARE, (0, 100)),
        (Scale.CES, [1, 2, 3, 4, 5, 6, 7], [1, 2, 3], [5, 6, 7], Headline.MEAN, (1, 7)),
        (Scale.NPS, list(range(11)), [0, 1, 2, 3, 4, 5, 6], [9, 10], Headline.DIFFERENCE, (-100, 100)),
        (Scale.SUCCESS, [0, 1, 2], [0], [2], Headline.SHARE, (0, 100)),
        (Scale.EXPECTATION, [-1, 0, 1], [-1], [1], Headline.DIFFERENCE, (-100, 100)),
    ],
)
def test_each_scale_has_its_values_its_low_ones_and_its_headline(
    *, scale: Scale, legal: list[int], low: list[int], good: list[int], kind: Headline, limits: tuple[int, int]
) -> None:
    assert list(scale.spec.values) == legal
    assert list(scale.spec.low) == low
    assert list(scale.spec.favourable) == good
    assert scale.spec.headline is kind
    assert scale.spec.bounds == limits


@pytest.mark.parametrize(
    ("scale", "contributions"),
    [
        (Scale.CSAT, [0, 0, 0, 1, 1]),
        (Scale.SUCCESS, [0, 0, 1]),
        (Scale.NPS, [-1] * 7 + [0, 0, 1, 1]),
        (Scale.EXPECTATION, [-1, 0, 1]),
        (Scale.EMOTION, [-2, -1, 0, 1, 2]),
        (Scale.CES, [1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_an_answer_contributes_to_its_headline(scale: Scale, contributions: list[float]) -> None:
    assert [contribution(scale, value) for value in scale.spec.values] == contributions


@pytest.mark.parametrize(
    ("scale", "value"), [(Scale.CSAT, 0), (Scale.CSAT, 6), (Scale.NPS, 11), (Scale.EMOTION, -3), (Scale.SUCCESS, 3)]
)
def test_a_value_off_the_scale_is_refused_with_what_would_be_right(scale: Scale, value: int) -> None:
    with pytest.raises(AnswerError, match=rf"{scale} goes from {scale.spec.values[0]} to {scale.spec.values[-1]}$"):
        score_of_counts(scale, {value: 1})


def test_a_counter_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="below zero"):
        score_of_counts(Scale.CSAT, {4: 12, 5: -1})


# ---- published values


@pytest.mark.parametrize(
    ("satisfied", "n", "low", "high"),
    [(4, 5, 38, 96), (5, 5, 57, 100), (8, 10, 49, 94), (24, 30, 63, 91), (80, 100, 71, 87)],
)
def test_shares_have_the_published_wilson_intervals(satisfied: int, n: int, low: int, high: int) -> None:
    score = score_of_counts(Scale.CSAT, {5: satisfied, 2: n - satisfied})
    assert interval_and_value(score) == pytest.approx((low, 100 * satisfied / n, high), abs=0.51)


@pytest.mark.parametrize(("n", "half"), [(10, 42), (30, 26), (100, 15), (300, 8.4), (500, 6.5)])
def test_nps_has_the_published_margins(n: int, half: float) -> None:
    promoters, detractors = round(n * 0.5), round(n * 0.17)
    score = score_of_counts(Scale.NPS, {10: promoters, 3: detractors, 8: n - promoters - detractors})
    low, value, high = interval_and_value(score)
    assert value == pytest.approx(100 * (promoters - detractors) / n)
    assert (high - low) / 2 == pytest.approx(half, abs=0.6)


AIRLINE = [  # stage, person-days, Σx, Σx², answers, %, half width: shares of 4–5 of 20,000 airline passengers
    ("book", 19_659, 8_196.5, 6_962.25, 38_119, 41.693, 0.594),
    ("get to the gate", 20_000, 9_023.5, 5_886.083333333716, 59_545, 45.117, 0.418),
    ("fly", 20_000, 10_030.715476190477, 6_816.650894274389, 159_280, 50.154, 0.414),
    ("arrive", 20_000, 12_453.0, 12_453.0, 20_000, 62.265, 0.672),
]


@pytest.mark.parametrize(("stage", "n", "total", "squares", "answers", "share", "half"), AIRLINE)
def test_a_stage_counts_people_and_its_interval_is_theirs(
    *, stage: str, n: int, total: float, squares: float, answers: int, share: float, half: float
) -> None:
    people = single_days(PersonDaySums(n, total, squares, 3.0 * n, total))  # all came on one day
    score = score_of_people(Scale.CSAT, people, answers)
    low, value, high = interval_and_value(score)
    assert value == pytest.approx(share, abs=0.0011), stage
    assert (high - low) / 2 == pytest.approx(half, abs=0.001)
    assert (score.n, score.answers, score.mean, score.counts) == (n, answers, 3.0, None)


def test_one_touchpoint_of_the_airline() -> None:
    wifi = score_of_counts(Scale.CSAT, {1: 3406, 2: 5065, 3: 4864, 4: 3831, 5: 2231})
    assert wifi.n == wifi.answers == 19_397
    assert wifi.value == pytest.approx(31.25, abs=0.005)
    assert wifi.mean == pytest.approx(2.8152, abs=0.00005)
    assert wifi.counts == {"1": 3406, "2": 5065, "3": 4864, "4": 3831, "5": 2231}


# ---- independent implementations


@given(st.sampled_from(SHARES), st.integers(5, 5000), st.data())
def test_a_share_equals_statsmodels_wilson(scale: Scale, n: int, data: st.DataObject) -> None:
    good = data.draw(st.integers(0, n))
    low, value, high = interval_and_value(
        score_of_counts(scale, {scale.spec.values[-1]: good, scale.spec.values[0]: n - good})
    )
    expected = proportion_confint(good, n, method="wilson")
    assert [low, high] == pytest.approx([100 * expected[0], 100 * expected[1]], abs=1e-9)
    assert value == pytest.approx(100 * good / n)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(5, 300))
def test_nps_equals_the_adjusted_wald_interval_as_published(promoters: int, detractors: int, passives: int) -> None:
    n = promoters + detractors + passives + 3
    p, d = (promoters + 0.75) / n, (detractors + 0.75) / n
    half = stats.norm.ppf(0.975) * sqrt((p + d - (p - d) ** 2) / n)
    low, value, high = interval_and_value(score_of_counts(Scale.NPS, {9: promoters, 6: detractors, 7: passives}))
    assert low == pytest.approx(max(-100, min(value, 100 * (p - d - half))))
    assert high == pytest.approx(min(100, max(value, 100 * (p - d + half))))


@given(st.sampled_from(MEANS), st.data())
def test_a_mean_equals_students_interval_of_the_answers_and_two_spread_over_the_scale(
    scale: Scale, data: st.DataObject
) -> None:
    legal = scale.spec.values
    counts = {value: data.draw(st.integers(0, 40)) for value in legal}
    counts[legal[1]] += 5
    sums = sum_contributions(scale, counts)
    n = sums.n + 2
    weights = {value: count + 2 / len(legal) for value, count in counts.items()}
    centre = sum(v * w for v, w in weights.items()) / n
    spread = sum(w * (v - centre) ** 2 for v, w in weights.items()) / (n - 1)
    expected = stats.t.interval(0.95, n - 1, centre, sqrt(spread / n))
    low, value, high = interval_and_value(score_of_counts(scale, counts))
    assert low == pytest.approx(max(legal[0], min(value, expected[0])), abs=1e-4)
    assert high == pytest.approx(min(legal[-1], max(value, expected[1])), abs=1e-4)


@pytest.mark.parametrize("df", [*range(1, 41), 5000])
def test_students_quantile_equals_scipys(df: int) -> None:
    assert student_quantile(df) == pytest.approx(stats.t.ppf(0.975, df), abs=1e-5)


def test_a_fraction_of_a_degree_of_freedom_makes_the_interval_no_narrower() -> None:
    assert student_quantile(1.9) == student_quantile(1)
    assert student_quantile(0.5) == student_quantile(1)


people_with_days = st.lists(
    st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=4), min_size=1, max_size=4), min_size=5, max_size=15
)


@given(st.sampled_from(list(Scale)), people_with_days)
def test_an_interval_is_clustered_by_person_as_the_measures_say(scale: Scale, drawn: list[list[list[int]]]) -> None:
    """Compute it person by person, by the formulas of `docs/figures.md`."""
    values = scale.spec.values
    people = [[[values[place % len(values)] for place in day] for day in days] for days in drawn]
    answers = sum(len(day) for days in people for day in days)
    u_of_people = [[[contribution(scale, value) for value in day] for day in days] for days in people]
    x = [[sum(day) / len(day) for day in days] for days in u_of_people]
    flat = [each for days in x for each in days]
    k_all, c, m = len(flat), len(x), sum(flat) / len(flat)
    q = sum(sum(u * u for u in day) / len(day) for days in u_of_people for day in days) / k_all
    variance = c / (c - 1) / k_all**2 * sum((sum(days) - m * len(days)) ** 2 for days in x)
    size = float(c) if variance < 1e-12 or answers == c else min(answers, max(1.0, (q - m * m) / variance))
    low, high = expected_interval(scale, m, q, size, c, is_simple=answers == c)
    score = score_of_days(scale, people)
    assert (score.n, score.answers, score.n_is) == (c, answers, CountBasis.EXACT)
    found = interval_and_value(score)
    factor = scale.spec.unit_factor
    assert found == pytest.approx((factor * min(m, low), factor * m, factor * max(m, high)), abs=1e-6)


def expected_interval(scale: Scale, m: float, q: float, size: float, c: int, *, is_simple: bool) -> tuple[float, float]:
    t = stats.t.ppf(0.975, size + 1 if is_simple else c - 1)
    z = stats.norm.ppf(0.975)
    n = size if is_simple else size * (z / t) ** 2
    values = scale.spec.values
    match scale.spec.headline:
        case Headline.SHARE:
            low, high = proportion_confint(m * n, n, method="wilson")
        case Headline.DIFFERENCE:
            centre = m * n / (n + 3)
            half = z * sqrt(max(0, (q * n + 1.5) / (n + 3) - centre**2) / (n + 3))
            low, high = centre - half, centre + half
        case Headline.MEAN:
            centre = (size * m + 2 * sum(values) / len(values)) / (size + 2)
            square = (size * q + 2 * sum(v * v for v in values) / len(values)) / (size + 2)
            half = t * sqrt((square - centre**2) / (size + 1))
            low, high = centre - half, centre + half
    least, most = (bound / scale.spec.unit_factor for bound in scale.spec.bounds)
    return max(least, low), min(most, high)


# ---- how much may be said


@pytest.mark.parametrize(
    ("n", "verdict"),
    [(0, Verdict.WITHHELD), (4, Verdict.WITHHELD), (5, Verdict.GREY), (9, Verdict.GREY), (10, Verdict.OK)],
)
@pytest.mark.parametrize("scale", list(Scale))
def test_few_are_grey_and_fewer_are_withheld(scale: Scale, n: int, verdict: Verdict) -> None:
    value = scale.spec.values[-1]
    often = score_of_days(scale, [[[value, value], [value]]] * n)
    for score in (score_of_counts(scale, {value: n}), often):
        assert score.verdict is verdict
        assert score.n == n  # so that the map can say how many are missing
        secret = (score.value, score.low, score.high, score.mean, score.counts)
        assert (secret == (None,) * 5) == (verdict is Verdict.WITHHELD)


def test_one_customer_with_twelve_answers_on_twelve_days_is_one_person() -> None:
    score = score_of_days(Scale.CSAT, [[[5]] * 12])
    assert (score.n, score.answers, score.value, score.verdict) == (1, 12, None, Verdict.WITHHELD)


def test_a_figure_is_judged_by_the_people_that_are_certain_and_prints_about_how_many_there_are() -> None:
    sums = people_of_counts(Scale.CSAT, {5: 900, 1: 300}).sums
    for at_least, verdict in ((4, Verdict.WITHHELD), (9, Verdict.GREY), (10, Verdict.OK)):
        about = PeopleSums(sums, PersonClusters(700.4, at_least, 1400.0, 1400.0, 1800.0, CountBasis.ABOUT))
        score = score_of_people(Scale.CSAT, about, 1200)
        assert (score.n, score.n_is, score.verdict) == (700, CountBasis.ABOUT, verdict)


def test_settled_answers_say_at_most() -> None:
    people = add_settled(people_of_counts(Scale.CSAT, {5: 10}), people_of_counts(Scale.CSAT, {1: 3}).sums)
    score = score_of_people(Scale.CSAT, people, 13)
    assert (score.n, score.n_is) == (13, CountBasis.AT_MOST)


@pytest.mark.parametrize("days", [[[4]], [[4], [5]]])
def test_a_single_person_has_no_interval_and_is_not_judged_even_with_a_minimum_of_one(days: list[list[int]]) -> None:
    score = score_of_days(Scale.CSAT, [days], judge_from=1, minimum=1)
    assert (score.value, score.low, score.high, score.verdict) == (100.0, None, None, Verdict.GREY)


def test_a_journey_sets_its_own_threshold_but_not_below_the_privacy_of_people() -> None:
    assert score_of_counts(Scale.CSAT, {5: 12}, judge_from=30).verdict is Verdict.GREY
    assert score_of_counts(Scale.CSAT, {5: 4}, judge_from=1).verdict is Verdict.WITHHELD
    assert score_of_counts(Scale.CSAT, {5: 6}, minimum=7).verdict is Verdict.WITHHELD
    assert score_of_counts(Scale.CSAT, {}, judge_from=0, minimum=0).verdict is Verdict.WITHHELD


def test_intervals_of_nothing_say_next_to_nothing() -> None:
    assert wilson_interval(0.5, 0) == (0.0, 1.0)
    assert adjusted_wald_interval(0.0, 0.0, 0.0) == pytest.approx((-0.8, 0.8), abs=0.01)
    assert mean_interval(Scale.CES, 4.0, 16.0, 0.0, student_quantile(1)) == (1.0, 7.0)


def test_counts_settled_before_mean_squares_were_kept_still_have_an_interval_of_their_own() -> None:
    people = people_of_days(Scale.NPS, [[[10], [0]], [[9], [8]], [[3]], [[7]], [[10]], [[2], [9]]])
    known = people.sums
    old = PeopleSums(PersonDaySums(known.n, known.total, known.squares, known.raw), people.clusters)
    assert score_of_people(Scale.NPS, old, known.n) == score_of_people(Scale.NPS, people, known.n)
