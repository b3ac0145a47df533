"""How often intervals hold the truth when the same people come back: simulated answers, the product's own scores.

The grid: shares of 0.1 to 0.9, people whose answers are alike by 0.3 and 0.8, 1 to 10 days a person, 1 or 8 answers a
day, 15 and 50 people. One answer a day is a touchpoint, eight are a stage.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cjm.figures.gaps import WindowGaps, gap_class, share_in_window
from cjm.figures.people import PeopleSums, PersonClusters, PersonDaySums, clusters_from_gaps, single_days
from cjm.figures.score import score_of_people
from cjm.scales import Scale, contribution

Floats = NDArray[np.float64]

BEFORE, WINDOW = 7, 28  # days: no class of gaps that the window's start divides reaches back by more than six
BLOCK = 1000  # draws held in memory at once


@dataclass(frozen=True, slots=True)
class Truth:
    """Shares of the answers of each value of a scale, the lowest first."""

    scale: Scale
    shares: tuple[float, ...]

    @property
    def contributions(self) -> Floats:
        return np.array([contribution(self.scale, value) for value in self.scale.spec.values])

    @property
    def figure(self) -> float:
        return float(self.contributions @ np.array(self.shares)) * self.scale.spec.unit_factor


TRUTHS = (
    Truth(Scale.CSAT, (0.1, 0.1, 0.1, 0.3, 0.4)),
    Truth(Scale.CSAT, (0.02, 0.03, 0.05, 0.3, 0.6)),
    Truth(Scale.SUCCESS, (0.1, 0.2, 0.7)),
    Truth(Scale.SUCCESS, (0.04, 0.06, 0.9)),
    Truth(Scale.NPS, (0.0, 0.0, 0.02, 0.03, 0.03, 0.06, 0.06, 0.1, 0.2, 0.25, 0.25)),
    Truth(Scale.EXPECTATION, (0.2, 0.3, 0.5)),
    Truth(Scale.EMOTION, (0.05, 0.1, 0.2, 0.35, 0.3)),
    Truth(Scale.CES, (0.05, 0.05, 0.1, 0.1, 0.2, 0.25, 0.25)),
)


class Counting(StrEnum):
    """Way of counting people."""

    EXACTLY = "exactly"
    BY_GAPS = "by gap counters"
    AS_DAYS = "each person-day as a person"


class Sampling(NamedTuple):
    """Cell of the grid: how alike a person's answers are, days a person, answers a day, people."""

    likeness: float
    days: int
    answers: int
    people: int


GRID = tuple(
    Sampling(likeness, days, answers, people)
    for likeness, (days, answers), people in product((0.3, 0.8), ((1, 1), (1, 8), (4, 1), (10, 1)), (15, 50))
)


def measure_coverage(truth: Truth, cell: Sampling, draws: int, seed: int, count: Counting) -> float:
    """Return the share of intervals that hold the truth."""
    random, hits = np.random.default_rng(seed), 0
    for start in range(0, draws, BLOCK):
        for people in simulate_people(random, truth, cell, min(BLOCK, draws - start), count):
            score = score_of_people(truth.scale, people, people.sums.n * cell.answers, judge_from=1, minimum=1)
            assert score.low is not None
            assert score.high is not None
            hits += score.low - 1e-9 <= truth.figure <= score.high + 1e-9
    return hits / draws


def simulate_people(
    random: np.random.Generator, truth: Truth, cell: Sampling, draws: int, count: Counting
) -> Iterator[PeopleSums]:
    """Yield the sums of the people of each draw."""
    is_there = _choose_days(random, cell, draws)
    x, squares = np.zeros(is_there.shape), np.zeros(is_there.shape)
    weights = np.array(truth.shares) * (1 - cell.likeness) / cell.likeness
    own = random.standard_gamma(np.maximum(weights, 1e-9), (draws, cell.people, len(weights))) + 1e-300
    where = np.nonzero(is_there)
    shares = own[where[:2]] / own[where[:2]].sum(axis=1, keepdims=True)
    answered = random.multinomial(cell.answers, shares)
    x[where] = answered @ truth.contributions / cell.answers
    squares[where] = answered @ truth.contributions**2 / cell.answers
    yield from _sum_people(is_there.astype(float), x, squares, count)


def _choose_days(random: np.random.Generator, cell: Sampling, draws: int) -> NDArray[np.bool_]:
    """Return on which days each person comes: 1 + Poisson(days − 1) of the window, as often in the days before it."""
    shape = (draws, cell.people)
    counts = np.minimum(WINDOW, 1 + random.poisson(cell.days - 1, shape))
    order = random.random((*shape, WINDOW)).argsort(axis=2).argsort(axis=2)
    before = random.random((*shape, BEFORE)) < cell.days / WINDOW
    return np.concatenate([before, order < counts[:, :, None]], axis=2)


def _sum_people(is_there: Floats, x: Floats, squares: Floats, count: Counting) -> Iterator[PeopleSums]:
    inside = is_there[:, :, BEFORE:], x[:, :, BEFORE:], squares[:, :, BEFORE:]
    days, totals = inside[0].sum(axis=2), inside[1].sum(axis=2)
    day_sums = [
        days.sum(axis=1),
        totals.sum(axis=1),
        (inside[1] ** 2).sum(axis=(1, 2)),
        totals.sum(axis=1),
        inside[2].sum(axis=(1, 2)),
    ]
    further: list[Floats] = []
    if count is Counting.EXACTLY:
        further = [(totals**2).sum(axis=1), (totals * days).sum(axis=1), (days**2).sum(axis=1)]
    elif count is Counting.BY_GAPS:
        further = _sum_gaps(is_there, x)
    for n, *rest in zip(*(each.tolist() for each in (*day_sums, *further)), strict=True):
        sums = PersonDaySums(int(n), *rest[:4])
        match count:
            case Counting.EXACTLY:
                yield PeopleSums(sums, PersonClusters(len(days[0]), len(days[0]), *rest[4:]))
            case Counting.BY_GAPS:
                yield clusters_from_gaps(sums, WindowGaps(rest[4], int(n), 0, *rest[5:]), WINDOW)
            case Counting.AS_DAYS:
                yield single_days(sums)


def _sum_gaps(is_there: Floats, x: Floats) -> list[Floats]:
    """Return Σ previous, pairs, Σ (x + x′) and Σ x·x′ of each draw, as gap counters give them."""
    shares = _gap_shares()
    pairs, earlier_x = is_there @ shares, x @ shares
    places = np.where(is_there > 0, np.arange(BEFORE + WINDOW), -1)
    nearest = np.maximum.accumulate(places, axis=2)[:, :, :-1]
    previous = np.where(nearest >= 0, shares[nearest, np.arange(1, BEFORE + WINDOW)], 0.0) * is_there[:, :, 1:]
    return [
        previous.sum(axis=(1, 2)),
        (pairs * is_there).sum(axis=(1, 2)),
        (earlier_x * is_there + pairs * x).sum(axis=(1, 2)),
        (earlier_x * x).sum(axis=(1, 2)),
    ]


@cache
def _gap_shares() -> Floats:
    """Return by earlier and later day the share of a pair that the window counts."""
    shares = np.zeros((BEFORE + WINDOW,) * 2)
    for later in range(BEFORE, BEFORE + WINDOW):
        for earlier in range(later):
            gap = gap_class(later - earlier)
            assert gap is not None
            shares[earlier, later] = share_in_window(gap, later - BEFORE)
    return shares


def measure_grid(truths: Sequence[Truth], cells: Sequence[Sampling], draws: int, count: Counting) -> Floats:
    """Return the coverage of each truth (rows) in each cell, with fixed seeds."""
    return np.array(
        [
            [measure_coverage(truth, cell, draws, 100 * i + j, count) for j, cell in enumerate(cells)]
            for i, truth in enumerate(truths)
        ]
    )
