"""Cells and rows: what can be read, and mistakes that never repeat what a cell holds."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from cjm.errors import Mistake
from cjm.tables import cell
from cjm.tables.answer_rows import AnswerRow, AnswerRowReader
from cjm.tables.cell import CellError
from cjm.tables.event_rows import EventRow, EventRowReader
from cjm.tables.header import Header
from cjm.tables.mapping_file import read_mapping
from cjm.tables.table_file import BadRow, TableRow
from tests.journeys import small_journey

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
JOURNEY = small_journey()
TOO_HIGH = "is not a whole number from 1 to 5; write range if the table has another scale"


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (cell.read_identifier, "A-17", "A-17"),
        (cell.read_words, "fine\x00 so far", "fine so far"),
    ],
)
def test_a_cell_is_read(read: Callable[[str], object], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "sentence"),
    [
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


def test_a_bad_row_carries_all_its_mistakes_as_values() -> None:
    mapping = read_mapping('at = "When"\ncustomer = "Who"\n[questions]\npay_csat = "Score"', "m", JOURNEY)
    reader = AnswerRowReader(mapping, JOURNEY, Header([["When", "Who", "Score"]]), NOW)
    bad = reader.read(TableRow(7, ["2026-10-01", "", "6"]))
    assert bad == BadRow(
        7,
        (
            Mistake('column "Who"', "is empty"),
            Mistake('column "Score"', TOO_HIGH),
        ),
    )
    assert str(bad) == f'line 7: column "Who": is empty; column "Score": {TOO_HIGH}'


def test_an_empty_cell_may_be_mapped_to_a_channel_and_stays_no_amount() -> None:
    mapping = read_mapping(
        'kind = "events"\nshape = "long"\nat = "at"\ncustomer = "who"\ntouchpoint = "where"\namount = "paid"\n'
        'channel = { column = "how", values = { "" = "store" } }',
        "m",
        JOURNEY,
    )
    reader = EventRowReader(mapping, JOURNEY, Header([["at", "who", "where", "paid", "how"]]), NOW)
    row = reader.read(TableRow(2, ["2026-10-01", "77", "pay", "", ""]))
    assert isinstance(row, EventRow)
    (event,) = row.events
    assert (event.channel, event.amount, event.touchpoint) == ("store", None, "pay")


def test_equal_rows_without_customers_are_different_people() -> None:
    mapping = read_mapping('day = 2026-10-01\n[questions]\npay_csat = "Score"', "m", JOURNEY)
    reader = AnswerRowReader(mapping, JOURNEY, Header([["Score"]]), NOW)
    first, second = reader.read(TableRow(2, ["5"])), reader.read(TableRow(3, ["5"]))
    assert isinstance(first, AnswerRow)
    assert isinstance(second, AnswerRow)
    assert second.name == f"{first.name}-2"
