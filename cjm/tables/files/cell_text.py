"""Write the typed cells of a workbook as text, as if the table had been saved as CSV with ISO 8601 dates.

* Dates and times are ISO 8601: "2026-03-04", "2026-03-04T14:30:00", "14:30:00". Whether a midnight is a time or only a
  day is said by the cell's number format.
* Numbers have the 15 digits that a spreadsheet shows at most, no exponent, and no ".0". Percents keep their sign: 0.85
  shown as 85% is "85%", because "0.85" on a scale from 0 to 100 would be read as nearly nothing. Behind exactly three
  decimals stands a zero: "1.2340" is never read as a thousand, as the text "1.234" may be.
* Truth values are TRUE and FALSE, errors such as #N/A keep their names.
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

_MAY_BE_GROUPED = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')  # parts of a number format that are shown as they stand
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")  # a character that XML cannot hold, as workbooks write it


def write_cell(value: Any, number_format: str) -> str:
    """Return the text of a cell's value; "" for an empty cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _unescape(value) if "_x" in value else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        is_percent = "%" in number_format and "%" in _QUOTED.sub("", number_format)
        return f"{_write_number(value * 100)}%" if is_percent else _write_number(value)
    return _write_moment(value, number_format)


def _unescape(text: str) -> str:
    """Return a text with its escaped characters; a line break typed in Windows is stored as ``_x000D_`` and "\n"."""
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.replace("\r\n", "\n").replace("\r", "\n") if "\r" in plain else plain


def _write_number(value: float) -> str:
    if isinstance(value, int) and abs(value) < 10**15:
        return str(value)
    text = f"{Decimal(f'{value:.15g}'):f}"
    if _MAY_BE_GROUPED.fullmatch(text):
        return f"{text}0"
    return "0" if text == "-0" else text


def _write_moment(value: date | time | timedelta, number_format: str) -> str:
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if not isinstance(value, datetime):
        return value.isoformat()
    has_time = "h" in _QUOTED.sub("", number_format).lower()
    return value.isoformat() if has_time or value.time() != time() else value.date().isoformat()
