"""Names that people give themselves: nothing in them is invisible, turns text or covers other lines."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.given_names import MOST_MARKS, MOST_NAME, clean_given_name
from tests.depth import choose_depth

TOWER = "Z" + "\u0335\u0321\u0489" * 100 + "oe"


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("Anna Kowalska", "Anna Kowalska"),
        ("Жанна Ёлкина", "Жанна Ёлкина"),
        ("Łucja Żółć", "Łucja Żółć"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("สมชาย ใจดี", "สมชาย ใจดี"),
        ("Eve\u202etxt.exe", "Evetxt.exe"),
        ("\u2066Eve\u2069\u200f", "Eve"),
        ("A\u200bn\u00adn\ufeffa", "Anna"),
        ("Eve\nCase #1 is closed", "Eve Case #1 is closed"),
        ("Eve\u2028\u2029\x00\x07", "Eve"),
        ("\u3164\u2800\u200b", ""),
        ("\u0301\u0302", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_name_is_seen_as_it_is_meant(name: str | None, seen: str) -> None:
    assert clean_given_name(name) == seen


def test_needless_accents_are_dropped() -> None:
    marks = [c for c in clean_given_name(TOWER) if unicodedata.category(c)[0] == "M"]
    assert len(marks) <= MOST_MARKS


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_long_name_is_cut() -> None:
    assert utf16_length(clean_given_name("🙂" * 10_000)) <= MOST_NAME


@settings(max_examples=choose_depth(40, 5000), deadline=None)
@given(st.text())
def test_any_name_is_short_on_one_line_and_stays_as_it_is_when_cleaned_again(name: str) -> None:
    seen = clean_given_name(name)
    assert utf16_length(seen) <= MOST_NAME
    assert not any(unicodedata.category(c)[0] == "C" for c in seen)
    assert clean_given_name(seen) == seen
