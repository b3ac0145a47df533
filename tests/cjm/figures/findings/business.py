"""Invented business whose customers come back: what was answered, when, by whom, and when it arrived.

Each customer leans to one side, so their answers are alike; some come often, most seldom. What is simulated is known:
whether anything changed, so the findings of the product's own functions can be called right or wrong.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from cjm.scales import Scale

STAGES, POINTS = 5, 3  # points of each stage
SCALES = (Scale.CSAT, Scale.NPS)
SHARES = {
    Scale.CSAT: (0.06, 0.08, 0.14, 0.32, 0.4),
    Scale.NPS: (0.02, 0.01, 0.01, 0.02, 0.03, 0.06, 0.07, 0.14, 0.24, 0.2, 0.2),
}
DELAY_BOUNDS = (1, 3, 8, 24, 48, 72)  # hours
SATISFIED = 0.72  # share of answers 4 and 5
Days = tuple[int, int]  # first and last, both included


@dataclass(frozen=True, slots=True)
class Business:
    """What happens: ``volume`` answers a week at all stages together, and ``pool`` customers for each of them.

    ``drop`` points at the first stage, or at all, from day ``since`` on. ``new_share`` of the customers are new before
    and after that day, ``new_gap`` points below the others. ``weekend`` points are lost at weekends. Unhappy answers
    take ``unhappy_hours`` on average, the others ``happy_hours``.
    """

    volume: int
    days: int = 63
    pool: float = 2.0
    likeness: float = 0.4
    since: int = 10**6
    drop: float = 0.0
    drops_everywhere: bool = False
    new_share: tuple[float, float] = (0.0, 0.0)
    new_gap: float = 0.0
    weekend: float = 0.0
    happy_hours: float = 4.0
    unhappy_hours: float = 4.0


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers of a business, an array a column; ``arrival`` is in days since the beginning."""

    person: np.ndarray
    day: np.ndarray
    point: np.ndarray  # 0 … STAGES · POINTS − 1
    delay: np.ndarray
    arrival: np.ndarray
    is_new: np.ndarray
    values: dict[Scale, np.ndarray]

    def between(self, days: Days, now: float = np.inf) -> "Answers":
        """Return the answers about these days that have arrived."""
        return self.where((self.day >= days[0]) & (self.day <= days[1]) & (self.arrival <= now))

    def where(self, chosen: np.ndarray) -> "Answers":
        """Return the answers that a mask chooses."""
        values = {scale: column[chosen] for scale, column in self.values.items()}
        return Answers(
            self.person[chosen],
            self.day[chosen],
            self.point[chosen],
            self.delay[chosen],
            self.arrival[chosen],
            self.is_new[chosen],
            values,
        )


def simulate(business: Business, random: np.random.Generator) -> Answers:
    """Return the answers of one history."""
    n = random.poisson(business.volume * business.days / 7)
    pool = max(2, int(business.volume * business.pool))
    person, day = _draw_people(business, n, pool, random)
    point = random.integers(0, STAGES * POINTS, n)
    is_new = person >= pool
    shift = random.normal(0, 0.2, STAGES * POINTS)[point] - _latent(business.new_gap) * is_new
    shift -= _latent(business.weekend) * (day % 7 >= 5)
    is_hit = (day >= business.since) & ((point < POINTS) | business.drops_everywhere)
    shift -= _latent(business.drop) * is_hit
    leaning = random.normal(0, 1, 2 * pool)[person] * np.sqrt(business.likeness)
    values = {}
    for scale in SCALES:
        own = random.normal(0, 1, n) * np.sqrt(1 - business.likeness)
        cuts = norm.ppf(np.cumsum(SHARES[scale])[:-1])
        values[scale] = np.searchsorted(cuts, leaning + own + shift) + scale.spec.values[0]
    unhappy = values[Scale.CSAT] <= 3
    hours = random.exponential(np.where(unhappy, business.unhappy_hours, business.happy_hours))
    arrival = day + random.uniform(8, 20, n) / 24 + hours / 24
    return Answers(person, day, point, np.searchsorted(DELAY_BOUNDS, hours, side="right"), arrival, is_new, values)


def _latent(points: float) -> float:
    """Return how far answers move for the share of satisfied ones to fall by so many points."""
    return float(norm.ppf(SATISFIED) - norm.ppf(SATISFIED - points / 100))


def _draw_people(business: Business, n: int, pool: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return who answers and when: regular customers are numbered below ``pool``, new ones from it on."""
    day = random.integers(0, business.days, n)
    activity = random.gamma(0.7, 1, pool)
    person = random.choice(pool, n, p=activity / activity.sum())
    share = np.where(day >= business.since, business.new_share[1], business.new_share[0])
    return np.where(random.uniform(0, 1, n) < share, person + pool, person), day
