"""Guess the format of a cell that is not of its column's format, for the message about it."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from cjm.tables.cell import CellError
from cjm.tables.times.cell_time import TimeForm
from cjm.tables.times.plain_times import IsoForm
from cjm.tables.times.time_format import make_form
from cjm.tables.times.time_pattern import TimePattern
from cjm.wall_clock import YEARS

_DAYS = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%y", "%d %B %Y", "%B %d, %Y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_MOST = 3
_DIGIT = re.compile("[0-9]")


def suggest_format(text: str, form: TimeForm) -> str:
    """Return "; perhaps …" with the formats that a cell is of, or "".

    ``form`` is what it was read by: of a column without a format the hint says where one is written.
    """
    if _fits(IsoForm(), text):
        return "; it is ISO 8601, which is read without a format"
    found = [name for name, form in _list_similar_forms(_DIGIT.sub("0", text)) if _fits(form, text)][:_MOST]
    if not found:
        return ""
    hint = f"; perhaps its format is {' or '.join(found)}"
    has_format = not isinstance(form, IsoForm)
    return hint if has_format else f'{hint}: write {{ column = "…", format = "{found[0]}" }} in the column\'s place'


@lru_cache(1000)
def _list_similar_forms(shape: str) -> list[tuple[str, TimeForm]]:
    """Return the forms that cells of a shape may be of; a shape is a cell whose digits are all zero.

    A column with a wrong format has a mistake in each cell, and trying all forms on each would take minutes.
    """
    return [(name, form) for name, form in _forms() if not isinstance(form, TimePattern) or form.matches(shape)]


@cache
def _forms() -> tuple[tuple[str, TimeForm], ...]:
    return tuple((name, make_form(name)) for name in list_common_formats())


def list_common_formats() -> Iterator[str]:
    """Yield the formats that tables mostly have; where a cell is of several, the likelier ones come first."""
    yield from (day + clock for day in _DAYS for clock in _CLOCKS)
    yield from ("%d.%m.%Y, %H:%M", "%m/%d/%Y, %I:%M:%S %p", "%Y/%m/%d %I:%M:%S %p %Z", "unix", "unix_ms", "excel")


def _fits(form: TimeForm, text: str) -> bool:
    try:
        return form.parse(text).wall.year in YEARS
    except CellError:
        return False
