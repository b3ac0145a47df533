"""People behind a figure: sums over person-days from counters, and how the person-days fall to people.

A *person-day* is one person on one day at one subject (touchpoint or stage) on one scale, in one cohort. Its x is the
mean contribution of that person's answers there on that day; u is the contribution of a single answer.

* The figure m = Σx / n always comes from the counters, however the people were counted.
* What may be shown and judged is decided by ``at_least``, which is certain; what is printed is ``people``.
* The variance of m is clustered by person: days of one person are alike, and ten of them are not ten people.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from cjm.figures.gaps import LONGEST_KNOWN_GAP, WindowGaps


class CountBasis(StrEnum):
    """Way in which the number of people was found."""

    EXACT = "exact"
    ABOUT = "about"  # estimated from counters by gap class
    AT_MOST = "at most"  # each person-day whose rows are gone, or that lies a year apart, counts as a person


@dataclass(frozen=True, slots=True)
class PersonDaySums:
    """Sums over person-days: their number, Σx, Σx², the sum of mean raw values, the sum of the day's mean u²."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0
    raw: float = 0.0
    mean_squares: float = 0.0

    def __add__(self, other: "PersonDaySums") -> "PersonDaySums":
        return PersonDaySums(
            self.n + other.n,
            self.total + other.total,
            self.squares + other.squares,
            self.raw + other.raw,
            self.mean_squares + other.mean_squares,
        )


@dataclass(frozen=True, slots=True)
class PersonClusters:
    """Person-days grouped by person: with k days and S = Σx of each person, Σ S², Σ S·k and Σ k² over people.

    ``at_least`` is a number of people that is certainly reached: what may be shown and judged is decided by it.
    """

    people: float
    at_least: int
    total_squares: float  # Σ S²
    total_days: float  # Σ S·k
    days_squares: float  # Σ k²
    basis: CountBasis = CountBasis.EXACT


@dataclass(frozen=True, slots=True)
class PeopleSums:
    """Person-days of one subject and measure in a scope, with their people."""

    sums: PersonDaySums
    clusters: PersonClusters


def single_days(sums: PersonDaySums, basis: CountBasis = CountBasis.EXACT) -> PeopleSums:
    """Return the sums of people who came on one day each: nobody came back.

    Pass another basis where that is not known, as for settled counts or a window that is longer than a year.
    """
    clusters = PersonClusters(sums.n, sums.n, sums.squares, sums.total, sums.n, basis)
    return PeopleSums(sums, clusters)


def clusters_from_gaps(sums: PersonDaySums, window_gaps: WindowGaps, days: int) -> PeopleSums:
    """Return person-days with people as gap counters tell them; ``days`` is the window's length.

    A person whose visits lie more than ``LONGEST_KNOWN_GAP`` days apart counts again: a window that is longer than
    that says "at most".
    """
    times_again = 1 + (days - 1) // (LONGEST_KNOWN_GAP + 1)  # the most often that one person counts as a new one
    at_least = max(
        ceil((sums.n - window_gaps.same_day) / max(1, days)),
        ceil((sums.n - window_gaps.previous_whole) / times_again),
    )
    clusters = PersonClusters(
        people=max(float(at_least), sums.n - window_gaps.previous),
        at_least=at_least,
        total_squares=max(0.0, sums.squares + 2 * window_gaps.products),
        total_days=sums.total + window_gaps.total,
        days_squares=sums.n + 2 * window_gaps.pairs,
        basis=CountBasis.ABOUT if times_again == 1 else CountBasis.AT_MOST,
    )
    return PeopleSums(sums, clusters)


def add_settled(people_sums: PeopleSums, settled_sums: PersonDaySums, returned: int = 0) -> PeopleSums:
    """Return people with settled person-days, whose rows are gone: each of these counts as one more person.

    ``returned`` are those that are known to be of somebody who is counted already: they make nobody certain.
    """
    if not settled_sums.n:
        return people_sums
    live = people_sums.clusters
    return PeopleSums(
        people_sums.sums + settled_sums,
        PersonClusters(
            people=live.people + settled_sums.n,
            at_least=live.at_least + max(0, settled_sums.n - returned),
            total_squares=live.total_squares + settled_sums.squares,
            total_days=live.total_days + settled_sums.total,
            days_squares=live.days_squares + settled_sums.n,
            basis=CountBasis.AT_MOST,
        ),
    )


def scale_clusters(everyone: PeopleSums, scope_sums: PersonDaySums, days: int) -> PeopleSums:
    """Return a big segment or channel with everyone's people per person-day and everyone's likeness of their days.

    ``days`` is the window's length. ``everyone`` must hold the scope, without settled counts.
    """
    if not everyone.sums.n or not scope_sums.n:
        return single_days(scope_sums)
    whole = everyone.clusters
    per_day = scope_sums.n / everyone.sums.n
    # Within the scope people cannot come back more often than they do among everyone.
    at_least = max(ceil(scope_sums.n / max(1, days)), scope_sums.n - (everyone.sums.n - whole.at_least))
    people = min(float(scope_sums.n), max(float(at_least), whole.people * per_day))
    mean = scope_sums.total / scope_sums.n
    days_squares = whole.days_squares * per_day
    between = _variance_ratio(everyone) * unclustered_variance(scope_sums)
    spread = between * scope_sums.n**2 * (people - 1) / people if people > 1 else 0.0
    clusters = PersonClusters(
        people=people,
        at_least=at_least,
        total_squares=spread + mean * mean * days_squares,
        total_days=mean * days_squares,
        days_squares=days_squares,
        basis=whole.basis if whole.basis is CountBasis.AT_MOST else CountBasis.ABOUT,
    )
    return PeopleSums(scope_sums, clusters)


def _variance_ratio(people_sums: PeopleSums) -> float:
    """Return clustered over unclustered variance; 1 where there is no spread to compare."""
    plain = unclustered_variance(people_sums.sums)
    return clustered_variance(people_sums) / plain if plain else 1.0


def _drop_rounding(squares: float) -> float:
    """Return a sum of squared differences; 0 where it is what counters that were added and taken back leave behind."""
    return squares if squares > 1e-6 else 0.0  # two people that differ in one of 100 answers: 0.00005


def clustered_variance(people_sums: PeopleSums) -> float:
    """Return the variance of the mean over person-days, clustered by person: c/(c−1) · (1/K²) · Σ (S − k·m)².

    It is 0 below two people: nothing is known of how people differ.
    """
    sums, people = people_sums.sums, people_sums.clusters.people
    if not sums.n or people < 2:
        return 0.0
    return _drop_rounding(clustered_squares(people_sums)) / sums.n**2 * people / (people - 1)


def clustered_squares(people_sums: PeopleSums) -> float:
    """Return Σ (S − k·m)² over people; person-days must not be empty."""
    clusters, mean = people_sums.clusters, people_sums.sums.total / people_sums.sums.n
    return clusters.total_squares - 2 * mean * clusters.total_days + mean * mean * clusters.days_squares


def unclustered_variance(sums: PersonDaySums) -> float:
    """Return the variance of the mean over person-days if each were another person's; 0 below two of them."""
    if sums.n < 2:
        return 0.0
    return _drop_rounding(unclustered_squares(sums)) / sums.n / (sums.n - 1)


def unclustered_squares(sums: PersonDaySums) -> float:
    """Return Σ (x − m)² over person-days, which must not be empty."""
    return sums.squares - sums.total**2 / sums.n


def effective_size(people_sums: PeopleSums, answers: int) -> float:
    """Return how many independent answers the figure is worth: (q − m²) / Var(m), from 1 to ``answers``.

    q is the mean over person-days of the day's mean u² (Kish 1965, the design effect). Where all person-days are
    equal, it is the number of people: ten people who agree are no more than ten people. The same number is returned
    where each gave one answer, as the formulas of a simple sample then hold.
    """
    sums, clusters = people_sums.sums, people_sums.clusters
    if not sums.n or is_simple_sample(people_sums, answers):
        return clusters.people
    mean, variance = sums.total / sums.n, clustered_variance(people_sums)
    if not variance:
        return clusters.people
    worth = (mean_square(sums) - mean * mean) / variance
    return min(float(max(answers, 1)), max(1.0, worth))


def mean_square(sums: PersonDaySums) -> float:
    """Return q, the mean over person-days of the day's mean u²; person-days must not be empty.

    Counts that were settled before the sum of mean u² was kept have none: Σx² is never more than it.
    """
    return max(sums.mean_squares, sums.squares) / sums.n


def is_simple_sample(people_sums: PeopleSums, answers: int) -> bool:
    """True if each person gave exactly one answer."""
    return answers == people_sums.sums.n and abs(people_sums.clusters.people - answers) < 1e-9
