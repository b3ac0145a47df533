"""Text that people read: its languages, cleaning and cutting."""

from hypothesis import given
from hypothesis import strategies as st

from cjm.text import LocalizedText, clean_text, cut_text, text_problem, visible_line


def test_a_text_falls_back_to_what_there_is() -> None:
    assert LocalizedText({"": "x"}).in_language("ru") == "x"
    assert LocalizedText({"en": "a", "pl": "b"}).in_language("ru") == "a"
    assert LocalizedText({"pl": "b"}).in_language("ru") == "b"


def test_equal_texts_have_equal_hashes() -> None:
    assert len({LocalizedText({"en": "a"}), LocalizedText({"en": "a"}), LocalizedText({"": "a"})}) == 2


@given(st.text())
def test_text_that_can_be_shown_stays_so_after_cleaning(text: str) -> None:
    if text_problem(text) is None:
        assert text_problem(clean_text(text)) is None
        assert clean_text(clean_text(text)) == clean_text(text)
        assert clean_text(clean_text(text, lines=True), lines=True) == clean_text(text, lines=True)


@given(st.text())
def test_a_visible_line_is_printable_and_short(text: str) -> None:
    assert visible_line(text, 20).isprintable()
    assert len(visible_line(text, 20)) <= 20


def test_a_cut_leaves_no_half_character() -> None:
    assert cut_text("😀" * 10, 7) == "😀😀😀…"
    assert cut_text("short", 7) == "short"
