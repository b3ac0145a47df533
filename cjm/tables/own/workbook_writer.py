"""Write rows as an Excel workbook while they come, without holding or storing it.

openpyxl and XlsxWriter keep the rows in files of their own until the end, outside of the place that was asked for: a
full disk would name a file that no one asked for, and a crash would leave customers' words in it. A workbook is a few
parts of plain XML in an archive, so this writes the archive as a stream.

Invariants:

* Memory does not grow with the rows.
* A sheet that is full goes on in the next one, under the same header. It is full before it takes two gigabytes: larger
  parts of a streamed archive need a form that Excel does not open.
"""

import io
import json
import zipfile
from collections.abc import Sequence
from typing import IO

from cjm.tables.own.columns import EXACT, ColumnType, ExportColumn
from cjm.tables.own.exact_values import ExactValues
from cjm.tables.own.sheet_xml import MOST_ROWS, SHEET_END, SHEET_START, name_columns, workbook_parts, write_row

_MOST_BYTES = 1_500_000_000  # of a sheet's XML; some thousand rows may come on top
_ROWS_AT_ONCE = 500
_LEVEL = 1  # of the compression: a sheet of one kind of rows shrinks to a twelfth; the usual 6 takes thrice the time


class _Stream(io.RawIOBase):
    """Stream that an archive is written to; `take` returns the bytes that came since the last time."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # any buffer; the archive writes bytes
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


class WorkbookWriter:
    """Writer of one workbook: `begin`, then `write` for each page of rows, then `end`. ``title`` names its sheets."""

    def __init__(self, columns: Sequence[ExportColumn], title: str, most_rows: int = MOST_ROWS) -> None:
        self._exact = ExactValues(columns)
        self._names = [column.name for column in columns] + ([EXACT.name] if self._exact else [])
        self._jsons = [place for place, column in enumerate(columns) if column.type is ColumnType.JSON]
        self._letters = name_columns(len(self._names))
        self._title, self._most_rows = title, most_rows
        self._stream = _Stream()
        self._archive = zipfile.ZipFile(self._stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self._sheet: IO[bytes] | None = None
        self._sheets = self._rows = self._bytes = 0

    def begin(self) -> bytes:
        """Return the beginning, with the header of the first sheet."""
        self._start_sheet()
        return self._stream.take()

    def write(self, rows: Sequence[Sequence[object]]) -> bytes:
        """Return what some rows add."""
        start = 0
        while start < len(rows):
            if self._rows >= self._most_rows or self._bytes >= _MOST_BYTES:
                self._end_sheet()
                self._start_sheet()
            some = rows[start : start + min(_ROWS_AT_ONCE, self._most_rows - self._rows)]
            self._write_rows([self._cells(row) for row in some])
            start += len(some)
        return self._stream.take()

    def end(self) -> bytes:
        """Return the end, without which nothing reads the file."""
        self._end_sheet()
        titles = [self._title if n == 1 else f"{self._title} {n}" for n in range(1, self._sheets + 1)]
        for name, text in workbook_parts(titles).items():
            self._archive.writestr(name, text)
        self._archive.close()
        return self._stream.take()

    def _cells(self, row: Sequence[object]) -> list[object]:
        cells = list(row)
        for place in self._jsons:
            if cells[place] is not None:
                cells[place] = json.dumps(cells[place], ensure_ascii=False)
        if self._exact:
            cells.append(self._exact.write(row))
        return cells

    def _start_sheet(self) -> None:
        self._sheets += 1
        self._rows = self._bytes = 0
        self._sheet = self._archive.open(f"xl/worksheets/sheet{self._sheets}.xml", "w")
        self._write(SHEET_START)
        self._write_rows([self._names])

    def _write_rows(self, rows: Sequence[Sequence[object]]) -> None:
        self._write("".join(write_row(n, self._letters, cells) for n, cells in enumerate(rows, self._rows + 1)))
        self._rows += len(rows)

    def _write(self, text: str) -> None:
        assert self._sheet is not None  # `begin` comes first
        self._bytes += self._sheet.write(text.encode())

    def _end_sheet(self) -> None:
        self._write(SHEET_END)
        assert self._sheet is not None
        self._sheet.close()
