"""Rows of events: where they happened, cells without a value, ids that are the same again."""

from cjm.journeys.visit import Event
from cjm.tables.event_rows import EventRow
from tests.cjm.tables.reading import Row, list_mistakes, read_rows

LONG = 'name = "log"\nkind = "events"\nshape = "long"\ncustomer = "who"\nat = "at"\n'
WIDE = 'name = "log"\nkind = "events"\ncustomer = "who"\n'


def events(row: Row) -> tuple[Event, ...]:
    assert isinstance(row, EventRow), str(row)
    return row.events


def test_a_measure_without_a_value_keeps_the_event_and_a_title_is_a_touchpoint() -> None:
    mapping = LONG + 'row = "id"\ntouchpoint = "tp"\nmeasures = { wait = "wait" }'
    header = ["id", "who", "at", "tp", "wait"]
    first, second = read_rows(
        mapping, header, ["1", "a", "2026-10-01", "t", "NULL"], ["2", "b", "2026-10-01", "T", "3"]
    )
    (one,), (other,) = events(first), events(second)
    assert (one.touchpoint, one.measures) == ("t", None)
    assert (other.touchpoint, other.measures) == ("t", {"wait": 3.0})
    assert (one.id, other.id) == ("case/log:1", "case/log:2")


def test_amounts_and_measures_have_their_own_cells_without_a_value() -> None:
    mapping = LONG + (
        'not_applicable = ["-"]\ntouchpoint = "tp"\namount = { column = "paid", not_applicable = ["free"] }\n'
        'measures.wait = { columns = ["w1", "w2"], values = { never = "0" } }'
    )
    header = ["who", "at", "tp", "paid", "w1", "w2"]
    rows = read_rows(
        mapping,
        header,
        ["a", "2026-10-01", "Kasa", "Free", "-", "2,5"],
        ["a", "2026-10-01", "Kasa", "-", "Never", ""],
    )
    (one,) = events(rows[0])
    assert (one.amount, one.measures) == (None, {"wait": 2.5})
    assert list_mistakes(rows[1]) == [
        'column "paid": is not a number, such as 12.50; name cells without a value in not_applicable'
    ]


def test_a_row_of_a_wide_table_has_an_event_for_each_time() -> None:
    mapping = WIDE + 'row = "id"\ntouchpoints = { t = "Till", desk-1 = "Desk", s = "Stay" }\nnot_applicable = ["-"]'
    header = ["id", "who", "Till", "Desk", "Stay"]
    row, empty = read_rows(mapping, header, ["7", "a", "2026-10-01", "N/A", "2026-10-02"], ["8", "a", "", "-", ""])
    assert [(e.id, e.touchpoint, e.stage) for e in events(row)] == [
        ("case/log:7:checkout", "t", None),  # by the first key that the touchpoint had: it stays when the key changes
        ("case/log:7:s", None, "s"),
    ]
    assert events(empty) == ()


def test_an_event_needs_a_place() -> None:
    mapping = LONG + 'touchpoint = "tp"\nstage = "st"'
    at = "2026-10-01"
    rows = read_rows(mapping, ["who", "at", "tp", "st"], ["a", at, "", "Pobyt"], ["a", at, "", ""], ["a", "", "t", ""])
    assert [(e.touchpoint, e.stage) for e in events(rows[0])] == [(None, "s")]
    assert list_mistakes(rows[1]) == ["names neither a touchpoint nor a stage"]
    assert list_mistakes(rows[2]) == ['column "at": is empty']


def test_the_businesss_own_id_is_the_events_id() -> None:
    mapping = LONG + 'event = "id"\ntouchpoint = "tp"'
    (row,) = read_rows(mapping, ["id", "who", "at", "tp"], ["A-1", "a", "2026-10-01", "t"])
    assert isinstance(row, EventRow)
    assert (row.events[0].id, row.name, row.is_named) == ("A-1", "A-1", True)


def test_names_of_rows_from_several_columns_never_meet() -> None:
    mapping = LONG + 'row = { columns = ["x", "y"] }\ntouchpoint = "tp"'
    pairs = [("1", "2"), ("1 2", ""), ("", "1 2"), ("1", " 2 "), ("1\\", "2"), ("1\\ 2", "")]
    rows = read_rows(mapping, ["x", "y", "who", "at", "tp"], *([*pair, "a", "2026-10-01", "t"] for pair in pairs))
    names = [row.name for row in rows if isinstance(row, EventRow)]
    assert names[0] == names[3] == "1 2"
    assert len(set(names)) == 5


def test_customers_and_passages_are_joined_by_a_space() -> None:
    mapping = LONG + 'touchpoint = "tp"\npassage = { columns = ["p", "q"] }'
    mapping = mapping.replace('"who"', '{ columns = ["first", "last"] }')
    (row,) = read_rows(mapping, ["first", "last", "at", "tp", "p", "q"], ["A", "B", "2026-10-01", "t", "", "77"])
    assert [(e.customer, e.passage) for e in events(row)] == [("A B", "77")]
