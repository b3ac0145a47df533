"""Read CSV files that other programs wrote, row by row, each row with its line.

Invariants:

* A mistake in one row is reported as that `BadRow`, and the rows after it are still read, except after a quotation
  mark that is never closed.
* A file that cannot be read as a whole (encoding, no header, too many columns, a line too long) raises TableFileError when
  it is opened; `CsvFile.rows` reads it again, and raises TableFileError if a line can no longer be read.
* The file is never held in memory as a whole.
"""

import codecs
import csv
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from cjm.tables.header import ColumnReference, Header
from cjm.tables.table_file import MOST_COLUMNS, BadRow, TableFileError, TableRow, refuse_row

DELIMITERS = (",", ";", "\t")
MOST_IN_A_LINE = 1024 * 1024  # bytes; a picture or an archive has no line ends and would be read as one line
_BOM = codecs.BOM_UTF8
_DELIMITER_LINE = re.compile(r"sep=(.)\s*")  # a first line that some programs write for Excel, to name the delimiter


class CsvFile:
    """CSV file with its ``header``; `rows` can be read as often as needed.

    Without a ``delimiter``, the one that a first line such as "sep=;" names is used, else the one of DELIMITERS that
    finds most of the ``expected_columns``. Opening reads the whole file, so that a file in a wrong encoding is refused
    before half of it is imported. Raises TableFileError.
    ``bytes_read`` of ``bytes_total`` tell the progress of `rows`.
    """

    def __init__(
        self,
        path: Path,
        *,
        encoding: str = "utf-8",
        delimiter: str | None = None,
        expected_columns: Sequence[ColumnReference] = (),
    ) -> None:
        self._path, self._encoding = path, encoding
        self.bytes_read = 0
        self.has_typed_cells = False
        try:
            self.bytes_total = path.stat().st_size
            for _line in self._lines():
                pass
        except OSError as error:
            raise TableFileError(f"cannot be read: {os.strerror(error.errno or 0).lower()}") from None
        self._delimiter, header = self._choose_header(delimiter, expected_columns)
        self._header_line, self.header = header.line, Header([header.cells])

    def rows(self) -> Iterator[TableRow | BadRow]:
        """Yield the rows below the header; empty ones are left out. Raises TableFileError."""
        for row in self._read_rows(self._delimiter, self._header_line + 1):
            if isinstance(row, TableRow) and len(row.cells) != len(self.header.names):
                yield refuse_row(row.line, f"has {len(row.cells)} cells; the header has {len(self.header.names)}")
            else:
                yield row

    def _choose_header(
        self, delimiter: str | None, expected_columns: Sequence[ColumnReference]
    ) -> tuple[str, TableRow]:
        """Return the delimiter and the header that it gives: the first row with a name in it."""
        first_line = 1
        if named := _DELIMITER_LINE.fullmatch(next(self._lines(), "")):
            first_line, delimiter = 2, delimiter or named[1]
        headers = {d: self._read_header(d, first_line) for d in ([delimiter] if delimiter else DELIMITERS)}
        # With the right delimiter the expected columns appear; without any, the one that splits the header most.
        best = max(headers, key=lambda d: (len(set(headers[d].cells) & set(expected_columns)), len(headers[d].cells)))
        header = headers[best]
        if not any(header.cells):
            raise TableFileError(self._describe_missing_header(best, first_line))
        if len(header.cells) > MOST_COLUMNS:
            raise TableFileError(f"line {header.line}: has more than {MOST_COLUMNS} columns")
        return best, header

    def _read_header(self, delimiter: str, first_line: int) -> TableRow:
        row = next(self._read_rows(delimiter, first_line), None)
        return (
            TableRow(row.line, [cell.strip() for cell in row.cells]) if isinstance(row, TableRow) else TableRow(0, [])
        )

    def _describe_missing_header(self, delimiter: str, first_line: int) -> str:
        row = next(self._read_rows(delimiter, first_line), None)
        return str(row) if isinstance(row, BadRow) else "is empty; the first line must name the columns"

    def _read_rows(self, delimiter: str, first_line: int) -> Iterator[TableRow | BadRow]:
        """Yield the rows that begin on ``first_line`` of the file, counted from 1, or below it."""
        reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)
        line = 1  # on which the next row begins: a quoted cell may span several lines
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield refuse_row(line, _describe_csv_error(str(error), line, reader.line_num))
            else:
                if any(cells) and line >= first_line:
                    yield TableRow(line, cells)
            line = reader.line_num + 1

    def _lines(self) -> Iterator[str]:
        self.bytes_read = 0
        with self._path.open("rb") as file:
            for number, raw in enumerate(_raw_lines(file), 1):
                self.bytes_read += len(raw)
                yield _decode_line(raw, number, self._encoding)


def _raw_lines(file: BinaryIO) -> Iterator[bytes]:
    number = 0
    while raw := file.readline(MOST_IN_A_LINE + 1):
        number += 1
        if len(raw) > MOST_IN_A_LINE:
            raise TableFileError(f"line {number}: is longer than a megabyte; this is not a table")
        yield raw


def _decode_line(raw: bytes, number: int, encoding: str) -> str:
    if number == 1:
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise TableFileError('line 1: the file is saved as UTF-16; save it as UTF-8 (in Excel: "CSV UTF-8")')
        raw = raw.removeprefix(_BOM)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise TableFileError(
            f"line {number}, byte {error.start + 1}: is not {encoding.upper()}; save the file as UTF-8 "
            '(in Excel: "CSV UTF-8") or name its encoding in the mapping, such as encoding = "cp1251"'
        ) from None


def _describe_csv_error(error: str, first: int, last: int) -> str:
    """Return a sentence for a message of Python's csv module, found on the lines ``first`` to ``last``."""
    if "field limit" in error:
        return "a cell is longer than 131,072 characters; perhaps a quotation mark is not closed"
    if "end of data" in error:
        lines = f"; lines {first} to {last} were not read" if last > first else ""
        return f"a quotation mark is opened and not closed{lines}"
    if "expected after" in error:
        return 'a quotation mark inside a cell must be doubled ("")'
    if "new-line" in error:
        return "the lines end as on old Macs; save the file again, with other line ends"
    return "cannot be read as a row of a table"
