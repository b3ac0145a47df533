"""Texts before they are placed: cleaned, broken, cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.drawing.theme import FontStyle
from cjm.drawing.typeset import fit_line, is_readable, keep_drawable_text, wrap_lines
from tests.cjm.drawing.maps import fixed_width

TEN = FontStyle(10)
EM = 5.6  # a letter of the invented font at 10 px


def room(letters: int) -> float:
    return letters * EM + 0.1


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("two\nlines\tand\r\na tab", "two lines and a tab"),
        ("nul\x00 and bell\x07", "nul and bell"),
        ("right\u202eleft\u2066\u200f", "rightleft"),
        ("great 😀👩‍👩‍👧 thanks ♥", "great thanks"),
        ("и\u0306", "й"),
        ("№ 5 © ™ 20 °C", "№ 5 © ™ 20 °C"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("\ud800", ""),
        ("   ", ""),
    ],
)
def test_only_what_can_be_set_is_kept(typed: str, set_: str) -> None:
    assert keep_drawable_text(typed) == set_


@given(st.text(max_size=80))
def test_clean_text_stays_clean(typed: str) -> None:
    assert keep_drawable_text(keep_drawable_text(typed)) == keep_drawable_text(typed)
    assert (
        keep_drawable_text(typed).isprintable()
        or "\u00a0" in keep_drawable_text(typed)
        or any(c.isspace() for c in keep_drawable_text(typed))
    )


def test_lines_break_at_spaces_and_the_last_one_is_cut() -> None:
    assert wrap_lines("one two three four", room(8), TEN, fixed_width) == ["one two", "three", "four"]
    assert wrap_lines("one two three four", room(8), TEN, fixed_width, max_lines=2) == ["one two", "three f…"]


def test_word_longer_than_a_line_is_broken_inside() -> None:
    assert wrap_lines("Bundesautobahn", room(6), TEN, fixed_width) == ["Bundes", "autoba", "hn"]


def test_number_and_its_unit_stay_together() -> None:
    assert wrap_lines("about 95\u202f% of", room(9), TEN, fixed_width) == ["about", "95\u202f% of"]


@given(st.text(st.sampled_from("ab cdé…,. \u00a0"), max_size=60), st.floats(1, 200), st.integers(1, 4))
def test_no_line_is_wider_than_its_room_unless_not_even_a_letter_fits(text: str, width: float, most: int) -> None:
    lines = wrap_lines(text, width, TEN, fixed_width, max_lines=most)
    assert len(lines) <= most
    assert all(fixed_width(line, 10, TEN.weight) <= max(width, EM) + 1e-6 for line in lines)


def test_text_that_fits_is_not_cut_and_one_without_any_room_is_left_out() -> None:
    assert fit_line("four", room(4), TEN, fixed_width) == "four"
    assert fit_line("fourteen", room(4), TEN, fixed_width) == "fou…"
    assert fit_line("fourteen", 1, TEN, fixed_width) == ""


@pytest.mark.parametrize(
    ("text", "can"), [("Łódź, ёлка", True), ("很好", False), ("OK 很好很好", False), ("7/10!", False)]
)
def test_readable_is_what_is_mostly_in_letters_of_the_typeface(text: str, can: bool) -> None:
    assert is_readable(text) is can
