"""Long screens are cut into pages: nothing that fits a page is lost, and no page is too long for a messenger."""

from hypothesis import given
from hypothesis import strategies as st

from bot.messages.message import plain, utf16_length
from bot.screens.manager.map_screens import PAGE_UNITS, split_into_pages

SEPARATOR = len("\n\n")


@given(st.lists(st.integers(1, 2 * PAGE_UNITS), max_size=12))
def test_pages_hold_all_parts_in_their_order_within_their_limit(lengths: list[int]) -> None:
    parts = [chr(ord("a") + n) * length for n, length in enumerate(lengths)]
    pages = split_into_pages([plain(part) for part in parts])
    assert all(utf16_length(str(page)) <= PAGE_UNITS + SEPARATOR for page in pages)
    assert "".join(str(page).replace("\n\n", "") for page in pages) == "".join(part[:PAGE_UNITS] for part in parts)


def test_there_is_a_page_also_when_there_is_nothing_to_show() -> None:
    assert [str(page) for page in split_into_pages([])] == [""]
