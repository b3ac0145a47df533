"""Cells in which sealed answers are stored: a day, cohort and channel, or wider ones where too few were asked.

An answer that is sealed keeps where it counts only as exactly as at least a minimum of people share it. An attacker who
holds the database and knows on which day somebody was asked finds the cells of that day. So of each cell:

* Its *candidates* are the people who were asked in it and are closed, less the conversations that went to narrower
  cells of it. One of the latter may have been anybody's in the narrower cell, but not that of a candidate alone.
* A conversation goes to the narrowest cell with at least the minimum of candidates, its own person among them. People
  who answered, declined or kept silent are candidates alike, because nothing tells them apart any more.
* Cells are never divided later. The first conversations of a day go to wider cells; whose they were, the order would
  tell, which is not stored.
* The widest cell takes what nothing else takes, also from fewer people: it is a whole year.

It does not help where all candidates answered the same, or against somebody who compares two copies of the database
between which one conversation was sealed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

ALL_COHORTS, ALL_CHANNELS = 0, ""


class CellWidth(StrEnum):
    """Width of a cell; the values are stored."""

    CHANNEL = "channel"  # one day, one cohort, one channel
    COHORT = "cohort"  # one day, one cohort
    DAY = "day"
    WEEK = "week"  # from Monday, as far as it is in the month
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class SealedCell:
    """Cell of one survey: the days from ``first`` to ``last``, of one cohort and channel or of all.

    A sealed answer stands under the day ``first``.
    """

    width: CellWidth
    first: date
    last: date
    cohort_id: int = ALL_COHORTS
    channel: str = ALL_CHANNELS

    @property
    def narrower_widths(self) -> tuple[CellWidth, ...]:
        """Widths of the cells that this one may contain."""
        widths = tuple(CellWidth)
        return widths[: widths.index(self.width)]


class AskedPlace(NamedTuple):
    """Day, cohort and channel of what somebody was asked about."""

    day: date
    cohort_id: int
    channel: str


def list_cells(place: AskedPlace) -> Iterator[SealedCell]:
    """Yield the cells of a conversation, the narrowest first; each contains the one before."""
    day, cohort_id, channel = place
    yield SealedCell(CellWidth.CHANNEL, day, day, cohort_id, channel)
    yield SealedCell(CellWidth.COHORT, day, day, cohort_id)
    yield SealedCell(CellWidth.DAY, day, day)
    first = day.replace(day=1)
    last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    monday = day - timedelta(days=day.weekday())
    # A week that reached into another month would be in none whole, and could not be subtracted from it.
    yield SealedCell(CellWidth.WEEK, max(first, monday), min(last, monday + timedelta(days=6)))
    yield SealedCell(CellWidth.MONTH, first, last)
    yield SealedCell(CellWidth.YEAR, date(day.year, 1, 1), date(day.year, 12, 31))


def place_in_cells(
    ended: Sequence[AskedPlace],
    minimum: int,
    count_candidates: Callable[[SealedCell], int],
    note_sealed: Callable[[SealedCell, int], None],
) -> list[SealedCell]:
    """Return the cell of each conversation of one survey that has ended: the narrowest with enough candidates.

    ``count_candidates`` counts these conversations among the closed ones. ``note_sealed`` is called for each cell that
    takes some of them, with their number, before wider cells are counted.
    """
    cells = [list(list_cells(place)) for place in ended]
    found: dict[int, SealedCell] = {}
    for depth, width in enumerate(CellWidth):
        members: defaultdict[SealedCell, list[int]] = defaultdict(list)
        for number, own in enumerate(cells):
            if number not in found:
                members[own[depth]].append(number)
        for cell, numbers in members.items():
            if width is CellWidth.YEAR or count_candidates(cell) >= minimum:
                note_sealed(cell, len(numbers))
                found |= dict.fromkeys(numbers, cell)
    return [found[number] for number in range(len(ended))]
