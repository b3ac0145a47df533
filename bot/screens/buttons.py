"""Buttons that screens of every audience share: a button in a row of its own, a ticked label, pages of a list."""

from collections.abc import Iterator, Sequence

from bot.messages.callbacks import Action, Verb
from bot.messages.message import Button, ButtonRow


def button_row(label: str, verb: Verb, *args: int | str) -> ButtonRow:
    """Return one button as a whole row."""
    return (Button(label, Action.of(verb, *args)),)


def mark_chosen(label: str, is_chosen: bool) -> str:
    """Put a tick before the label of what is in force."""
    return f"✓ {label}" if is_chosen else label


def split_into_rows(buttons: Sequence[Button], per_row: int) -> Iterator[ButtonRow]:
    """Yield the buttons in their order, ``per_row`` of them side by side; the last row may be shorter."""
    for start in range(0, len(buttons), per_row):
        yield tuple(buttons[start : start + per_row])


def page_buttons(
    verb: Verb, *args: int | str, labels: tuple[str, str], skip: int, page_size: int, has_more: bool
) -> list[ButtonRow]:
    """Return the row that turns the pages of a list, or no row when everything fits one page.

    ``labels`` name the page before and the page after; ``skip`` is how many entries stand before this page of
    ``page_size`` entries. It is the last argument of the buttons, after ``args``.
    """
    back, forth = labels
    buttons = []
    if skip:
        buttons.append(Button(back, Action.of(verb, *args, max(0, skip - page_size))))
    if has_more:
        buttons.append(Button(forth, Action.of(verb, *args, skip + page_size)))
    return [tuple(buttons)] if buttons else []
