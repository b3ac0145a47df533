"""Guess the format of a column of dates or times.

A date such as 03/04/2026 can be read in two ways. The rest of the column mostly tells: a 13th month does not exist, a
date ahead of now is none of an answer, and rows that stand in the order of one reading are not in that of the other.
Where nothing tells, the day is taken to stand first, and the guess is unsure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

from cjm.tables.cell import CellError
from cjm.tables.guessing.table_sample import SampleColumn
from cjm.tables.times.cell_time import CellTime, TimeForm
from cjm.tables.times.plain_times import IsoForm
from cjm.tables.times.time_format import make_form
from cjm.tables.times.time_hints import list_common_formats
from cjm.tables.times.time_pattern import TimePattern
from cjm.wall_clock import YEARS

_MORE_FORMATS = (
    "%a %b %d %Y", "%d/%m/%y", "%m/%d/%y", "%m/%d/%y %H:%M", "%d/%m/%y %H:%M", "%d.%m.%Y %H:%M:%S %Z",
    "%d/%m/%Y %H:%M:%S %Z", "%m/%d/%Y %H:%M:%S %Z", "%Y-%m-%d %I:%M:%S %p", "%b %d, %Y %I:%M:%S %p",
    "%d %b %Y, %H:%M", "%A, %d %B %Y",
)  # fmt: skip
_NUMBERS = frozenset({"unix", "unix_ms", "excel", "excel1904"})
_CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?( ?[AaPp]\.?[Mm]\.?)?")
_DIGIT = re.compile(r"\d")
_FEW = 20  # cells that are looked at before the formats are tried
_LEAST_IN_ORDER = 5  # rows: of fewer, chance orders too many
_SHORTEST = 6  # characters: 1/2/26
_MOST_MISFITS = 0.02  # share of cells that may be mistakes
_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TimeGuess:
    """Format of a column of times; None is ISO 8601.

    ``other`` is another format that fits as well, "" if there is none. ``has_zone`` says that cells name their zone,
    ``is_day`` that they have no time of day.
    """

    format: str | None
    other: str = ""
    has_zone: bool = False
    is_day: bool = False


def guess_times(
    column: SampleColumn, now: datetime, preferred: Sequence[str] = (), *, takes_numbers: bool = False
) -> TimeGuess | None:
    """Return how a column writes times, or None if it holds no times.

    ``preferred`` formats win over others that fit as well. ``takes_numbers`` lets numbers be times, such as seconds
    since 1970.
    """
    cells = column.values
    if not cells or not all(_DIGIT.search(cell) for cell in cells[:_FEW]):
        return None
    if not takes_numbers and any(len(cell) < _SHORTEST for cell in cells[:_FEW]):
        return None
    fitting = {name: times for name in _list_names(preferred) if (times := _read_all(name, cells, now))}
    if not takes_numbers:
        fitting = {name: times for name, times in fitting.items() if name not in _NUMBERS}
    if not fitting:
        return None
    best, other = _choose(fitting, preferred)
    times = fitting[best]
    return TimeGuess(
        best or None,
        other,
        has_zone=all(time.zone for time in times),
        is_day=all(time.is_day for time in times),
    )


def holds_clock(column: SampleColumn) -> bool:
    """Return whether a column holds times of day without a date, as beside a column of dates."""
    return bool(column.values) and all(_CLOCK.fullmatch(cell) for cell in column.values)


@cache
def _form_of(name: str) -> TimeForm:
    return make_form(name) if name else IsoForm()


def _list_names(preferred: Sequence[str]) -> list[str]:
    """Return the formats that are tried; "" is ISO 8601."""
    return list(dict.fromkeys(["", *preferred, *list_common_formats(), *_MORE_FORMATS]))


def _read_all(name: str, cells: Sequence[str], now: datetime) -> list[CellTime]:
    """Return the times of the cells; nothing where too many of them are not of this format."""
    form, most = _form_of(name), int(_MOST_MISFITS * len(cells))
    latest = now.replace(tzinfo=None) + _AHEAD
    found, misfits = list[CellTime](), 0
    for cell in cells:
        try:
            # A form that does not match says why, which costs more than the look.
            if isinstance(form, TimePattern) and not form.matches(cell):
                raise CellError
            time = form.parse(cell)
            misfits += time.wall.year not in YEARS or time.wall > latest
            found.append(time)
        except CellError:
            misfits += 1
        if misfits > most:
            return []
    return found


def _choose(fitting: dict[str, list[CellTime]], preferred: Sequence[str]) -> tuple[str, str]:
    """Return the best format, and another that reads other times and is as likely; "" if there is none."""
    names = list(fitting)
    first = next((name for name in preferred if name in fitting), names[0])
    rivals = [name for name in names if fitting[name] != fitting[first]]
    if first in preferred or not rivals:
        return first, ""
    ordered = [name for name in names if _is_in_order(fitting[name])]
    if ordered and len({_reading(fitting[name]) for name in ordered}) == 1:
        return ordered[0], ""
    return first, rivals[0]


def _reading(times: Sequence[CellTime]) -> tuple[datetime, ...]:
    return tuple(time.wall for time in times)


def _is_in_order(times: Sequence[CellTime]) -> bool:
    """Return whether times follow each other, forwards or backwards, and are not all the same."""
    walls = _reading(times)
    up = all(one <= other for one, other in pairwise(walls))
    down = all(one >= other for one, other in pairwise(walls))
    return len(walls) >= _LEAST_IN_ORDER and up != down
