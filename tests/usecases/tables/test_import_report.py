"""What a report keeps: every row by outcome, and of strange ones a bounded number of reasons."""

from random import Random

import pytest

from bot.usecases.tables.import_report import PLACES, RefusalTally, RowPlace
from bot.usecases.tables.import_source import TableError
from bot.usecases.tables.import_table import ImportTable
from cjm.errors import Mistake
from tests.usecases.tables.cafe import CLOCK, HEAD, NOW, NUMBERED, RULES, Cafe, numbered

CELLS = (
    "",
    "-",
    "Anna",
    "24.10.2026 10:00",
    "31.02.2026 10:00",
    "Gdańsk",
    "5",
    "great",
    "slow",
    "=1",
    "\ufeff",
    "9" * 30,
)


def test_row_with_two_mistakes_is_one_row_and_counts_for_both_reasons() -> None:
    tally = RefusalTally()
    for line in range(2, 12):
        tally.add(RowPlace(line), [Mistake("a", "is wrong"), Mistake("b", "is wrong")][: line % 2 + 1])
    assert tally.rows == 10
    assert [(reason.mistake.path, reason.rows) for reason in tally.reasons] == [("a", 10), ("b", 5)]
    assert [place.line for place in tally.reasons[0].places] == [2, 3, 4, 5, 6]


def test_mistake_that_is_another_one_in_every_row_does_not_fill_the_memory() -> None:
    tally = RefusalTally()
    for line in range(5000):
        tally.add(RowPlace(line), [Mistake("", f"has {line} cells")])
    assert sum(reason.rows for reason in tally.reasons) == tally.rows == 5000
    assert len(tally.reasons) < 250
    assert all(len(reason.places) <= PLACES for reason in tally.reasons)


async def test_values_that_the_journey_does_not_declare_are_kept_as_over_http_and_reported(cafe: Cafe) -> None:
    cities = ("GDAŃSK", "Łódź", "Łódź", "", "much")
    table = HEAD + "".join(f"c{n};24.10.2026 10:00;{city};4;;;\n" for n, city in enumerate(cities))
    report = await cafe.take(table.replace("much;4", "Łódź;much"))
    assert (report.undeclared, report.refused_rows) == ({"city": 2}, 1)
    told = [await cafe.attributes_of(f"c{n}") for n in range(3)]
    assert told == [{"city": "Gdańsk"}, {"city": "Łódź"}, {"city": "Łódź"}]


@pytest.mark.parametrize("seed", range(3))
async def test_every_row_of_a_strange_table_is_reported(cafe: Cafe, seed: int) -> None:
    random = Random(seed)
    table = HEAD + "".join(";".join(random.choices(CELLS, k=7)) + "\n" for _ in range(60))
    rows = sum(1 for _ in cafe.write(table).read_rows(NOW))
    first, second = await cafe.take(table), await cafe.take(table)
    assert first.rows.total() == second.rows.total() == rows
    assert first.refusals.rows == first.refused_rows == second.refused_rows
    assert await cafe.count_wrong_counters() == 0


async def test_file_that_changes_during_the_import_says_how_many_rows_are_stored(
    cafe: Cafe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.usecases.tables.import_table.MOST_ROWS", 2)
    source = cafe.write(numbered(*[4] * 5), NUMBERED)
    cafe.file.write_bytes(numbered(4, 4, 4, 4).encode() + b"5,\xff\n")
    with pytest.raises(TableError, match=r"table\.csv: line 6.*; [24] rows before it are stored"):
        await ImportTable(cafe.db, CLOCK, RULES)(source)
    assert await cafe.count_wrong_counters() == 0


LEFT_OUT = f'leave_out = {{ column = "Score", cells = ["TEST "] }}\n{NUMBERED}'


async def test_rows_that_the_mapping_leaves_out_are_counted_and_not_stored(cafe: Cafe) -> None:
    report = await cafe.take(numbered(4, "test", 5, "x", "Test"), LEFT_OUT)
    assert (report.rows_left_out, report.stored_rows, report.refused_rows) == (2, 2, 1)
    again = await cafe.take(numbered(4, 5, "test"), LEFT_OUT)
    assert (again.rows_left_out, again.stored_rows) == (1, 2)


async def test_table_of_which_every_row_is_left_out_is_refused(cafe: Cafe) -> None:
    """With --mirror it would take back all that was imported."""
    with pytest.raises(TableError, match="leaves out every row"):
        await cafe.take(numbered("test", "test"), LEFT_OUT, mirror=True)
