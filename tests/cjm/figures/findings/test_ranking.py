"""Weakest and best: never named among equal figures more than once in twenty maps, and found where they are clear."""

import pytest

from cjm.figures.findings.ranking import find_best, find_weakest
from cjm.figures.score import Score
from cjm.scales import Scale
from tests.cjm.figures.clustered_coverage import Counting, Truth
from tests.cjm.figures.findings.ranking_rates import (
    TRUTHS,
    find_rate,
    rate_of_equal_stages,
    rate_of_returning_people,
)
from tests.cjm.figures.maps import csat
from tests.cjm.figures.scores import score_of_counts


def figures(*counts: tuple[int, int]) -> dict[str, Score]:
    """Return stages named by their place, from their numbers of satisfied and of all customers."""
    return {str(place): score_of_counts(Scale.CSAT, csat(*each)) for place, each in enumerate(counts)}


def test_a_figure_below_each_other_one_beyond_noise_is_the_weakest() -> None:
    assert find_weakest(figures((40, 100), (80, 100), (90, 100))) == "0"
    assert find_best(figures((40, 100), (80, 100), (98, 100))) == "2"


def test_of_two_low_figures_neither_is_the_weakest() -> None:
    two_low = figures((40, 100), (42, 100), (90, 100))
    assert find_weakest(two_low) is None
    assert find_best(two_low) == "2"


@pytest.mark.parametrize("counts", [[], [(40, 100)], [(4, 9), (90, 100)], [(1, 3), (90, 100)]])
def test_fewer_than_two_judged_figures_have_no_ends(counts: list[tuple[int, int]]) -> None:
    assert (find_weakest(figures(*counts)), find_best(figures(*counts))) == (None, None)


def test_best_is_weakest_turned_round() -> None:
    turned = figures((60, 100), (20, 100), (10, 100))
    assert find_best(turned) == find_weakest(figures((40, 100), (80, 100), (90, 100))) == "0"


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: f"{truth.scale} {truth.figure:.1f}")
def test_of_1000_maps_of_equal_stages_at_most_one_in_twenty_names_one(truth: Truth) -> None:
    """A quick look; ``python -m tests.bench -k ranking`` draws 1,000 maps of each kind."""
    for stages, sizes, maps in ((2, "10, and 2,000 at one", 1000), (2, "10 to 1,000", 250), (5, "10 to 1,000", 100)):
        rate = rate_of_equal_stages(truth, stages, sizes, maps)
        print(f"{truth.scale}, {stages} stages, {sizes}: {rate:.3f}")  # noqa: T201 - asked for with -s
        assert rate <= 0.05


def test_of_maps_of_equal_stages_where_people_come_back_at_most_one_in_twenty_names_one() -> None:
    for truth in TRUTHS[2:4]:
        rate = rate_of_returning_people(truth, 2, Counting.EXACTLY, 500)
        print(f"returning people: {rate:.3f}")  # noqa: T201 - asked for with -s
        assert rate <= 0.05


def test_a_clearly_weakest_stage_is_found() -> None:
    rates = {(people, gap): find_rate(people, gap) for people, gap in ((100, 20), (400, 10), (400, 20))}
    for (people, gap), rate in rates.items():
        print(f"{people} people, {gap} points below: {rate:.2f}")  # noqa: T201 - asked for with -s
    assert rates[100, 20] > 0.35
    assert rates[400, 10] > 0.5
    assert rates[400, 20] > 0.99
