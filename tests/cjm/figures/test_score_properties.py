"""Properties of every score, for any answers."""

from statistics import fmean, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from cjm.figures.contributions import ContributionSums, sum_contributions
from cjm.figures.intervals import effective_sample_size
from cjm.figures.score import Score, score_of_counts, score_of_person_days
from cjm.scales import Headline, Scale, contribution
from tests.cjm.figures.test_score import interval_and_value

scales = st.sampled_from(list(Scale))


@st.composite
def answer_counts(draw: st.DrawFn, least: int = 1, most: int = 400) -> tuple[Scale, dict[int, int]]:
    """Draw a scale and counts of its values, ``least`` answers or more, often all on one value."""
    scale = draw(scales)
    met = draw(st.lists(st.sampled_from(scale.spec.values), min_size=1, unique=True))
    counts = {value: draw(st.integers(0, most)) for value in met}
    counts[met[0]] += max(0, least - sum(counts.values()))
    return scale, counts


@st.composite
def person_days(draw: st.DrawFn) -> tuple[Scale, list[list[int]]]:
    """Draw a scale and the answers of each of five person-days or more."""
    scale = draw(scales)
    day = st.lists(st.sampled_from(scale.spec.values), min_size=1, max_size=6)
    return scale, draw(st.lists(day, min_size=5, max_size=25))


def stage_score(scale: Scale, days: list[list[int]], *, noise: float = 0.0) -> Score:
    xs = [fmean(contribution(scale, answer) for answer in day) for day in days]
    counts = {value: sum(day.count(value) for day in days) for value in scale.spec.values}
    return score_of_person_days(
        scale,
        n=len(days),
        total=sum(xs) + noise,
        squares=sum(x * x for x in xs) - noise,
        raw_total=sum(map(fmean, days)),
        answers=sum(map(len, days)),
        counts=counts,
    )


@given(person_days())
def test_a_stage_is_the_mean_over_person_days(walk: tuple[Scale, list[list[int]]]) -> None:
    scale, days = walk
    score = stage_score(scale, days)
    xs = [fmean(contribution(scale, answer) for answer in day) for day in days]
    by = 1 if scale.spec.headline is Headline.MEAN else 100
    assert score.value == pytest.approx(by * fmean(xs))
    assert score.mean == pytest.approx(fmean(map(fmean, days)))
    if scale.spec.headline is Headline.SHARE:
        p, spread, answers = fmean(xs), variance(xs), sum(map(len, days))
        worth = min(answers, max(len(xs), len(xs) * p * (1 - p) / spread)) if spread > 1e-12 else len(xs)
        expected = proportion_confint(p * worth, worth, method="wilson")
        assert [score.low, score.high] == pytest.approx([100 * expected[0], 100 * expected[1]], abs=1e-6)


@given(answer_counts(least=5))
def test_an_interval_holds_its_value_stays_on_the_scale_and_has_a_width(case: tuple[Scale, dict[int, int]]) -> None:
    scale, counts = case
    low, value, high = interval_and_value(score_of_counts(scale, counts))
    least, most = scale.spec.bounds
    assert least <= low <= value <= high <= most
    assert high - low > 0


@given(person_days(), st.sampled_from([0.0, 1e-9, -1e-9]))
def test_the_same_holds_of_a_stage_though_its_counters_are_a_little_off(
    walk: tuple[Scale, list[list[int]]], noise: float
) -> None:
    scale, days = walk
    low, value, high = interval_and_value(stage_score(scale, days, noise=noise))
    least, most = scale.spec.bounds
    assert least <= low <= value <= high <= most
    assert high - low > 0


@pytest.mark.parametrize("scale", list(Scale))
@pytest.mark.parametrize("n", [5, 10, 30, 1000, 1_000_000])
def test_everybody_saying_the_same_still_leaves_room_for_doubt(scale: Scale, n: int) -> None:
    for value in scale.spec.values:
        low, _, high = interval_and_value(score_of_counts(scale, {value: n}))
        assert high > low


@given(answer_counts(least=5), st.integers(2, 20))
def test_more_answers_of_the_same_kind_make_the_interval_narrower(
    case: tuple[Scale, dict[int, int]], times: int
) -> None:
    scale, counts = case
    low, _, high = interval_and_value(score_of_counts(scale, counts))
    low_2, _, high_2 = interval_and_value(score_of_counts(scale, {value: n * times for value, n in counts.items()}))
    assert high_2 - low_2 < high - low + 1e-9


@given(answer_counts(least=5), st.data())
def test_a_better_answer_never_lowers_a_score(case: tuple[Scale, dict[int, int]], data: st.DataObject) -> None:
    scale, counts = case
    before = score_of_counts(scale, counts)
    old = data.draw(st.sampled_from([value for value, n in counts.items() if n]))
    new = data.draw(st.sampled_from([value for value in scale.spec.values if value >= old]))
    after = dict(counts)
    after[old] -= 1
    after[new] = after.get(new, 0) + 1
    low, value, high = (
        b - a
        for a, b in zip(interval_and_value(before), interval_and_value(score_of_counts(scale, after)), strict=True)
    )
    assert value >= -1e-9
    if scale.spec.headline is Headline.SHARE:
        assert min(low, high) >= -1e-9


@given(answer_counts(least=5))
def test_people_with_one_answer_each_are_the_answers(case: tuple[Scale, dict[int, int]]) -> None:
    scale, counts = case
    sums = sum_contributions(scale, counts)
    stage = score_of_person_days(
        scale,
        n=sums.n,
        total=sums.total,
        squares=sums.squares,
        raw_total=sum(value * n for value, n in counts.items()),
        answers=sums.n,
        counts=counts,
    )
    touchpoint = score_of_counts(scale, counts)
    assert interval_and_value(stage) == pytest.approx(interval_and_value(touchpoint))
    assert (stage.mean, stage.counts, stage.verdict) == (touchpoint.mean, touchpoint.counts, touchpoint.verdict)


@given(person_days())
def test_a_person_counts_as_one_to_as_many_answers_as_they_gave(
    walk: tuple[Scale, list[list[int]]],
) -> None:
    _, days = walk
    xs = [fmean(contribution(Scale.SUCCESS, abs(answer) % 3) for answer in day) for day in days]
    answers = sum(map(len, days))
    assert (
        len(xs) <= effective_sample_size(ContributionSums(len(xs), sum(xs), sum(x * x for x in xs)), answers) <= answers
    )


@given(answer_counts(least=5))
def test_counts_name_every_value_of_the_scale(case: tuple[Scale, dict[int, int]]) -> None:
    scale, counts = case
    score = score_of_counts(scale, counts)
    assert score.counts is not None
    assert list(score.counts) == [str(value) for value in scale.spec.values]
    assert sum(score.counts.values()) == score.n
