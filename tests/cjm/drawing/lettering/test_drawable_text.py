"""Typed text on its way to a picture: nothing of it can become a box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts import LANGUAGES
from bot.texts.catalogue import catalogue_entries
from cjm.drawing.lettering.drawable_text import find_undrawable_letters, has_letters, is_drawable, keep_drawable_text
from cjm.drawing.lettering.shaping import shape_line
from cjm.drawing.primitives import Weight


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("two\nlines\tand\r\na tab", "two lines and a tab"),
        ("nul\x00 and bell\x07", "nul and bell"),
        ("right\u202eleft\u2066\u200f", "rightleft"),
        ("и\u0306", "й"),
        ("№ 5 © ™ 20 °C", "№ 5 © ™ 20 °C"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("\ud800", ""),
        ("   ", ""),
        ("great 😀👩‍👩‍👧 👍🏽 thanks ♥ 🇵🇱 1️⃣", "great 😀👩‍👩‍👧 👍🏽 thanks ♥ 🇵🇱 1️⃣"),
        ("a sign of tomorrow: \U0001faff\U0001f8ff", "a sign of tomorrow:"),
        ("お店 · متجر · חנות · ร้านค้า · दुकान", "お店 · متجر · חנות · ร้านค้า · दुकान"),
        ("shop ᏣᎳᎩ and ᏣᎳ", "shop … and …"),
        ("Z\u0301\u0302\u0303algo", "Źalgo"),
        ("ก" + "่" * 20, "ก" + "่" * 4),
    ],
)
def test_only_what_can_be_set_is_kept(typed: str, set_: str) -> None:
    assert keep_drawable_text(typed) == set_


@given(st.text(max_size=80))
def test_clean_text_stays_clean_and_has_no_letter_without_a_font(typed: str) -> None:
    once = keep_drawable_text(typed)
    assert keep_drawable_text(once) == once
    assert is_drawable(once)
    assert all(glyph.number for glyph in shape_line(once, Weight.BOLD).glyphs)


def test_letters_that_no_font_has_are_named_once() -> None:
    assert find_undrawable_letters("Łódź, ёлка, 配送, خدمة, हिन्दी, 😀") == ""
    assert find_undrawable_letters("ᏣᎳᎩ ᏣᎳ 5") == "ᏣᎳᎩ"


@pytest.mark.parametrize(("text", "has"), [("Łódź", True), ("很好", True), ("7/10!", False), ("😀👍", False)])
def test_words_have_letters(text: str, *, has: bool) -> None:
    assert has_letters(text) is has


@pytest.mark.parametrize("language", LANGUAGES)
def test_fonts_have_every_letter_of_our_own_texts(language: str) -> None:
    texts = [
        text
        for entry in catalogue_entries(language).values()
        for text in (entry if isinstance(entry, tuple) else [entry])
    ]
    assert find_undrawable_letters("".join(texts)) == ""
    assert keep_drawable_text("▒▒▒") == "▒▒▒"  # stands for what is blurred in a quote
