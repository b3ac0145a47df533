"""Random tables: no guess fails, what is drafted can be read, and a table of a known mapping gives it back."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.journeys.survey import QuestionKind
from cjm.tables.guessing.mapping_draft import draft_mapping
from cjm.tables.guessing.match_questions import match_journey
from cjm.tables.guessing.table_guess import guess_table
from cjm.tables.mapping_file import read_mapping
from tests.cjm.tables.guessing.samples import NOW, draft, guess_rows, make_sample
from tests.cjm.tables.reading import CASE
from tests.depth import choose_depth

HEADERS = st.sampled_from(
    [
        "", " ", "Date", "When", "Id", "No", "Customer ID", "Email", "Name", "NPS", "How satisfied are you?", "Оценка",
        "Как вы себя чувствуете?", "Czy łatwo było zamówić?", "Event", "Stage", "Order", "Question", "Answer", "Score",
        "Channel", "Why? [Slow]", "Why? [Rude]", "Q1_1", "Q1_2", "Response", "v_csat", "How was it?", "t",
        '{"ImportId":"QID1"}',
        "Respondent ID", "Collector ID", "Timestamp", "x" * 300, "a.b" * 50, "\x00", "\ud800", '"', "\\",
    ]
) | st.text(max_size=12)  # fmt: skip
CELLS = st.sampled_from(
    [
        "", " ", "1", "4", "5", "10", "-2", "100", "4/5", "85 %", "★★★☆☆", "5 - Very satisfied", "Very satisfied",
        "очень доволен", "Zadowolony(a)", "N/A", "Не знаю", "Yes", "no", "1", "a; b", "a,b", "b", "2026-03-02",
        "03/04/2026", "02.03.2026 14:30", "1772458200", "14:30", "2 марта 2026", "anna@example.com", "site", "Till",
        "Stay", "Paid", "paid ", "Delivered", "\x00", "\ud800", "\u202e", '"', "\\", "x" * 200, "1,234", "½",
    ]
) | st.text(max_size=6)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(1, 6))
    header = draw(st.lists(HEADERS, min_size=width, max_size=width))
    columns = [draw(st.lists(CELLS, min_size=1, max_size=4)) for _ in range(width)]
    count = draw(st.integers(0, 8))
    rows = [[draw(st.sampled_from(column)) for column in columns] for _ in range(count)]
    return [header, *rows] if draw(st.booleans()) else rows or [header]


@settings(max_examples=choose_depth(60, 5000), deadline=None)
@given(tables())
def test_no_table_makes_a_guess_fail_and_its_drafts_can_be_read(rows: list[list[str]]) -> None:
    guess = guess_table(make_sample(rows), NOW)
    is_answered = any(question.answers.kind is not QuestionKind.TEXT for question in guess.questions)
    if is_answered or guess.events is not None:
        draft(guess)


@settings(max_examples=choose_depth(50, 3000), deadline=None)
@given(tables())
def test_mapping_for_a_journey_can_be_read(rows: list[list[str]]) -> None:
    guess = guess_table(make_sample(rows), NOW)
    match_journey(guess, CASE)
    if guess.questions or (guess.events is not None and guess.events.places):
        read_mapping(draft_mapping(guess, "table", "table.csv"), "mapping.toml", CASE)


FORMATS = (
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%m/%d/%Y %I:%M %p",
    "%d/%m/%Y %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S+02:00",
)
SCALES: dict[str, tuple[str, list[str], dict[str, Any]]] = {
    "satisfied": ("How satisfied are you?", ["5", "1", "4"], {}),
    "ten": ("Zadowolenie z obsługi", ["10", "1", "7"], {"range": (1.0, 10.0)}),
    "words": (
        "Насколько вы довольны?",
        ["Очень доволен", "Недоволен", "Доволен"],
        {"values": {"очень доволен": 5, "доволен": 4, "недоволен": 2}},
    ),
    "stars": ("Rate our site", ["★★★★★", "★★☆☆☆", "★★★☆☆"], {"range": "stars"}),
    "nps": ("Would you recommend us?", ["10", "0", "8"], {}),
}
"""Header, cells and what a mapping says about the column."""


@settings(max_examples=choose_depth(40, 2000), deadline=None)
@given(
    st.sampled_from(FORMATS),
    st.lists(st.sampled_from(sorted(SCALES)), min_size=1, max_size=5, unique=True),
    st.booleans(),
    st.booleans(),
)
def test_table_of_a_known_mapping_gives_the_mapping_back(
    time_format: str, scales: list[str], has_row: bool, has_customer: bool
) -> None:
    # Days beyond the 12th: the format can be told.
    moments = [datetime(2026, 3, 13, 9, 5) + timedelta(days=n, minutes=7 * n) for n in range(12)]  # noqa: DTZ001 - as cells show it
    columns = {"Date": [moment.strftime(time_format) for moment in moments]}
    columns |= {"Response ID": [f"R{n}" for n in range(12)]} if has_row else {}
    columns |= {"Customer ID": [f"C{n % 5}" for n in range(12)]} if has_customer else {}
    columns |= {SCALES[name][0]: [SCALES[name][1][n % 3] for n in range(12)] for name in scales}
    mapping, _ = draft(guess_rows(list(columns), *zip(*columns.values(), strict=True)))
    assert mapping.at is not None
    assert (mapping.at.column, mapping.at.format or time_format) == ("Date", time_format)
    assert (mapping.row is not None, mapping.customer is not None) == (has_row, has_customer)
    found = {column.column: column for column in mapping.questions.values()}
    assert set(found) == {SCALES[name][0] for name in scales}
    for name in scales:
        header, _, settings_of_column = SCALES[name]
        column = found[header]
        assert column.range == settings_of_column.get("range")
        values = {label.casefold(): value for label, value in column.values.items()}
        assert settings_of_column.get("values", {}).items() <= values.items()
