"""Headers: the right column is found by name or number, and no customer's row is shown as if it were a header."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.tables.columns import ColumnReference
from cjm.tables.header import ColumnError, Header
from cjm.tables.headers.value_look import is_surely_header, looks_like_value

LONG = "How important is each feature you named to tell that it is good? "


def refusal(header: Header, column: str | int, nth: int | None = None) -> str:
    with pytest.raises(ColumnError) as error:
        header.find(ColumnReference(column, nth))
    return str(error.value)


def make_header(*names: str, expected: str = "id") -> Header:
    """Return a header that surely is one: its "id" is expected, and numbers stand below."""
    return Header([["id", *names]], [["1"] * (len(names) + 1)], [ColumnReference(expected)])


@pytest.mark.parametrize(
    "name",
    ["Overall score", "overall SCORE", "Overall  score", "Overall\u00a0score", "Overall\nscore", " Overall score "],
)
def test_name_is_found_with_any_white_space_and_case(name: str) -> None:
    assert make_header("Overall score").find(ColumnReference(name)) == 1
    assert make_header(name).find(ColumnReference("Overall score")) == 1


def test_exact_name_wins_over_one_in_another_case() -> None:
    assert make_header("SCORE", "score").find(ColumnReference("score")) == 2


def test_column_is_found_by_its_number_whatever_the_header_holds() -> None:
    header = Header([["", "a", "a"]])
    assert [header.find(ColumnReference(n)) for n in (1, 2, 3)] == [0, 1, 2]
    assert refusal(header, 4) == "the table has no column 4; it has 3"


def test_repeated_name_needs_a_choice() -> None:
    header = make_header("score", "why", "score")
    assert refusal(header, "score") == (
        'the table has the column "score" more than once, as columns 2, 4; '
        "write 2 for the first, or nth = 2 for the second"
    )
    assert header.find(ColumnReference("score", 2)) == 3
    assert refusal(header, "score", 3) == 'the table has the column "score" only 2 times'


def test_header_of_several_rows_is_found_by_any_of_them_or_by_all() -> None:
    header = Header([["id", "How did you hear?", "", ""], ["", "Friend", "Radio", "Why?"]])
    assert header.names[1:3] == ["How did you hear? / Friend", "How did you hear? / Radio"]
    assert header.find(ColumnReference("id")) == 0
    assert header.find(ColumnReference("Radio")) == 2
    assert header.find(ColumnReference("how did you hear? / why?")) == 3
    assert "as columns 2, 3, 4" in refusal(header, "How did you hear?")


def test_long_names_are_shown_where_they_differ() -> None:
    assert refusal(make_header(f"{LONG}[F1]"), f"{LONG}[F2]") == (
        'the table has no column "…t it is good? [F2]"; did you mean "…t it is good? [F1]"?'
    )


def test_invisible_difference_is_named() -> None:
    assert refusal(make_header("score"), "sc\u200bore") == (
        'the table has no column "sc\\u200bore"; the names differ by a zero-width space: '
        "copy the name from the table's header"
    )


def test_short_slip_is_answered_by_the_name_that_was_meant() -> None:
    assert refusal(make_header("Score"), "Skore").endswith('did you mean "Score"?')
    assert refusal(make_header("Score"), "Reason").endswith('it has "id", "Score"')


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            ["2026-02-28", "12:00", "48500000000", "agent-1", "5"],
            ["2026-02-28", "12:05", "48500000001", "agent-2", "4"],
        ),
        (["Anna Kowalska", "Lovely", "Kraków"], ["Piotr Nowak", "Slow till", "Łódź"]),
        (["Anna Kowalska", "", "Lovely"], ["Piotr Nowak", "5", "Slow till"]),
        (["id", "anna@example.com"], ["1", "2"]),
        (["id", "born 4 March 1996"], ["1", "2"]),
        (["id", "yes", "tak"], ["1", "2", "3"]),
        (["id", "yes", "5"], ["1", "2", "3"]),
        (["id", "Kowalska (+48) 500 000 000"], ["1", "2"]),
    ],
    ids=["values", "people", "empty cell", "e-mail", "date in words", "answers", "answer and number", "telephone"],
)
def test_row_that_may_be_a_customers_is_never_shown(first: list[str], second: list[str]) -> None:
    header = Header([first], [second], [ColumnReference(name) for name in ("id", "5", "Anna Kowalska", "Lovelly")])
    for column in ("Lovelly", "Kowalsky", "1", "agent", "anna@example.co"):
        message = refusal(header, column).removeprefix(f'the table has no column "{column}"')
        assert "write header_rows = 0 and name the columns by number" in message
        assert not any(cell in message for cell in first if len(cell) > 1)


def test_number_in_quotes_is_answered_by_how_to_write_a_number() -> None:
    header = Header([["2026-02-28", "5"]], [["2026-02-28", "4"]])
    assert "for the column of this number, write 1 without quotation marks" in refusal(header, "1")


def test_table_without_a_header_has_no_names() -> None:
    header = Header([], [["Anna", "5"]])
    assert list(header.names) == ["", ""]
    assert header.find(ColumnReference(2)) == 1
    assert refusal(header, "Anna") == "a table without a header has columns by number, such as 3"


@pytest.mark.parametrize("cell", ["4", "12,50 zł", "85 %", "+48 500-000-000", "28.02.2026", "March 4, 2026", "a@b.pl"])
def test_values_are_known(cell: str) -> None:
    assert looks_like_value(cell)


@pytest.mark.parametrize("cell", ["", "Score", "Q12: how was it?", "Dział obsługi", '{"ImportId":"QID1234567"}'])
def test_names_are_no_values(cell: str) -> None:
    assert not looks_like_value(cell)


@given(st.lists(st.text(max_size=30), min_size=1, max_size=6), st.text(min_size=1, max_size=30))
def test_any_name_is_found_or_refused_in_one_sentence(names: list[str], column: str) -> None:
    header = Header([names], [["1"] * len(names)], [ColumnReference(column)])
    place, refused = None, ""
    try:
        place = header.find(ColumnReference(column))
    except ColumnError as error:
        refused = str(error)
    exact = [n for n, name in enumerate(names) if name.strip() == column.strip() != ""]
    assert "\n" not in refused
    assert (place is None) == bool(refused)
    assert len(exact) != 1 or place == exact[0]
    assert len(exact) < 2 or place is None


@pytest.mark.parametrize("name", ["No", "Nr", "Nie"])
def test_column_of_numbers_may_be_called_no(name: str) -> None:
    header = Header([[name, "When", "Score"]], [["1", "2026-03-02", "5"]], [ColumnReference("Score")])
    assert refusal(header, "Skore").endswith('did you mean "Score"?')
    assert refusal(header, "Reason").endswith(f'it has "{name}", "When", "Score"')


def test_data_of_words_only_proves_no_header() -> None:
    assert not is_surely_header([["name", "city"]], [["Anna", "Kraków"]])
    assert is_surely_header([["name", "score"]], [["Anna", "5"]])


@pytest.mark.parametrize(
    ("first", "second", "numbers", "is_data"),
    [
        (["2026-02-28", "12:00", "agent", "5"], ["2026-02-28", "12:05", "agent", "4"], [1, 2, 4], True),
        (["2026-02-28", "5", "Lovely", "Slow"], ["2026-03-01", "", "", "Rude"], [1, 3, 4], True),
        (["When", "1", "Score"], ["2026-02-28", "4", "5"], [1, 2, 3], False),
        (["When", "5"], ["2026-02-28", "4"], [2], True),
        (["2026-02", "When"], ["x", "2026-02-28"], [1, 2], False),
    ],
    ids=["calls", "one date", "a name that is a number", "only a number", "no value below"],
)
def test_data_in_place_of_a_header_is_told_from_names(
    first: list[str], second: list[str], numbers: list[int], is_data: bool
) -> None:
    assert Header([first], [second], list(map(ColumnReference, numbers))).may_be_data is is_data


def test_a_header_whose_names_are_needed_is_no_data() -> None:
    expected = [ColumnReference("2026-02-28"), ColumnReference(2)]
    assert not Header([["2026-02-28", "5"]], [["2026-03-01", "4"]], expected).may_be_data
    assert not Header([], [["2026-03-01", "4"]], [ColumnReference(1)]).may_be_data


def test_a_header_without_any_of_the_names_is_told_once_and_not_shown() -> None:
    expected = [ColumnReference("When"), ColumnReference("Score")]
    told = Header([["Anna Kowalska", "Report"]], [["1", "2"]], expected).describe_none_found()
    assert told is not None
    assert told.startswith('the table has none of the columns "When", "Score". ')
    assert "write preamble" in told
    assert "Kowalska" not in told
    assert Header([["When", "Report"]], [["1", "2"]], expected).describe_none_found() is None
