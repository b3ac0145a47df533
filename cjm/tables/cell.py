"""Read the cells of a table. A CellError says what is wrong or needed, and never repeats what the cell holds."""

import re
import unicodedata
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from cjm.journeys.visit import EARLIEST, MOST_AHEAD
from cjm.wall_clock import wall_to_utc

MOST_TEXT = 4096
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,9})?", re.ASCII)  # a float has no more than 15 exact digits


class CellError(ValueError):
    """Cell that cannot be read; the message follows the name of the column, such as "is empty"."""


def read_identifier(text: str, length: int = 128) -> str:
    """Read a name that the business gives: 1 to ``length`` visible characters."""
    if not text:
        raise CellError("is empty")
    if len(text) > length:
        raise CellError(f"is too long; at most {length} characters are allowed")
    if not text.isprintable():
        raise CellError("contains invisible characters; remove them")
    return text


def read_number(text: str) -> float:
    """Read a number with a decimal point or comma; spaces between digits are ignored."""
    plain = text.replace("\u00a0", "").replace(" ", "")  # spreadsheets group digits by spaces, also unbreakable ones
    if not _NUMBER.fullmatch(plain):
        raise CellError("is not a number, such as 12.50")
    return float(plain.replace(",", "."))


def read_whole_number(text: str) -> int:
    """Read a whole number; "4.0" is one, because spreadsheets write so."""
    try:
        found = read_number(text)
    except CellError:
        raise CellError("is not a whole number") from None
    if found != int(found):
        raise CellError("is not a whole number")
    return int(found)


def read_words(text: str) -> str:
    """Read a customer's own words, without control characters other than line breaks and tabs."""
    if len(text) > MOST_TEXT:
        raise CellError(f"is too long; at most {MOST_TEXT} characters are allowed")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def read_time(
    text: str, date_format: str | None, own_zone: ZoneInfo | None, zone: ZoneInfo, now: datetime
) -> tuple[datetime, date]:
    """Read a date or a time; return it in UTC with its day in the journey's ``zone``.

    A day alone means noon of that day in ``zone``: it stays the same day in every zone that is near. A time without an
    offset is in the column's ``own_zone``, else in ``zone``.
    """
    wall = _parse_time(text, date_format)
    try:
        if _is_day_only(text, date_format):
            found, day = wall_to_utc(datetime.combine(wall, time(12)), zone), wall.date()
        else:
            found = wall.astimezone(UTC) if wall.tzinfo else wall_to_utc(wall, own_zone or zone)
            day = found.astimezone(zone).date()
    except (OverflowError, ValueError):
        raise CellError("is outside of the calendar") from None
    if found < EARLIEST:
        raise CellError(f"is before the year {EARLIEST.year}")
    if found > now + MOST_AHEAD:
        raise CellError("is more than a day ahead of now")
    return found, day


def _parse_time(text: str, date_format: str | None) -> datetime:
    try:
        return datetime.strptime(text, date_format) if date_format else datetime.fromisoformat(text)  # noqa: DTZ007 - a time without an offset gets its zone in read_time
    except ValueError:
        right = f"of the format {date_format}" if date_format else "such as 2026-10-01 or 2026-10-01T14:30+02:00"
        raise CellError(f"is not a date {right}") from None


def _is_day_only(text: str, date_format: str | None) -> bool:
    if date_format is not None:
        return not any(sign in date_format for sign in ("%H", "%I", "%c", "%X"))
    return re.fullmatch(r"\d{4}-?\d\d-?\d\d", text, re.ASCII) is not None
