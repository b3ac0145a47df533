"""Cells of CSV files: no spreadsheet takes a customer's words for a formula, whatever separator it reads with."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.tables.cells.safe_cell import guard_cell, unguard_cell
from tests.depth import choose_depth

SIGNS = "=+-@＝＋－＠﹢﹣﹦﹫−"
BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters and marks that show nothing
FEW = settings(max_examples=choose_depth(40, 2000), deadline=None)
TEXTS = st.text(st.sampled_from("=+-@＝－ \u00a0\u200b\ufeff\t\r\n;|,\"'a1%"), max_size=24) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=24
)


def is_unseen(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp") or character in BLANK


def strip_unseen(cell: str) -> str:
    return next((cell[n:] for n, character in enumerate(cell) if not is_unseen(character) and character != '"'), "")


@FEW
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_no_cell_begins_with_a_formula_for_any_separator(texts: list[str]) -> None:
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerow(map(guard_cell, texts))
    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(file.getvalue(), newline=""), delimiter=separator):
            assert not [cell for cell in row if strip_unseen(cell).startswith(tuple(SIGNS))]


@FEW
@given(TEXTS)
def test_guards_come_off_again(text: str) -> None:
    assert unguard_cell(guard_cell(text)) == text


def test_a_sign_is_found_behind_every_invisible_character() -> None:
    unseen = [chr(n) for n in range(0xE1000) if not 0xD800 <= n < 0xE000 and is_unseen(chr(n))]
    assert [hex(ord(each)) for each in unseen if "'" not in guard_cell(f"{each}=1")] == []


@pytest.mark.parametrize(
    "text", ["good", "5 - 3 = 2", "a=b", "rock'n'roll", "well-known", "a, -b", "'quoted'", "", "10 %"]
)
def test_words_that_are_no_formula_stay(text: str) -> None:
    assert guard_cell(text) == unguard_cell(text) == text


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        (" \u00a0\u200b@SUM(1)", " \u00a0\u200b'@SUM(1)"),
        ("nice;=HYPERLINK(1)", "nice;'=HYPERLINK(1)"),
        ("nice\n-2+3", "nice\n'-2+3"),
        ('x|"+1', "x|\"'+1"),
        ("'=1", "''=1"),
    ],
)
def test_guards_stand_before_the_sign(text: str, guarded: str) -> None:
    assert guard_cell(text) == guarded


@pytest.mark.parametrize("piece", ["'", " ", ";", ";' ", "\r", "\r;", "\"'", " '", "=", ";="])
def test_the_time_grows_with_the_length_only(piece: str) -> None:
    # With a time that grows with the square, these 200,000 characters take minutes: the test's own limit ends it.
    text = piece * (200_000 // len(piece))
    assert unguard_cell(guard_cell(text)) == text
