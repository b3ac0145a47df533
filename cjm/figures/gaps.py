"""Gap counters: how often the same people came back, counted without naming them.

When a person-day is written, it is paired with each earlier person-day of the same person at the same subject and
measure, up to 365 days back. Each pair moves counters at the later day, by the class of the days between the two. From
these sums follow, for any window, about how many people were there and how alike the days of one person are.

* ``pairs`` counts all pairs, ``previous`` only those with the nearest earlier person-day: people = person-days − Σ
  previous.
* In a window [s, e], a day t counts those pairs whose gap is at most t − s: classes below it whole, and in proportion
  the one class that t − s divides.
* At most one counter a class, day, subject and measure, however many people there are.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

LONGEST_KNOWN_GAP = 365  # days: days of one person that lie further apart are not known to be theirs
_LONGEST = (0, 1, 2, 3, 4, 6, 8, 11, 15, 20, 27, 36, 48, 64, 90, 135, 182, 270, LONGEST_KNOWN_GAP)

GAP_CLASSES: tuple[range, ...] = (
    range(1),
    *(range(shorter + 1, longest + 1) for shorter, longest in pairwise(_LONGEST)),
)
"""Days between two person-days, by class. Class 0 is the same day, in another cohort. The classes are stored: they
never change."""
_CLASS_OF_GAP = [place for place, days in enumerate(GAP_CLASSES) for _ in days]


class GapKey(NamedTuple):
    """Name of one gap counter; ``gap`` is a place in ``GAP_CLASSES``. Keys can be sorted, as those of counters."""

    journey: str
    day: date
    subject: str
    measure: str
    gap: int


@dataclass(frozen=True, slots=True)
class GapSums:
    """Amounts added to a gap counter: how many are nearest, how many pairs, Σ (x + x′) and Σ x·x′ over pairs."""

    previous: int = 0
    pairs: int = 0
    total: float = 0.0
    products: float = 0.0

    def __add__(self, other: "GapSums") -> "GapSums":
        return GapSums(
            self.previous + other.previous,
            self.pairs + other.pairs,
            self.total + other.total,
            self.products + other.products,
        )

    def __neg__(self) -> "GapSums":
        return GapSums(-self.previous, -self.pairs, -self.total, -self.products)

    @property
    def is_zero(self) -> bool:
        """True if adding this changes nothing beyond rounding."""
        return self.previous == 0 and self.pairs == 0 and abs(self.total) + abs(self.products) < 1e-9


GapMove = tuple[GapKey, GapSums]


class PersonDayValue(NamedTuple):
    """Person-day of one person as gap counters need it: ``subject`` is the key it is stored under."""

    day: date
    cohort_id: int
    subject: str
    x: float


def gap_class(gap: int) -> int | None:
    """Return the place of a number of days in ``GAP_CLASSES``; None beyond the longest."""
    return _CLASS_OF_GAP[gap] if gap <= LONGEST_KNOWN_GAP else None


def pair_moves(journey: str, measure: str, days: Sequence[PersonDayValue], changed: Collection[date]) -> list[GapMove]:
    """Return all moves of one person at one subject that depend on a changed day.

    ``days`` are the person-days that there are, also under former keys of the subject; those more than 365 days away
    from any changed day may be left out. To move counters, reverse the moves of the days before the change and add
    those of the days after it: a day that is new, gone or another also changes who was the nearest to the next one.
    """
    ordered, changes = sorted(days), sorted(set(changed))
    moves: list[GapMove] = []
    earlier: list[PersonDayValue] = []
    earlier_changed: list[PersonDayValue] = []
    for later in ordered:
        # A person with hundreds of days has thousands of pairs: an unchanged day meets the changed ones alone.
        partners = earlier if later.day in changed else earlier_changed
        nearest = earlier[-1] if earlier else None
        has_new_nearest = nearest is not None and _has_change(changes, nearest.day, later.day)
        if nearest is not None and (partners or has_new_nearest):
            sums = _sum_pairs(later, reversed(partners))
            gap = gap_class((later.day - nearest.day).days)
            if gap is not None and has_new_nearest:
                sums.setdefault(gap, [0, 0, 0.0, 0.0])[0] = 1
            key = (journey, later.day, later.subject, measure)
            moves += [(GapKey(*key, each), GapSums(*amounts)) for each, amounts in sums.items()]
        earlier.append(later)
        if later.day in changed:
            earlier_changed.append(later)
    return moves


def _has_change(changes: Sequence[date], first: date, last: date) -> bool:
    """Return whether a changed day lies between these two, both included."""
    place = bisect_left(changes, first)
    return place < len(changes) and changes[place] <= last


def _sum_pairs(later: PersonDayValue, partners: Iterable[PersonDayValue]) -> dict[int, list[Any]]:
    """Return the pairs of one person-day with earlier ones, the nearest first: the fields of their sums, by class."""
    day, x = later.day, later.x
    pairs: dict[int, list[Any]] = {}
    for earlier in partners:
        gap = (day - earlier.day).days
        if gap > LONGEST_KNOWN_GAP:
            break
        of_class = pairs.setdefault(_CLASS_OF_GAP[gap], [0, 0, 0.0, 0.0])
        of_class[1] += 1
        of_class[2] += x + earlier.x
        of_class[3] += x * earlier.x
    return pairs


@dataclass(frozen=True, slots=True)
class WindowGaps:
    """Gap counters of one subject and measure, summed over a window.

    ``previous`` counts the person-days whose person came before in the window; ``previous_whole`` is certainly not
    below that number. ``same_day`` are those among them that share their day with the one before, in another cohort.
    """

    previous: float = 0.0
    previous_whole: int = 0
    same_day: int = 0
    pairs: float = 0.0
    total: float = 0.0  # Σ (x + x′) over pairs
    products: float = 0.0  # Σ x·x′ over pairs


def share_in_window(gap: int, days_back: int) -> float:
    """Return the share (0 … 1) of a class that lies in a window which begins ``days_back`` days before the day."""
    days = GAP_CLASSES[gap]
    return min(1.0, max(0.0, (days_back - days[0] + 1) / len(days)))


def sum_window_gaps(rows: Iterable[tuple[date, int, GapSums]], first: date) -> WindowGaps:
    """Return gap counters summed over a window that begins on ``first``; ``rows`` are day, class and sums in it.

    A day's counters must come as one row, or as parts that add up to it.
    """
    previous = pairs = total = products = 0.0
    whole = same_day = 0
    for day, gap, sums in rows:
        share = share_in_window(gap, (day - first).days)
        if share:
            previous, pairs = previous + share * sums.previous, pairs + share * sums.pairs
            total, products = total + share * sums.total, products + share * sums.products
            whole += sums.previous
            same_day += sums.previous if gap == 0 else 0
    return WindowGaps(previous, whole, same_day, pairs, total, products)
