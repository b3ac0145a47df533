"""How often a weakest or a best stage is named, by simulation: the same rates for a quick test and a long table."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from cjm.figures.findings.ranking import find_best, find_weakest
from cjm.figures.score import Score, score_of_people
from cjm.scales import Scale
from tests.cjm.figures.clustered_coverage import Counting, Sampling, Truth, simulate_people
from tests.cjm.figures.maps import csat
from tests.cjm.figures.scores import score_of_counts

TRUTHS: tuple[Truth, ...] = (
    Truth(Scale.EMOTION, (0.1, 0.2, 0.3, 0.2, 0.2)),
    Truth(Scale.EMOTION, (0.02, 0.0, 0.03, 0.05, 0.9)),
    Truth(Scale.CSAT, (0.2, 0.2, 0.2, 0.2, 0.2)),
    Truth(Scale.CSAT, (0.02, 0.03, 0.05, 0.3, 0.6)),
    Truth(Scale.CES, (0.02, 0.02, 0.03, 0.03, 0.1, 0.3, 0.5)),
    Truth(Scale.NPS, (0.02,) * 7 + (0.11, 0.25, 0.3, 0.2)),
    Truth(Scale.NPS, (0.005,) * 7 + (0.1, 0.165, 0.4, 0.3)),
    Truth(Scale.SUCCESS, (0.03, 0.02, 0.95)),
    Truth(Scale.SUCCESS, (0.3, 0.3, 0.4)),
    Truth(Scale.EXPECTATION, (0.2, 0.5, 0.3)),
    Truth(Scale.EXPECTATION, (0.03, 0.37, 0.6)),
)

SIZES: Mapping[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "10 each": lambda _, stages: np.full(stages, 10),
    "50 each": lambda _, stages: np.full(stages, 50),
    "1,000 each": lambda _, stages: np.full(stages, 1000),
    "10 to 1,000": lambda random, stages: np.exp(random.uniform(np.log(10), np.log(1000), stages)).astype(int),
    "10, and 2,000 at one": lambda _, stages: np.array([10] * (stages - 1) + [2000]),
    "2,000, and 10 at one": lambda _, stages: np.array([2000] * (stages - 1) + [10]),
}
"""People at each of so many stages."""

RETURNING = (Sampling(0.5, 4, 1, 15), Sampling(0.5, 4, 1, 50), Sampling(0.5, 1, 8, 30), Sampling(0.5, 10, 1, 30))
"""People who come back, or answer eight times a day; stages take turns at these."""


def names_an_end(scores: Mapping[str, Score]) -> bool:
    """Return whether a weakest or a best is named."""
    return find_weakest(scores) is not None or find_best(scores) is not None


@cache
def _score_row(scale: Scale, row: tuple[int, ...]) -> Score:
    return score_of_counts(scale, dict(zip(scale.spec.values, row, strict=True)))


def rate_of_equal_stages(truth: Truth, stages: int, sizes: str, maps: int, seed: int = 1) -> float:
    """Return the share of maps of equal stages, where each person answers once, on which an end is named."""
    random, named = np.random.default_rng([seed, stages, len(sizes)]), 0
    for _ in range(maps):
        people = SIZES[sizes](random, stages)
        rows = [tuple(random.multinomial(n, truth.shares).tolist()) for n in people]
        named += names_an_end({str(place): _score_row(truth.scale, row) for place, row in enumerate(rows)})
    return named / maps


def rate_of_returning_people(truth: Truth, stages: int, count: Counting, maps: int, seed: int = 1) -> float:
    """Return the same share where people come back."""
    random = np.random.default_rng([seed, stages])
    cells = [RETURNING[place % len(RETURNING)] for place in range(stages)]
    drawn = zip(*(simulate_people(random, truth, cell, maps, count) for cell in cells), strict=True)
    named = 0
    for people in drawn:
        scores = {
            str(place): score_of_people(truth.scale, each, each.sums.n * cell.answers, judge_from=1, minimum=1)
            for place, (cell, each) in enumerate(zip(cells, people, strict=True))
        }
        named += names_an_end(scores)
    return named / maps


def find_rate(people: int, gap: int, draws: int = 300) -> float:
    """Return how often the one stage is named that lies ``gap`` points below four equal ones of 80 %."""
    random = np.random.default_rng([people, gap])
    shares = [0.8 - gap / 100, 0.8, 0.8, 0.8, 0.8]
    found = 0
    for _ in range(draws):
        good = random.binomial(people, shares).tolist()
        scores = {str(place): score_of_counts(Scale.CSAT, csat(each, people)) for place, each in enumerate(good)}
        found += find_weakest(scores) == "0"
    return found / draws
