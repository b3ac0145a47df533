"""Guess the format of a cell that is not of its column's format, for the message about it."""

from collections.abc import Iterator
from functools import cache

from cjm.tables.cell import CellError
from cjm.tables.times.cell_time import TimeForm
from cjm.tables.times.plain_times import IsoForm
from cjm.tables.times.time_format import make_form
from cjm.wall_clock import YEARS

_DAYS = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%y", "%d %B %Y", "%B %d, %Y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_MOST = 3


def suggest_format(text: str) -> str:
    """Return "; perhaps …" with the formats that a cell is of, or ""."""
    if _fits(IsoForm(), text):
        return "; it is ISO 8601, which is read without a format"
    found = [name for name, form in _forms() if _fits(form, text)][:_MOST]
    return f"; perhaps its format is {' or '.join(found)}" if found else ""


@cache
def _forms() -> tuple[tuple[str, TimeForm], ...]:
    return tuple((name, make_form(name)) for name in _list_names())


def _list_names() -> Iterator[str]:
    yield from (day + clock for day in _DAYS for clock in _CLOCKS)
    yield from ("%d.%m.%Y, %H:%M", "%m/%d/%Y, %I:%M:%S %p", "%Y/%m/%d %I:%M:%S %p %Z", "unix", "unix_ms", "excel")


def _fits(form: TimeForm, text: str) -> bool:
    try:
        return form.parse(text).wall.year in YEARS
    except CellError:
        return False
