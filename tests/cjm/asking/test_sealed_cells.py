"""Sealed conversations hide among enough people, in whatever order and groups they end."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest

from cjm.asking.sealed_cell import AskedPlace, CellWidth, SealedCell, list_cells, place_in_cells

MONDAY = date(2026, 11, 2)
Person = AskedPlace


class Sealing:
    """Conversations that are closed and sealed, each about one visit: day, cohort, channel."""

    def __init__(self, minimum: int) -> None:
        self.minimum, self.closed = minimum, list[Person]()
        self.cells: dict[SealedCell, int] = {}
        self.people: dict[SealedCell, list[Person]] = {}

    def seal(self, together: list[Person]) -> None:
        self.closed += together
        cells = place_in_cells(together, self.minimum, self.count_candidates, self.note)
        for person, cell in zip(together, cells, strict=True):
            self.people.setdefault(cell, []).append(person)

    def note(self, cell: SealedCell, n: int) -> None:
        self.cells[cell] = self.cells.get(cell, 0) + n

    def count_candidates(self, cell: SealedCell) -> int:
        return sum(contains(cell, person) for person in self.closed) - self.count_narrower(cell)

    def count_narrower(self, cell: SealedCell) -> int:
        return sum(n for other, n in self.cells.items() if is_within(cell, other))


def contains(cell: SealedCell, person: Person) -> bool:
    day, cohort, channel = person
    return cell.first <= day <= cell.last and cell.cohort_id in (0, cohort) and cell.channel in ("", channel)


def is_within(cell: SealedCell, other: SealedCell) -> bool:
    is_narrower = other.width in cell.narrower_widths and cell.first <= other.first <= cell.last
    return is_narrower and cell.cohort_id in (0, other.cohort_id)


def make_person(random: Random) -> Person:
    day = MONDAY + timedelta(days=random.choice([0, 0, 0, 1, 2, 9, 30, 60]))
    return AskedPlace(day, random.choice([1, 1, 2]), random.choice(["site", "site", "shop"]))


@pytest.mark.parametrize("seed", range(20))
def test_a_cell_but_the_widest_always_has_enough_candidates(seed: int) -> None:
    random = Random(seed)
    sealing = Sealing(random.choice([3, 10]))
    for _ in range(60):
        sealing.seal([make_person(random) for _ in range(random.choice([1, 1, 2, 12]))])
        for cell, people in sealing.people.items():
            assert len(people) == sealing.cells[cell]
            assert all(contains(cell, person) for person in people)
            if cell.width is not CellWidth.YEAR:
                assert sealing.count_candidates(cell) >= sealing.minimum
    assert len({cell.width for cell in sealing.cells}) > 2


def test_one_person_beside_a_day_that_was_sealed_at_once_is_not_found_by_subtraction() -> None:
    sealing = Sealing(10)
    sealing.seal([AskedPlace(MONDAY, 1, "site")] * 15)
    sealing.seal([AskedPlace(MONDAY + timedelta(days=1), 1, "site")])
    widths = {cell.width: n for cell, n in sealing.cells.items()}
    assert widths == {CellWidth.CHANNEL: 15, CellWidth.YEAR: 1}, "a week of its own would be that of one person"


def test_the_first_of_a_day_are_stored_under_wider_cells() -> None:
    sealing = Sealing(10)
    for _ in range(20):
        sealing.seal([AskedPlace(MONDAY, 1, "site")])
    assert {cell.width: n for cell, n in sealing.cells.items()} == {
        CellWidth.YEAR: 9,
        CellWidth.CHANNEL: 11,
    }
    sealing.seal([AskedPlace(MONDAY + timedelta(days=1), 1, "site")])
    assert sealing.cells[list(list_cells(AskedPlace(MONDAY, 1, "site")))[3]], (
        "the nine and this one are ten in their week"
    )


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 2, 28), date(2028, 2, 29), date(2026, 12, 31)])
def test_cells_hold_their_day_and_grow(day: date) -> None:
    cells = list(list_cells(AskedPlace(day, 1, "site")))
    assert [cell.width for cell in cells] == list(CellWidth)
    assert all(cell.first <= day <= cell.last for cell in cells)
    assert all(wide.first <= narrow.first and narrow.last <= wide.last for narrow, wide in pairwise(cells))
    assert cells[3].first.isoweekday() == 1 or cells[3].first.day == 1
    assert (cells[4].first.day, (cells[4].last + timedelta(days=1)).day) == (1, 1)
