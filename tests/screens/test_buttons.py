"""Buttons that screens share: rows of a given length, and pages of a list that lead to each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.callbacks import OwnCaseVerb
from bot.messages.message import Button
from bot.screens.buttons import button_row, mark_chosen, page_buttons, split_into_rows

LABELS = ("newer", "older")


@given(st.integers(0, 40), st.integers(1, 8))
def test_rows_keep_every_button_in_its_order_and_only_the_last_is_shorter(count: int, per_row: int) -> None:
    buttons = [Button(str(n), url="https://example.com") for n in range(count)]
    rows = list(split_into_rows(buttons, per_row))
    assert [button for row in rows for button in row] == buttons
    assert all(len(row) == per_row for row in rows[:-1])


@pytest.mark.parametrize(
    ("skip", "has_more", "labels"),
    [(0, False, []), (0, True, ["older"]), (6, False, ["newer"]), (6, True, ["newer", "older"])],
)
def test_only_pages_that_exist_have_a_button(skip: int, has_more: bool, labels: list[str]) -> None:
    rows = page_buttons(OwnCaseVerb.LIST, labels=LABELS, skip=skip, page_size=6, has_more=has_more)
    assert [button.label for row in rows for button in row] == labels


@given(st.integers(0, 100))
def test_turning_back_after_turning_on_leads_to_the_same_page(skip: int) -> None:
    (row,) = page_buttons(OwnCaseVerb.LIST, labels=LABELS, skip=skip, page_size=6, has_more=True)
    older = row[-1].action
    assert older is not None
    (row,) = page_buttons(OwnCaseVerb.LIST, labels=LABELS, skip=older.number(), page_size=6, has_more=True)
    newer = row[0].action
    assert newer is not None
    assert newer.number() == skip


def test_a_row_holds_one_button_with_its_arguments() -> None:
    ((button,),) = [button_row("Case 7", OwnCaseVerb.SHOW, 7, 12)]
    assert button.action is not None
    assert (button.action.verb, button.action.args) == (OwnCaseVerb.SHOW, ("7", "12"))


def test_only_what_is_in_force_is_ticked() -> None:
    assert (mark_chosen("Polski", is_chosen=True), mark_chosen("English", is_chosen=False)) == ("✓ Polski", "English")
