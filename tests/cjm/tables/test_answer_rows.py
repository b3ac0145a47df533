"""Rows of answers: labels in any case, several columns, several choices, cells without a value."""

from pathlib import Path

import pytest

from cjm.tables.answer_rows import AnswerRow, AnswerRowReader
from cjm.tables.files.open_table import open_table_file
from cjm.tables.mapping_file import read_mapping
from cjm.tables.table_file import TableRow
from tests.cjm.tables.reading import CASE, NOW, list_answers, list_mistakes, read_rows

DAY = "day = 2026-10-02\n"
HINT = "name words in values, and cells without a value in not_applicable"


@pytest.mark.parametrize("cell", ["Satisfied", "satisfied", " SATISFIED ", "satis\u200bfied", "Ｓatisfied"])
def test_a_label_of_a_scale_matches_in_any_case(cell: str) -> None:
    (row,) = read_rows(DAY + 'values = { "Satisfied" = 4 }\nquestions.v_csat = "s"', ["s"], [cell])
    assert list_answers(row) == {"v_csat": [4]}


def test_a_columns_label_wins_over_the_mappings_and_over_cells_without_a_value() -> None:
    mapping = DAY + (
        'values = { good = 5, none = 1 }\nnot_applicable = ["-", "0"]\n'
        'questions.v_csat = { column = "s", values = { good = 4, "0" = 2 } }'
    )
    rows = read_rows(mapping, ["s"], ["Good"], ["0"], ["-"], ["None"], ["n/a"], [""])
    assert [list_answers(row).get("v_csat") for row in rows] == [[4], [2], None, [1], None, None]
    assert [row.left_out for row in rows if isinstance(row, AnswerRow)] == [0, 0, 1, 0, 1, 1]


def test_a_columns_own_list_of_cells_without_a_value_replaces_the_mappings() -> None:
    mapping = DAY + (
        'values = { "x" = 3 }\nnot_applicable = ["-"]\nquestions.v_csat = { column = "s", not_applicable = ["x"] }'
    )
    none, bad = read_rows(mapping, ["s"], ["X"], ["-"])
    assert list_answers(none) == {}
    assert len(list_mistakes(bad)) == 1


def test_words_are_kept_where_numbers_would_have_no_value() -> None:
    mapping = DAY + 'not_applicable = ["0"]\n[questions]\nv_words = "w"\nv_why = "c"\nv_csat = "s"'
    (row,) = read_rows(mapping, ["w", "c", "s"], ["0", "none", "NULL"])
    assert list_answers(row) == {"v_words": ["0"], "v_why": ["c"]}


def test_several_choices_are_read_from_one_cell() -> None:
    mapping = DAY + 'questions.v_why = { column = "c", separator = ";", values = { "too rude" = "a" } }'
    cells = ["rude;b", "B ; niegrzecznie;a", "Dirty; or wet", ";", "too RUDE; none;", "b;?"]
    *rows, bad = read_rows(mapping, ["c"], *([cell] for cell in cells))
    found = [list_answers(row).get("v_why") for row in rows]
    assert found == [["a", "b"], ["a", "b"], ["b"], None, ["a", "c"]]
    assert list_mistakes(bad) == ['column "c": is not an option of the question; name it in values']


def test_several_choices_are_read_from_a_column_for_each() -> None:
    mapping = DAY + 'questions.v_why = { chosen = { a = "Rude at all", b = 2, None = "n" } }'
    header = ["Rude at all", "", "n"]
    rows = read_rows(
        mapping, header, ["1", "", "x"], ["Rude at all", "dirty; or wet", "0"], ["No", "", ""], ["1", "?", ""]
    )
    assert [list_answers(row).get("v_why") for row in rows[:3]] == [["a", "c"], ["a", "b"], None]
    assert list_mistakes(rows[3]) == [
        "column 2: is neither yes nor no; name the cells that choose the option in yes, the others in not_applicable"
    ]


@pytest.mark.parametrize(
    ("yes", "chosen"), [('["*"]', [["a"], ["a"], None, None]), ('["ticked"]', [["a"], "bad", None, None])]
)
def test_the_cells_that_choose_an_option_can_be_declared(yes: str, chosen: list[object]) -> None:
    mapping = DAY + f'questions.v_why = {{ chosen = {{ a = "x" }}, yes = {yes}, not_applicable = ["-"] }}'
    rows = read_rows(mapping, ["x"], ["Ticked"], ["anything"], ["-"], ["0"])
    assert [list_answers(row).get("v_why") if isinstance(row, AnswerRow) else "bad" for row in rows] == chosen


def test_the_first_filled_of_several_columns_counts_and_two_that_differ_are_a_mistake() -> None:
    mapping = DAY + 'questions.v_csat = { columns = ["x", { column = "y", nth = 2 }], values = { four = 4 } }'
    rows = read_rows(mapping, ["x", "y", "y"], ["", "1", "5"], ["four", "1", "4"], ["NULL", "", ""], ["4", "", "5"])
    assert [list_answers(row).get("v_csat") for row in rows[:3]] == [[5], [4], None]
    assert list_mistakes(rows[3]) == [
        'column "x", column "y" (number 2 of this name): hold different values; only one of these columns may be filled'
    ]


@pytest.mark.parametrize(
    ("cell", "question"), [("v_csat", "v_csat"), ("HOW was it?", "v_csat"), ("jak było?", "v_csat"), ("Q1", "v_why")]
)
def test_a_question_is_found_by_its_key_its_text_and_labels(cell: str, question: str) -> None:
    mapping = DAY + 'shape = "long"\nquestion = { column = "q", values = { q1 = "Why?" } }\nvalue = "v"'
    (row,) = read_rows(mapping, ["q", "v"], [cell, "1" if question == "v_csat" else "b"])
    assert list(list_answers(row)) == [question]


@pytest.mark.parametrize("cell", ["t", "T", "till", "KASA", "Checkout"])
def test_a_touchpoint_is_found_by_any_key_and_title(cell: str) -> None:
    mapping = DAY + 'shape = "long"\ntouchpoint = "p"\nvalue = { column = "v", range = [0, 100] }'
    (row,) = read_rows(mapping, ["p", "v"], [cell, "80 %"])
    assert list_answers(row) == {"v_csat": [4]}


def test_a_title_of_two_touchpoints_is_refused_and_nothing_is_guessed() -> None:
    mapping = DAY + 'shape = "long"\ntouchpoint = "p"\nvalue = "v"'
    bad, unknown, empty = read_rows(mapping, ["p", "v"], ["Desk", "4"], ["nowhere", "4"], ["", "4"])
    assert list_mistakes(bad) == [
        'column "p": is the title of several touchpoints; name the right one in values by its key'
    ]
    assert list_mistakes(unknown) == ['column "p": is not a touchpoint of the journey']
    assert list_mistakes(empty) == ['column "p": is empty']


def test_a_refused_cell_says_what_to_declare_and_is_never_repeated() -> None:
    mapping = DAY + 'customer = "who"\n[questions]\nv_csat = "s"\nw_nps = { column = "n", range = [1, 5] }'
    (bad,) = read_rows(mapping, ["who", "s", "n"], ["", "secret", "7"])
    assert list_mistakes(bad) == [
        'column "who": is empty',
        f'column "s": is not a whole number from 1 to 5; {HINT}',
        'column "n": is outside of the range (1 to 5)',
    ]


def test_attributes_and_channels_have_cells_without_a_value_and_labels() -> None:
    mapping = DAY + (
        'not_applicable = ["-"]\nchannel = { column = "h", values = { "In the shop" = "Store" } }\n'
        'attributes.city = "c"\nquestions.v_csat = "s"'
    )
    rows = read_rows(mapping, ["h", "c", "s"], ["in the SHOP", "-", "4"], ["-", "Łódź", "4"], ["APP", "", "4"])
    found = [(row.channel, dict(row.attributes)) for row in rows if isinstance(row, AnswerRow)]
    assert found == [("store", {}), (None, {"city": "Łódź"}), ("app", {})]


def test_rows_below_three_header_rows_are_the_answers(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        'Q1,Q2\nHow was it?,Anything else?\n"{""ImportId"":""QID1""}","{""ImportId"":""QID2_TEXT""}"\n'
        "5,Lovely\n4,Slow till\n"
    )
    mapping = read_mapping(DAY + 'header_rows = 3\nquestions.v_words = "Q2"', "m.toml", CASE)
    file = open_table_file(tmp_path / "t.csv", mapping.layout, [reference for _, reference in mapping.references])
    reader = AnswerRowReader(mapping, CASE, file.header, NOW)
    rows = [reader.read(row) for row in file.rows() if isinstance(row, TableRow)]
    assert [(row.line, list_answers(row)) for row in rows] == [
        (4, {"v_words": ["Lovely"]}),
        (5, {"v_words": ["Slow till"]}),
    ]
