"""Texts before they are placed: cleaned, broken, cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.drawing.theme import FontStyle
from cjm.drawing.typeset import balance_lines, fit_line, wrap_lines
from tests.cjm.drawing.maps import fixed_width

TEN = FontStyle(10)
EM = 5.6  # a letter of the invented font at 10 px


def room(letters: int) -> float:
    return letters * EM + 0.1


def test_lines_break_at_spaces_and_the_last_one_is_cut() -> None:
    assert wrap_lines("one two three four", room(8), TEN, fixed_width) == ["one two", "three", "four"]
    assert wrap_lines("one two three four", room(8), TEN, fixed_width, max_lines=2) == ["one two", "three…"]


@pytest.mark.parametrize(
    ("language", "text", "letters", "lines"),
    [
        ("en", "Consideration", 9, ["Consider-", "ation"]),
        ("ru", "Неудовлетворённость", 12, ["Неудовле-", "творённость"]),
        ("en", "Неудовлетворённость", 12, ["Неудовле-", "творённость"]),
        ("pl", "Pięćdziesięciogroszówka", 16, ["Pięćdziesięcio-", "groszówka"]),
        ("ru", "Неудовлетворённость-и-возврат", 24, ["Неудовлетворённость-и-", "возврат"]),
        ("en", "shop.example/returns", 14, ["shop.example/", "returns"]),
        ("en", "Xzzzxvkqzz tail", 6, ["Xzzzx…", "tail"]),
        ("en", "配送：ご注文から商品のお届けまで", 10, ["配送：ご注文から", "商品のお届けまで"]),
        ("en", "การจัดส่งสินค้าถึงบ้านตรงเวลา", 20, ["การจัดส่งสินค้าถึง", "บ้านตรงเวลา"]),
        ("en", "客户等待快递「很久」。", 9, ["客户等待快递「很", "久」。"]),
    ],
)
def test_word_longer_than_a_line_is_broken_where_its_readers_would(
    language: str, text: str, letters: int, lines: list[str]
) -> None:
    assert wrap_lines(text, room(letters), TEN, fixed_width, language=language) == lines


@pytest.mark.parametrize(
    ("text", "letters", "lines"),
    [
        ("Agree on the time and be at home", 28, ["Agree on the time", "and be at home"]),
        ("Pay by link", 28, ["Pay by link"]),
        ("Consideration of it", 9, ["Consider-", "ation of", "it"]),
        ("one two three four", 8, ["one two", "three", "four"]),
        ("one two three four five six", 8, ["one two", "three", "four…"]),
    ],
)
def test_lines_of_a_title_are_about_equally_wide_and_no_more_of_it_is_cut_or_broken(
    text: str, letters: int, lines: list[str]
) -> None:
    assert balance_lines(text, room(letters), TEN, fixed_width) == lines


def test_number_and_its_unit_stay_together() -> None:
    assert wrap_lines("about 95\u202f% of", room(9), TEN, fixed_width) == ["about", "95\u202f% of"]


@given(st.text(st.sampled_from("ab cdé…,. \u00a0"), max_size=60), st.floats(1, 200), st.integers(1, 4))
def test_no_line_is_wider_than_its_room_unless_not_even_a_letter_fits(text: str, width: float, most: int) -> None:
    lines = wrap_lines(text, width, TEN, fixed_width, max_lines=most)
    assert len(lines) <= most
    assert all(fixed_width(line, 10, TEN.weight) <= max(width, EM) + 1e-6 for line in lines)


@given(st.lists(st.text("ab", min_size=1, max_size=7), max_size=20).map(" ".join), st.floats(40, 200))
def test_each_line_holds_as_many_words_as_fit(text: str, width: float) -> None:
    """The search for a line's end begins at a guess, and ends where the first word is too much."""
    lines = wrap_lines(text, width, TEN, fixed_width, max_lines=90)
    for line, below in pairwise(lines):
        assert fixed_width(f"{line} {below.split()[0]}", 10, TEN.weight) > width


def test_text_that_fits_is_not_cut_and_one_without_any_room_is_left_out() -> None:
    assert fit_line("four", room(4), TEN, fixed_width) == "four"
    assert fit_line("fourteen", room(4), TEN, fixed_width) == "fou…"
    assert fit_line("fourteen", 1, TEN, fixed_width) == ""
    assert fit_line("Consideration", room(11), TEN, fixed_width) == "Considera…"  # a syllable, and no letter more
    assert fit_line("กำกำกำกำ", room(6), TEN, fixed_width) in ("กำกำ…", "กำ…")  # never without its vowel
