"""Read dates and times that need no format: ISO 8601, seconds since 1970, and the day numbers of spreadsheets.

* A day number counts from 30 December 1899, or with "excel1904" from 1 January 1904; its fraction is the time of day,
  rounded to a millisecond, because day numbers have about 15 digits. Numbers up to 60, which count a 29 February 1900
  that never was, are a day off; no date before the year 2000 is imported anyway.
* A whole day number is a day alone.
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from cjm.tables.cell import CellError
from cjm.tables.times.cell_time import CellTime, FormatMismatchError, TimeForm
from cjm.tables.times.zone_text import ZONE

_ISO = re.compile(
    r"(\d{4}-?\d\d-?\d\d|\d{4}-?W\d\d-?\d)(?:(?:T|\s+)(\d\d(?::?\d\d(?::?\d\d(?:[.,]\d{1,9})?)?)?)\s*("
    + ZONE
    + r")?)?",
    re.IGNORECASE | re.ASCII,
)
_NUMBER = re.compile(r"(-?\d{1,16}(?:[.,]\d{1,16})?)", re.ASCII)
_LEAST_MILLISECONDS = 10**11  # as milliseconds it is a day of 1973, as seconds one of the year 5138


class IsoForm:
    """ISO 8601, such as 2026-10-01 or 2026-10-01T14:30+02:00; a name of a zone may follow the time."""

    def parse(self, text: str) -> CellTime:
        found = _ISO.fullmatch(text)
        if found is None:
            raise FormatMismatchError("is not a date such as 2026-10-01 or 2026-10-01T14:30+02:00")
        try:
            day = date.fromisoformat(found[1].upper())
            clock = time.fromisoformat(found[2]) if found[2] else None
        except ValueError:
            raise CellError("has a day or a time of day that does not exist") from None
        if clock is None:
            return CellTime(datetime.combine(day, time()), is_day=True)
        return CellTime(datetime.combine(day, clock), zone=found[3] or "")


class UnixForm:
    """Seconds since 1970, or with ``per_second`` 1000 milliseconds."""

    def __init__(self, per_second: int = 1) -> None:
        self._per_second = per_second

    def parse(self, text: str) -> CellTime:
        number = _NUMBER.fullmatch(text)
        is_seconds = self._per_second == 1
        if number is None:
            unit, example = ("seconds", "1790865000") if is_seconds else ("milliseconds", "1790865000000")
            raise FormatMismatchError(f"is not a number of {unit} since 1970, such as {example}")
        value = Decimal(number[1].replace(",", "."))
        if is_seconds != (abs(value) < _LEAST_MILLISECONDS) and value:
            other = 'milliseconds, format = "unix_ms"' if is_seconds else 'seconds, format = "unix"'
            raise CellError(f"is far from today; perhaps it counts {other}")
        return CellTime(_add(datetime(1970, 1, 1), value / self._per_second, digits=6), zone="Z")  # noqa: DTZ001 - a wall-clock time in UTC


class ExcelForm:
    """Day numbers of spreadsheets, such as 46296.5, which count from ``first``."""

    def __init__(self, first: date = date(1899, 12, 30)) -> None:
        self._first = datetime.combine(first, time())

    def parse(self, text: str) -> CellTime:
        number = _NUMBER.fullmatch(text)
        if number is None:
            raise FormatMismatchError("is not a day number of a spreadsheet, such as 46296.5")
        value = Decimal(number[1].replace(",", "."))
        return CellTime(_add(self._first, value * 86_400, digits=3), is_day=value == int(value))


class TypedForm:
    """Form of a workbook's column: cells that the workbook knows as dates come as ISO 8601, the others as text."""

    def __init__(self, form: TimeForm) -> None:
        self._typed, self._form = IsoForm(), form

    def parse(self, text: str) -> CellTime:
        # A text such as "20261001" is a day for ISO 8601 and may be a number for the column's own form; the dates of a
        # workbook always have their dashes.
        if text[4:5] == "-":
            try:
                return self._typed.parse(text)
            except FormatMismatchError:
                pass
        return self._form.parse(text)


def _add(start: datetime, seconds: Decimal, digits: int) -> datetime:
    """Return the time so many seconds after ``start``, rounded to ``digits`` of a second."""
    rounded = seconds.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    try:
        return start + timedelta(microseconds=int(rounded.scaleb(6)))
    except OverflowError:
        raise CellError("is outside of the calendar") from None
