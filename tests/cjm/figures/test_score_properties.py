"""Properties of every score, for any answers."""

from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.figures.people import clustered_variance
from cjm.figures.score import score_of_people
from cjm.scales import Headline, Scale, contribution
from tests.cjm.figures.scores import people_of_days, score_of_counts, score_of_days
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
def people_with_days(draw: st.DrawFn) -> tuple[Scale, list[list[list[int]]]]:
    """Draw a scale and the answers of each day of five people or more."""
    scale = draw(scales)
    day = st.lists(st.sampled_from(scale.spec.values), min_size=1, max_size=4)
    return scale, draw(st.lists(st.lists(day, min_size=1, max_size=4), min_size=5, max_size=15))


@given(people_with_days())
def test_a_figure_is_the_mean_over_person_days(case: tuple[Scale, list[list[list[int]]]]) -> None:
    scale, people = case
    score = score_of_days(scale, people)
    days = [day for of_person in people for day in of_person]
    xs = [fmean(contribution(scale, answer) for answer in day) for day in days]
    by = 1 if scale.spec.headline is Headline.MEAN else 100
    assert score.value == pytest.approx(by * fmean(xs))
    assert score.mean == pytest.approx(fmean(map(fmean, days)))


@given(answer_counts(least=5))
def test_an_interval_holds_its_value_stays_on_the_scale_and_has_a_width(case: tuple[Scale, dict[int, int]]) -> None:
    scale, counts = case
    low, value, high = interval_and_value(score_of_counts(scale, counts))
    least, most = scale.spec.bounds
    assert least <= low <= value <= high <= most
    assert high - low > 0


@given(people_with_days(), st.sampled_from([0.0, 1e-9, -1e-9]))
def test_the_same_holds_of_people_who_came_back_though_their_counters_are_a_little_off(
    case: tuple[Scale, list[list[list[int]]]], noise: float
) -> None:
    scale, people = case
    answers = sum(len(day) for days in people for day in days)
    low, value, high = interval_and_value(score_of_people(scale, people_of_days(scale, people, noise=noise), answers))
    exact = score_of_days(scale, people)
    least, most = scale.spec.bounds
    assert least <= low <= value <= high <= most
    assert high - low > 0
    assert (low, value, high) == pytest.approx(interval_and_value(exact), abs=1e-3)


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


@given(answer_counts(least=5, most=20))
def test_people_with_one_answer_each_are_the_answers(case: tuple[Scale, dict[int, int]]) -> None:
    scale, counts = case
    people = [[[value]] for value, n in counts.items() for _ in range(n)]
    assert score_of_days(scale, people) == score_of_counts(scale, counts)


@given(people_with_days(), st.integers(2, 4))
def test_more_days_of_the_same_people_are_no_more_people(case: tuple[Scale, list[list[list[int]]]], times: int) -> None:
    """Without a new person nothing new is known about how people differ."""
    scale, people = case
    once, often = people_of_days(scale, people), people_of_days(scale, [days * times for days in people])
    assert often.clusters.people == once.clusters.people
    assert clustered_variance(often) == pytest.approx(clustered_variance(once), abs=1e-6)


@given(answer_counts(least=5))
def test_counts_name_every_value_of_the_scale(case: tuple[Scale, dict[int, int]]) -> None:
    scale, counts = case
    score = score_of_counts(scale, counts)
    assert score.counts is not None
    assert list(score.counts) == [str(value) for value in scale.spec.values]
    assert sum(score.counts.values()) == score.n
