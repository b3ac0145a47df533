"""People behind a figure: from rows, from gap counters, settled, and of a part of everyone."""

from datetime import timedelta
from statistics import variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.figures.gaps import PersonDayValue, WindowGaps, pair_moves, sum_window_gaps
from cjm.figures.people import (
    CountBasis,
    PersonDaySums,
    add_settled,
    clustered_variance,
    clusters_from_gaps,
    effective_size,
    is_simple_sample,
    scale_clusters,
    single_days,
    unclustered_variance,
)
from cjm.figures.tally import sum_moves
from tests.cjm.figures.returning_people import START, exact_people, simulate_people

people_with_days = st.lists(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=6), min_size=1, max_size=12)


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=2, max_size=30))
def test_single_days_are_people_with_one_day_each(values: list[float]) -> None:
    once = single_days(exact_people([[x] for x in values]).sums)
    assert once == exact_people([[x] for x in values])
    plain = variance(values) / len(values)
    assert clustered_variance(once) == pytest.approx(plain, abs=1e-12)
    assert unclustered_variance(once.sums) == pytest.approx(plain, abs=1e-12)


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 27), st.sampled_from([0.0, 1.0])), min_size=1, max_size=6), min_size=1)
)
def test_gap_counters_tell_people_exactly_while_all_gaps_lie_whole_in_the_window(
    people: list[list[tuple[int, float]]],
) -> None:
    """The window begins 28 days before the first day, so that it divides no class that anybody used."""
    moves, days_of_people = [], [dict(days) for days in people]
    for days in days_of_people:
        values = [PersonDayValue(START + timedelta(days=n), 1, "pay", x) for n, x in days.items()]
        moves += pair_moves("shop", "csat", values, {each.day for each in values})
    exact = exact_people([list(days.values()) for days in days_of_people])
    rows = [(key.day, key.gap, sums) for key, sums in sum_moves(moves).items()]
    about = clusters_from_gaps(exact.sums, sum_window_gaps(rows, START - timedelta(days=28)), 56)
    assert about.clusters.people == about.clusters.at_least == exact.clusters.people
    assert about.clusters.basis is CountBasis.ABOUT
    assert clustered_variance(about) == pytest.approx(clustered_variance(exact), abs=1e-9)


@given(people_with_days, st.integers(1, 40))
def test_people_are_never_fewer_than_person_days_divided_by_days(people: list[list[float]], days: int) -> None:
    """Whatever the gap counters say: nobody has more days than the window."""
    sums = exact_people(people).sums
    found = clusters_from_gaps(sums, WindowGaps(previous=sums.n, previous_whole=sums.n), days).clusters
    assert found.at_least == -(-sums.n // days)
    assert found.people >= found.at_least


def test_at_least_is_never_above_the_number_of_people() -> None:
    people = simulate_people(40, 3.0, 0.5, days=900)
    windows = [(first, length) for length in (7, 28, 100, 300, 390) for first in range(0, 900 - length, 61)]
    for first, length in windows:
        exact, about = (count(first, first + length - 1) for count in (people.count_exactly, people.count_by_gaps))
        assert about.clusters.at_least <= exact.clusters.people
        assert about.clusters.at_least <= about.clusters.people


def test_people_who_come_again_after_more_than_a_year_count_again_and_the_window_says_at_most() -> None:
    days = [START, START + timedelta(days=400)]
    values = [PersonDayValue(day, 1, "pay", 1.0) for day in days]
    moves = sum_moves(pair_moves("shop", "csat", values, set(days)))
    found = clusters_from_gaps(
        exact_people([[1.0, 1.0]]).sums, sum_window_gaps([(k.day, k.gap, s) for k, s in moves.items()], START), 401
    ).clusters
    assert (found.people, found.at_least, found.basis) == (2, 1, CountBasis.AT_MOST)


def test_settled_person_days_count_as_people_and_say_at_most() -> None:
    live = exact_people([[1.0, 0.0], [1.0]])
    found = add_settled(live, PersonDaySums(3, 1.0, 1.0, 1.0, 1.0))
    assert (found.clusters.people, found.clusters.basis, found.sums.n) == (5, CountBasis.AT_MOST, 6)
    assert clustered_variance(found) == pytest.approx(
        clustered_variance(exact_people([[1.0, 0.0], [1.0], [1.0], [0.0], [0.0]]))
    )
    assert add_settled(live, PersonDaySums()) == live


@given(people_with_days, people_with_days, st.integers(6, 28))
def test_a_part_has_everyones_ratio_of_variances_and_certainly_no_more_people_than_it_says(
    part: list[list[float]], others: list[list[float]], days: int
) -> None:
    everyone, exact = exact_people([*part, *others]), exact_people(part)
    found = scale_clusters(everyone, exact.sums, days)
    assert found.clusters.at_least <= len(part)
    assert found.clusters.at_least <= found.clusters.people <= exact.sums.n
    assert found.clusters.basis is CountBasis.ABOUT
    plain = unclustered_variance(exact.sums)
    if unclustered_variance(everyone.sums) > 1e-9 and found.clusters.people >= 2:
        ratio = clustered_variance(everyone) / unclustered_variance(everyone.sums)
        assert clustered_variance(found) == pytest.approx(ratio * plain, abs=1e-9)


def test_all_of_everyone_is_everyone() -> None:
    everyone = exact_people([[1.0, 0.0, 1.0], [0.0, 0.0], [1.0], [1.0, 1.0]])
    found = scale_clusters(everyone, everyone.sums, 28)
    assert found.clusters.people == 4
    assert clustered_variance(found) == pytest.approx(clustered_variance(everyone))


def test_ten_people_of_one_mind_are_ten_people_however_often_they_were_asked() -> None:
    assert effective_size(exact_people([[1.0] * 8] * 10), 80) == 10
    assert effective_size(exact_people([[0.5]] * 10), 80) == 10  # each is half satisfied


@given(people_with_days, st.integers(0, 30))
def test_a_figure_is_worth_one_to_as_many_answers_as_were_given(people: list[list[float]], more: int) -> None:
    people_sums = exact_people(people)
    answers = people_sums.sums.n + more
    assert 1 <= effective_size(people_sums, answers) <= answers


def test_a_simple_sample_is_one_answer_of_each_person() -> None:
    assert is_simple_sample(exact_people([[1.0], [0.0]]), 2)
    assert not is_simple_sample(exact_people([[1.0], [0.0]]), 3)  # two answers on one day
    assert not is_simple_sample(exact_people([[1.0, 0.0], [0.0]]), 3)
