"""Cell: what one field of a table says, or a CellError that says what would be right; never what stood there."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from cjm.journeys.visit import EARLIEST, MOST_AHEAD
from cjm.wall_clock import wall_to_utc

T = TypeVar("T")
MOST_TEXT = 4096
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,9})?", re.ASCII)


class CellError(ValueError):
    """What is wrong with a cell, in words that do not repeat it."""


def read_identifier(text: str, most: int = 128) -> str:
    """A name that the business gives: 1 to 128 characters that can be seen."""
    if not text:
        raise CellError("is empty")
    if len(text) > most:
        raise CellError(f"is too long; {most} characters is the most")
    if not text.isprintable():
        raise CellError("holds characters that cannot be seen; leave them out")
    return text


def read_number(text: str) -> float:
    """A number, with a point or a comma."""
    plain = text.replace("\u00a0", "").replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        raise CellError("is not a number, such as 12.50")
    return float(plain.replace(",", "."))


def read_whole_number(text: str) -> int:
    """A whole number; 4.0 is one."""
    try:
        found = read_number(text)
    except CellError:
        raise CellError("is not a whole number") from None
    if not math.isfinite(found) or found != int(found):
        raise CellError("is not a whole number")
    return int(found)


def read_words(text: str) -> str:
    """A customer's own words, without what cannot be shown."""
    if len(text) > MOST_TEXT:
        raise CellError(f"is too long; {MOST_TEXT} characters is the most")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def read_time(
    text: str, form: str | None, own_zone: ZoneInfo | None, zone: ZoneInfo, now: datetime
) -> tuple[datetime, date]:
    """The moment that is written, and its day in the journey's ``zone``.

    A day alone is that day, and noon; a time without an offset is meant in ``own_zone``, else in the journey's.
    """
    wall = _parse_time(text, form)
    try:
        if _is_day_only(text, form):
            found, day = wall_to_utc(datetime.combine(wall, time(12)), zone), wall.date()
        else:
            found = wall.astimezone(UTC) if wall.tzinfo else wall_to_utc(wall, own_zone or zone)
            day = found.astimezone(zone).date()
    except (OverflowError, ValueError):
        raise CellError("is a time that no calendar here reaches") from None
    if found < EARLIEST:
        raise CellError("is before the year 2000")
    if found > now + MOST_AHEAD:
        raise CellError("is more than a day ahead")
    return found, day


def _parse_time(text: str, form: str | None) -> datetime:
    try:
        return datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 - may be a wall time
    except ValueError:
        example = (
            f"is not a date of the format {form}"
            if form
            else "is not a date such as 2026-10-01 or 2026-10-01T14:30+02:00"
        )
        raise CellError(example) from None


def _is_day_only(text: str, form: str | None) -> bool:
    if form is not None:
        return not any(sign in form for sign in ("%H", "%I", "%c", "%X", "%s"))
    return re.fullmatch(r"\d{4}-?\d\d-?\d\d", text, re.ASCII) is not None


class RowReader:
    """One row being read, cell by cell; what is wrong with it is collected."""

    def __init__(self, places: Mapping[str, int], cells: Sequence[str]) -> None:
        self._places, self._cells = places, cells
        self.wrong: list[str] = []

    def take(self, column: str | None, read: Callable[[str], T]) -> T | None:
        """What the column's cell says; None where there is no such column, or its cell is wrong."""
        if column is None:
            return None
        try:
            return read(self._cells[self._places[column]].strip())
        except CellError as error:
            self.wrong.append(f'column "{column}" {error}')
            return None
