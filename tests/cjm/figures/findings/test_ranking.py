"""Weakest and best: never named among equal figures more than once in twenty maps, and found where they are clear."""

from functools import cache

import numpy as np
import pytest

from cjm.figures.findings.ranking import find_best, find_weakest
from cjm.figures.people import PeopleSums
from cjm.figures.score import Score, score_of_people
from cjm.scales import Scale, contribution
from tests.cjm.figures.maps import csat
from tests.cjm.figures.returning_people import exact_people
from tests.cjm.figures.scores import score_of_counts

SHARES: dict[Scale, tuple[float, ...]] = {
    Scale.EMOTION: (0.1, 0.2, 0.3, 0.2, 0.2),
    Scale.CSAT: (0.02, 0.03, 0.05, 0.3, 0.6),
    Scale.CES: (0.02, 0.02, 0.03, 0.03, 0.1, 0.3, 0.5),
    Scale.NPS: (0.02,) * 7 + (0.11, 0.25, 0.3, 0.2),
    Scale.SUCCESS: (0.03, 0.02, 0.95),
    Scale.EXPECTATION: (0.2, 0.5, 0.3),
}


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


@cache
def score_of_row(scale: Scale, row: tuple[int, ...]) -> Score:
    return score_of_counts(scale, dict(zip(scale.spec.values, row, strict=True)))


def share_of_maps_that_name_an_end(scale: Scale, stages: int, sizes: str, maps: int = 1000) -> float:
    """Return the share of maps of equal stages on which a weakest or a best is named."""
    random = np.random.default_rng([stages, len(sizes)])
    named = 0
    for _ in range(maps):
        if sizes == "few beside many":
            people = np.array([10] * (stages - 1) + [1000])
        else:
            people = np.exp(random.uniform(np.log(10), np.log(1000), stages)).astype(int)
        rows = [tuple(random.multinomial(n, SHARES[scale]).tolist()) for n in people]
        scores = {str(place): score_of_row(scale, row) for place, row in enumerate(rows)}
        named += find_weakest(scores) is not None or find_best(scores) is not None
    return named / maps


@pytest.mark.parametrize("scale", list(Scale))
def test_of_1000_maps_of_equal_stages_at_most_one_in_twenty_names_one(scale: Scale) -> None:
    for stages in (2, 3, 5, 8):
        for sizes in ("from 10 to 1000", "few beside many"):
            rate = share_of_maps_that_name_an_end(scale, stages, sizes, 1000 if stages == 3 else 250)
            print(f"{scale}, {stages} stages, {sizes}: {rate:.3f}")  # noqa: T201 - asked for with -s
            assert rate <= 0.05


def returning(random: np.random.Generator, people: int, p: float) -> PeopleSums:
    """Return people of one answer a day on four days on average, whose own days correlate by 0.5."""
    own = random.beta(p, 1 - p, people)
    rows = [(4 * random.binomial(1, each, 1 + random.poisson(3)) + 1).tolist() for each in own]
    return exact_people([[contribution(Scale.CSAT, value) for value in row] for row in rows])


def test_of_maps_of_equal_stages_where_people_come_back_at_most_one_in_twenty_names_one() -> None:
    random = np.random.default_rng(8)
    named = 0
    for _ in range(250):
        scores = {}
        for place in range(3):
            people = returning(random, int(random.integers(10, 60)), 0.7)
            scores[str(place)] = score_of_people(Scale.CSAT, people, people.sums.n)
        named += find_weakest(scores) is not None or find_best(scores) is not None
    print(f"returning people: {named / 250:.3f}")  # noqa: T201 - asked for with -s
    assert named / 250 <= 0.05


def find_rate(people: int, gap: int, draws: int = 300) -> float:
    """Return how often the one stage is named that lies ``gap`` points below four equal ones of 80 %."""
    random = np.random.default_rng([people, gap])
    shares = [0.8 - gap / 100, 0.8, 0.8, 0.8, 0.8]
    found = 0
    for _ in range(draws):
        good = random.binomial(people, shares).tolist()
        found += find_weakest(figures(*((each, people) for each in good))) == "0"
    return found / draws


def test_a_clearly_weakest_stage_is_found() -> None:
    rates = {(people, gap): find_rate(people, gap) for people in (30, 100, 400) for gap in (10, 20)}
    for (people, gap), rate in rates.items():
        print(f"{people} people, {gap} points below: {rate:.2f}")  # noqa: T201 - asked for with -s
    assert rates[100, 20] > 0.45
    assert rates[400, 10] > 0.55
    assert rates[400, 20] > 0.99
