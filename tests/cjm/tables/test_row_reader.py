"""Cells and rows: what can be read, and mistakes that never repeat what a cell holds."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from cjm.errors import Mistake
from cjm.tables import cell
from cjm.tables.answer_rows import AnswerRow, AnswerRowReader
from cjm.tables.cell import CellError
from cjm.tables.event_rows import EventRow, EventRowReader
from cjm.tables.mapping_file import read_mapping
from cjm.tables.table_file import BadRow, TableRow
from tests.journeys import small_journey

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WARSAW = ZoneInfo("Europe/Warsaw")
JOURNEY = small_journey()


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (cell.read_number, "1 234,50", 1234.5),
        (cell.read_number, "-12.5", -12.5),
        (cell.read_whole_number, "4.0", 4),
        (cell.read_identifier, "A-17", "A-17"),
        (cell.read_words, "fine\x00 so far", "fine so far"),
    ],
)
def test_a_cell_is_read(read: Callable[[str], object], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "sentence"),
    [
        (cell.read_number, "12 zł", "is not a number, such as 12.50"),
        (cell.read_whole_number, "4.5", "is not a whole number"),
        (cell.read_whole_number, "four", "is not a whole number"),
        (cell.read_identifier, "", "is empty"),
        (cell.read_identifier, "x" * 129, "is too long; at most 128 characters are allowed"),
        (cell.read_identifier, "a\u202eb", "contains invisible characters; remove them"),
        (cell.read_words, "x" * 5000, "is too long; at most 4096 characters are allowed"),
    ],
)
def test_a_cell_that_cannot_be_read_says_what_would_be_right(
    read: Callable[[str], object], text: str, sentence: str
) -> None:
    with pytest.raises(CellError) as caught:
        read(text)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("text", "form", "own_zone", "at", "day"),
    [
        ("2026-10-01", None, None, "2026-10-01T10:00+00:00", "2026-10-01"),
        ("2026-10-01T23:30", None, None, "2026-10-01T21:30+00:00", "2026-10-01"),
        ("2026-10-01T23:30Z", None, None, "2026-10-01T23:30+00:00", "2026-10-02"),
        ("2026-10-01T23:30", None, ZoneInfo("UTC"), "2026-10-01T23:30+00:00", "2026-10-02"),
        ("01.10.2026", "%d.%m.%Y", None, "2026-10-01T10:00+00:00", "2026-10-01"),
    ],
)
def test_a_time_is_read_with_its_day_in_the_journeys_zone(
    text: str, form: str | None, own_zone: ZoneInfo | None, at: str, day: str
) -> None:
    found = cell.read_time(text, form, own_zone, WARSAW, NOW)
    assert found == (datetime.fromisoformat(at), date.fromisoformat(day))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1970-01-01", "is before the year 2000"),
        ("2026-11-24", "is more than a day ahead of now"),
        ("0001-01-01", "is before the year 2000"),
        ("9999-12-31T23:59-14:00", "is outside of the calendar"),
        ("soon", "is not a date such as 2026-10-01 or 2026-10-01T14:30+02:00"),
    ],
)
def test_a_time_that_cannot_be_meant_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(CellError) as caught:
        cell.read_time(text, None, None, WARSAW, NOW)
    assert str(caught.value) == sentence


def test_a_bad_row_carries_all_its_mistakes_as_values() -> None:
    mapping = read_mapping('at = "When"\ncustomer = "Who"\n[questions]\npay_csat = "Score"', "m", JOURNEY)
    reader = AnswerRowReader(mapping, JOURNEY, ["When", "Who", "Score"], NOW)
    bad = reader.read(TableRow(7, ["2026-10-01", "", "6"]))
    assert bad == BadRow(
        7,
        (
            Mistake('column "Who"', "is empty"),
            Mistake('column "Score"', "is not a whole number from 1 to 5"),
        ),
    )
    assert str(bad) == 'line 7: column "Who": is empty; column "Score": is not a whole number from 1 to 5'


def test_an_empty_cell_may_be_mapped_to_a_channel_and_stays_no_amount() -> None:
    mapping = read_mapping(
        'kind = "events"\nshape = "long"\nat = "at"\ncustomer = "who"\ntouchpoint = "where"\namount = "paid"\n'
        'channel = { column = "how", values = { "" = "store" } }',
        "m",
        JOURNEY,
    )
    reader = EventRowReader(mapping, JOURNEY, ["at", "who", "where", "paid", "how"], NOW)
    row = reader.read(TableRow(2, ["2026-10-01", "77", "pay", "", ""]))
    assert isinstance(row, EventRow)
    (event,) = row.events
    assert (event.channel, event.amount, event.touchpoint) == ("store", None, "pay")


def test_equal_rows_without_customers_are_different_people() -> None:
    mapping = read_mapping('day = 2026-10-01\n[questions]\npay_csat = "Score"', "m", JOURNEY)
    reader = AnswerRowReader(mapping, JOURNEY, ["Score"], NOW)
    first, second = reader.read(TableRow(2, ["5"])), reader.read(TableRow(3, ["5"]))
    assert isinstance(first, AnswerRow)
    assert isinstance(second, AnswerRow)
    assert second.name == f"{first.name}-2"
