"""Write rows as CSV that spreadsheets open as it is: UTF-8 with its mark, comma, lines that end as Windows ends them.

No text in it begins with a sign that a spreadsheet would take for a formula (`cjm.tables.cells.safe_cell`).
"""

import csv
import io
import json
from collections.abc import Sequence
from datetime import date, datetime

from cjm.tables.cells.safe_cell import guard_cell
from cjm.tables.own.columns import EXACT, ExportColumn
from cjm.tables.own.exact_values import ExactValues

_MARK = "\ufeff"  # without it Excel does not read the file as UTF-8


class CsvWriter:
    """Writer of one file: `begin`, then `write` for each page of rows, then `end`."""

    def __init__(self, columns: Sequence[ExportColumn]) -> None:
        self._columns, self._exact = columns, ExactValues(columns)

    def begin(self) -> bytes:
        """Return the header."""
        names = [column.name for column in self._columns] + ([EXACT.name] if self._exact else [])
        return (_MARK + _csv_text([names])).encode()

    def write(self, rows: Sequence[Sequence[object]]) -> bytes:
        """Return the lines of some rows."""
        lines = [[_csv_cell(value) for value in row] for row in rows]
        if self._exact:
            for line, row in zip(lines, rows, strict=True):
                line.append(self._exact.write(row))
        return _csv_text(lines).encode()

    def end(self) -> bytes:
        """Return nothing: a CSV file has no end of its own."""
        return b""


def _csv_text(lines: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue()


def _csv_cell(value: object) -> object:
    """Return a value as a spreadsheet reads it: times by the journey's clock, and texts never as formulas."""
    if value is None:  # most cells
        return None
    if isinstance(value, str):
        return guard_cell(value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")[:19]
    if isinstance(value, date):
        return value.isoformat()
    return guard_cell(json.dumps(value, ensure_ascii=False)) if isinstance(value, dict | list) else value
