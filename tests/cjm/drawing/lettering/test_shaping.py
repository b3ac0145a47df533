"""Glyphs of a line: joined, ordered and marked as the scripts want it."""

import unicodedata

import pytest

from cjm.drawing.lettering.clusters import split_clusters
from cjm.drawing.lettering.directions import find_levels, is_right_to_left, order_runs
from cjm.drawing.lettering.shaping import measure_line, outline_glyph, shape_line
from cjm.drawing.lettering.typefaces import (
    CHINESE,
    EMOJI,
    JAPANESE,
    KOREAN,
    ROBOTO,
    choose_east_asian,
    find_typeface,
    is_plain,
)
from cjm.drawing.primitives import Weight


@pytest.mark.parametrize(
    "text",
    [
        "กำ",
        "เก้",
        "क्षि",
        "👩‍👩‍👧",
        "👍🏽",
        "🇵🇱",
        "❤️",
        "1️⃣",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
def test_what_is_read_as_one_letter_is_one_cluster_and_has_one_typeface(text: str) -> None:
    assert split_clusters(text) == [text]
    assert find_typeface(text) is not None


def test_two_flags_are_two_clusters() -> None:
    assert split_clusters("🇵🇱🇺🇦") == ["🇵🇱", "🇺🇦"]


def test_family_and_joined_consonants_are_one_glyph() -> None:
    assert len(shape_line("👩‍👩‍👧", Weight.REGULAR).glyphs) == 1
    assert shape_line("क्ष", Weight.REGULAR).width < shape_line("कष", Weight.REGULAR).width


def test_arabic_letters_are_joined_and_run_from_right_to_left() -> None:
    joined = shape_line("متجر", Weight.REGULAR)
    alone = [shape_line(letter, Weight.REGULAR).glyphs[0].number for letter in "متجر"]
    assert [glyph.number for glyph in joined.glyphs][::-1] != alone
    hebrew = shape_line("אב", Weight.REGULAR).glyphs
    assert [glyph.number for glyph in hebrew] == [
        shape_line(letter, Weight.REGULAR).glyphs[0].number for letter in ("ב", "א")
    ]


@pytest.mark.parametrize(
    ("text", "visual"),
    [("abc אבג 12 דה", "abc הד 12 גבא"), ("אבג iPhone 15 דה", "הד iPhone 15 גבא"), ("plain", "plain")],
)
def test_line_of_two_directions_is_ordered_as_unicode_says(text: str, visual: str) -> None:
    levels = find_levels(text)
    assert len(levels) == len(text)
    assert "".join(text[i] for i in order_runs(levels)) == visual


def test_joiners_do_not_move_the_levels_of_other_letters() -> None:
    assert len(find_levels("می\u200cخواهم abc")) == len("می\u200cخواهم abc")
    assert is_right_to_left("“خدمة”")
    assert not is_right_to_left("Shop חנות")


def test_chinese_characters_look_japanese_beside_kana_and_korean_beside_hangul() -> None:
    assert [choose_east_asian(text) for text in ("配送", "配送を待つ", "배송 配送")] == [CHINESE, JAPANESE, KOREAN]


def test_sign_with_the_selector_for_emoji_is_an_emoji() -> None:
    assert find_typeface("❤\ufe0f") is EMOJI
    assert find_typeface("a") is ROBOTO
    assert find_typeface("\u2009") is ROBOTO


@pytest.mark.parametrize("weight", Weight)
def test_typeface_has_what_our_languages_and_figures_need(weight: Weight) -> None:
    for letter in "ЖщЪёЁіәғқңөұүһąćęłńóśźżĄĆĘŁŃÓŚŹŻ“”«»„…–—−±×·≥№%+":
        assert find_typeface(letter) is ROBOTO, unicodedata.name(letter)
        assert ROBOTO.open(weight).get_nominal_glyph(ord(letter)), letter


def test_bold_is_heavier_in_every_script() -> None:
    def width(text: str, weight: Weight) -> float:
        return shape_line(text, weight).width

    for text in ("store", "متجر", "חנות", "ร้านค้า", "दुकान"):
        assert width(text, Weight.BOLD) > width(text, Weight.REGULAR), text


def test_text_that_is_taken_as_plain_would_not_be_set_otherwise_letter_by_letter() -> None:
    plain = [letter for letter in map(chr, range(0x3000)) if is_plain(letter)]
    text = "a".join(plain) + "".join(plain)
    assert len(plain) > 1_000
    assert split_clusters(text) == list(text)
    assert set(find_levels(text)) == {0}
    assert {find_typeface(letter) for letter in plain} == {ROBOTO}
    assert not any(map(is_plain, ("e\u0301", "👍", "1️⃣", "a\u200db", "שלום", "客", "a\nb", "\u202e")))


@pytest.mark.parametrize("text", ["", "Ёж — 95\u202f%", "aᏣb", "abc אבג 12 דה", "客户 👍🏽 متجر", "\ud800"])
def test_line_is_drawn_as_wide_as_it_is_measured(text: str) -> None:
    assert measure_line(text, Weight.BOLD) == shape_line(text, Weight.BOLD).width


def test_letter_that_no_font_has_takes_no_room_and_an_outline_is_closed() -> None:
    assert shape_line("Ꮳ", Weight.REGULAR).glyphs == ()
    assert shape_line("aᏣb", Weight.REGULAR).width == pytest.approx(shape_line("ab", Weight.REGULAR).width, abs=2)
    for letter in "o配":
        (glyph,) = shape_line(letter, Weight.MEDIUM).glyphs
        path = outline_glyph(glyph.typeface, glyph.number, Weight.MEDIUM)
        assert len(path.points) == len(path.verbs)
        assert path.verbs.endswith("Z")
