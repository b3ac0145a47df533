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
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

LONGEST_KNOWN_GAP = 365  # days: days of one person that lie further apart are not known to be theirs
_LONGEST = (0, 1, 2, 3, 4, 6, 8, 11, 15, 20, 27, 36, 48, 64, 90, 135, 182, 270, LONGEST_KNOWN_GAP)

GAP_CLASSES: tuple[range, ...] = (
    range(1),
    *(range(shorter + 1, longest + 1) for shorter, longest in pairwise(_LONGEST)),
)
"""Days between two person-days, by class. Class 0 is the same day, in another cohort. The classes are stored: they
never change."""
_FURTHEST = timedelta(days=LONGEST_KNOWN_GAP)
_CLASS_OF_GAP = [place for place, days in enumerate(GAP_CLASSES) for _ in days]


class GapKey(NamedTuple):
    """Name of one gap counter; ``gap`` is a place in ``GAP_CLASSES``. Keys can be sorted, as those of counters."""

    journey: str
    day: date
    subject: str
    measure: str
    gap: int


class GapSums(NamedTuple):
    """Amounts added to a gap counter: how many are nearest, how many pairs, Σ (x + x′) and Σ x·x′ over pairs."""

    previous: int = 0
    pairs: int = 0
    total: float = 0.0
    products: float = 0.0

    def __add__(self, other: "GapSums") -> "GapSums":  # type: ignore[override]  # added up, not joined
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
    ordered = sorted(days)
    groups = _group_pairs(tuple([each.day for each in ordered]), frozenset(changed))
    if not groups:
        return []
    all_x = [each.x for each in ordered]
    changed_x = [each.x for each in ordered if each.day in changed]
    moves: list[GapMove] = []
    for place, gap, previous, is_with_all, first, end in groups:
        day, _, subject, x = ordered[place]
        total = products = 0.0
        for other in (all_x if is_with_all else changed_x)[first:end]:
            total += x + other
            products += x * other
        moves.append((GapKey(journey, day, subject, measure, gap), GapSums(previous, end - first, total, products)))
    return moves


class _PairGroup(NamedTuple):
    """Pairs of a person-day, at ``place`` in their order, with earlier ones of one class.

    The earlier ones are those from ``first`` up to ``end``: of all, or of those whose day has changed.
    """

    place: int
    gap: int
    previous: int
    is_with_all: bool
    first: int
    end: int


@lru_cache(16)  # the days of a person whose rows are imported are the same at each of a dozen subjects
def _group_pairs(days: tuple[date, ...], changed: frozenset[date]) -> Sequence[_PairGroup]:
    """Return the pairs of person-days with these days, in order, that depend on a changed day."""
    changes, changed_days = sorted(changed), [day for day in days if day in changed]
    groups: list[_PairGroup] = []
    for place, day in enumerate(days):
        # A person with hundreds of days has thousands of pairs: an unchanged day meets the changed ones alone.
        is_with_all = day in changed
        earlier = days if is_with_all else changed_days
        end = place if is_with_all else bisect_left(changed_days, day)
        by_class = _split_by_class(day, earlier, end)
        has_new_nearest = place > 0 and _has_change(changes, days[place - 1], day)
        nearest = gap_class((day - days[place - 1]).days) if has_new_nearest else None
        if nearest is not None:
            by_class.setdefault(nearest, (0, 0))
        groups += [_PairGroup(place, gap, int(gap == nearest), is_with_all, *span) for gap, span in by_class.items()]
    return groups


def _split_by_class(day: date, earlier: Sequence[date], end: int) -> dict[int, tuple[int, int]]:
    """Return where the days before ``end`` of each class begin and end; those that lie too far back have none."""
    spans: dict[int, tuple[int, int]] = {}
    for place in range(bisect_left(earlier, day - _FURTHEST, 0, end), end):
        gap = _CLASS_OF_GAP[(day - earlier[place]).days]
        spans[gap] = (spans[gap][0] if gap in spans else place, place + 1)
    return spans


def _has_change(changes: Sequence[date], first: date, last: date) -> bool:
    """Return whether a changed day lies between these two, both included."""
    place = bisect_left(changes, first)
    return place < len(changes) and changes[place] <= last


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
