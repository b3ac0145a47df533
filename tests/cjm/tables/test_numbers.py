"""Numbers: each way to write one is read, what could be another number is refused, and amounts are in one currency."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.journeys.journey_file import read_journey
from cjm.tables.answer_rows import AnswerRow
from cjm.tables.cell import CellError
from cjm.tables.cells.numbers import TWO_READINGS, list_readings, make_amount_reader, read_number
from cjm.tables.cells.rescaling import Rescaling
from cjm.tables.columns import DecimalSign
from cjm.tables.event_rows import EventRow
from cjm.tables.files.cell_text import write_cell
from cjm.tables.mapping_file import MappingError, read_mapping
from tests.cjm.tables.reading import CASE, list_answers, list_mistakes, read_rows

NOT_A_NUMBER = "is not a number, such as 12.50; name cells without a value in not_applicable"
EVENTS = 'kind = "events"\nshape = "long"\ncustomer = "who"\nat = "at"\ntouchpoint = "t"\n'


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12.5", "12.5"),
        ("12,50", "12.5"),
        ("-12.5", "-12.5"),
        ("\u22122", "-2"),
        ("+ 3", "3"),
        ("0,125", "0.125"),
        ("1234,567", "1234.567"),
        ("1 234,50", "1234.5"),
        ("1 234.567", "1234.567"),
        ("1\u202f234", "1234"),
        ("1'234.50", "1234.5"),
        ("1.234,50", "1234.5"),
        ("1,234.50", "1234.5"),
        ("1.234.567", "1234567"),
        ("-1,234,567.125", "-1234567.125"),
    ],
)
@pytest.mark.parametrize("decimal", [None, ",", "."])
def test_number_with_one_reading_is_read_whatever_the_mapping_declares(
    text: str, number: str, decimal: DecimalSign | None
) -> None:
    assert list_readings(text, decimal) == (Fraction(number),)


@pytest.mark.parametrize(("text", "point", "comma"), [("1,234", 1234, 1.234), ("-12.500", -12.5, -12500)])
def test_one_sign_before_three_digits_is_refused_unless_the_mapping_decides(
    text: str, point: float, comma: float
) -> None:
    with pytest.raises(CellError, match=TWO_READINGS):
        read_number(text)
    assert (read_number(text, "."), read_number(text, ",")) == (point, comma)


@pytest.mark.parametrize("text", ["", "-", "1 2", "1,23,456", "1,234,56", "1.234.5", "1,234 567", "12.", "--5", "1e3"])
def test_other_texts_are_no_numbers(text: str) -> None:
    assert list_readings(text) == ()


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from([(",", "."), (".", ","), (" ", ","), ("\u00a0", ".")]))
def test_every_number_is_read_as_it_was_written(number: float, signs: tuple[str, str]) -> None:
    group, decimal = signs
    written = f"{number:,.2f}".replace(",", "\0").replace(".", decimal).replace("\0", group)
    assert list_readings(written) == (Fraction(number),)


def test_percent_sign_of_a_measure_is_dropped() -> None:
    assert read_number("85 %") == 85
    with pytest.raises(CellError, match=TWO_READINGS):
        read_number("1.234%")


@pytest.mark.parametrize(
    ("text", "amount"),
    [("12,50 zł", 12.5), ("PLN 1 234,50", 1234.5), ("zł12", 12), ("-12 pln", -12), ("zł -12", -12), ("120", 120)],
)
def test_currency_beside_an_amount_is_dropped(text: str, amount: float) -> None:
    assert make_amount_reader()(text) == amount


@pytest.mark.parametrize("text", ["85 %", "12 pcs", "zł", "12 ruble", "-zł-12", "1" * 65, f"$ {' ' * 100_000}x"])
def test_amount_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CellError, match=NOT_A_NUMBER):
        make_amount_reader()(text)


def test_amounts_of_two_currencies_are_not_added_up() -> None:
    rows = [["1", "2026-10-01", "t", cell] for cell in ("12 €", "EUR 3", "$4", "5", "12 €")]
    found = read_rows(EVENTS + 'amount = "paid"', ["who", "at", "t", "paid"], *rows)
    assert [row.events[0].amount if isinstance(row, EventRow) else None for row in found] == [12, 3, None, 5, 12]
    assert list_mistakes(found[2]) == [
        'column "paid": is in another currency than the rows above; amounts are added up, write them in one'
    ]


def test_mapping_and_column_declare_the_decimal_sign() -> None:
    mapping = EVENTS + 'decimal = ","\namount = "a"\nmeasures = { m = { column = "m", decimal = "." } }'
    (row,) = read_rows(mapping, ["who", "at", "t", "a", "m"], ["1", "2026-10-01", "t", "1.234", "1.234"])
    assert isinstance(row, EventRow)
    assert (row.events[0].amount, row.events[0].measures) == (1234, {"m": 1.234})


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ('day = 2026-10-01\ndecimal = ";"\nquestions.v_csat = "s"', "decimal: must be one of ',' or '.'"),
        (
            'day = 2026-10-01\nrow = { column = "n", decimal = "," }\nquestions.v_csat = "s"',
            "row.decimal: is for columns of numbers: amount, measures, and answers on a scale",
        ),
        (
            'day = 2026-10-01\nquestions.v_words = { column = "s", decimal = "," }',
            "questions.v_words.decimal: is for questions on a scale; this one is of the kind text",
        ),
    ],
)
def test_decimal_sign_where_there_are_no_numbers_is_refused(mapping: str, says: str) -> None:
    with pytest.raises(MappingError) as caught:
        read_mapping(mapping, "m.toml", CASE)
    assert str(caught.value).splitlines() == [f"m.toml:2: {says}"]


def test_scale_decides_between_two_readings() -> None:
    (row,) = read_rows('day = 2026-10-01\nquestions.v_csat = "s"', ["s"], ["4.000"])
    assert list_answers(row) == {"v_csat": [4]}
    assert Rescaling((0, 100), range(1, 6)).read("99,999 %") == 5
    with pytest.raises(CellError, match=TWO_READINGS):
        Rescaling((0, 10_000), range(1, 6)).read("9,999")
    assert Rescaling((0, 10_000), range(1, 6), ".").read("9,999") == 5


@pytest.mark.parametrize("value", [1.234, -12.5, 0.125, 999.999, 1000.125])
def test_number_of_a_workbook_has_one_reading(value: float) -> None:
    assert [list_readings(write_cell(value, "General"), sign) for sign in (None, ",", ".")] == [
        (Fraction(value).limit_denominator(1000),)
    ] * 3


def test_declared_values_of_attributes_match_in_any_case_and_white_space() -> None:
    journey = read_journey(
        'key = "j"\ntitle = "J"\n[[attributes]]\nkey = "city"\ntitle = "City"\n'
        'values = ["Nowy Sącz", "it", "IT"]\n[[stages]]\nkey = "s"\ntitle = "S"\n'
        'touchpoints = [{ key = "t", title = "T", channel = "site" }]\n'
        '[[surveys]]\nkey = "v"\non = { touchpoint = "t" }\n'
        'questions = [{ key = "v_csat", kind = "csat", text = "q" }]\n',
        "j.toml",
    )
    mapping = (
        'day = 2026-10-01\nattributes.city = { column = "c", values = { NS = "nowy sącz" } }\nquestions.v_csat = "s"'
    )
    cells = ["nowy\u00a0SĄCZ", "NS", "IT", "It", "Elsewhere"]
    rows = read_rows(mapping, ["c", "s"], *([cell, "5"] for cell in cells), journey=journey)
    assert [dict(row.attributes) for row in rows if isinstance(row, AnswerRow)] == [
        {"city": city} for city in ("Nowy Sącz", "Nowy Sącz", "IT", "It", "Elsewhere")
    ]
