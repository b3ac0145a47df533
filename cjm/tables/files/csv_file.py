"""Read CSV files that other programs wrote, row by row, each row with its line.

Invariants:

* A mistake in one row is reported as that `BadRow`, and the rows after it are still read, except after a quotation
  mark that is never closed.
* A file that cannot be read as a whole (encoding, no header, too many columns, a line too long) raises TableFileError
  when it is opened; `CsvFile.rows` reads it again, and raises TableFileError if a line can no longer be read.
* A row with more or fewer cells than the header is refused, even where the last ones are empty: a delimiter too many
  inside of the row moves its cells, and looks the same. Empty names at the end of a header are columns.
* Apostrophes that guard cells against being taken for formulas are taken off (`cjm.tables.cells.safe_cell`).
* The file is never held in memory as a whole.
"""

import csv
import os
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from cjm.tables.cells.safe_cell import unguard_cell
from cjm.tables.columns import ColumnReference
from cjm.tables.file_layout import FileLayout
from cjm.tables.files.data_rows import (
    describe_empty,
    read_header_rows,
    read_sample,
    refuse_further_header,
    select_data,
)
from cjm.tables.files.encodings import decode_line, find_encoding, read_lines
from cjm.tables.header import Header
from cjm.tables.table_file import BadRow, TableFileError, TableRow, refuse_row

DELIMITERS = (",", ";", "\t")
DELIMITER_LINE = re.compile(r"sep=(.)\s*")  # a first line that some programs write for Excel, to name the delimiter


class CsvFile:
    """CSV file with its ``header``; `rows` can be read as often as needed.

    Without a delimiter in the ``layout``, the one that a first line such as "sep=;" names is used, else the one of
    DELIMITERS that finds most of the ``expected`` columns. Opening reads the whole file, so that a file in a wrong
    encoding is refused before half of it is imported. Raises TableFileError.
    ``bytes_read`` of ``bytes_total`` tell the progress of `rows`.
    """

    has_typed_cells = False

    def __init__(self, path: Path, layout: FileLayout | None = None, expected: Sequence[ColumnReference] = ()) -> None:
        self._path, self._layout = path, layout or FileLayout()
        self.bytes_read = 0
        try:
            self.bytes_total = path.stat().st_size
            with path.open("rb") as file:
                self._encoding = find_encoding(file, self._layout.encoding)
            for _line in self._lines():
                pass
        except OSError as error:
            raise TableFileError(f"cannot be read: {os.strerror(error.errno or 0).lower()}") from None
        self._first_line = self._layout.preamble + 1
        self._delimiter = self._choose_delimiter(expected)
        self.header = self._read_header(self._delimiter, expected)
        refuse_further_header(self._read_sample(), self._layout)

    def rows(self) -> Iterator[TableRow | BadRow]:
        """Yield the rows of data; empty ones are left out. Raises TableFileError."""
        width = self.header.width
        for row in select_data(self._read_rows(self._delimiter), self._layout):
            if isinstance(row, TableRow) and len(row.cells) != width:
                first = "header" if self._layout.header_rows else "first row"
                yield refuse_row(row.line, f"has {len(row.cells)} cells; the {first} has {width}")
            else:
                yield row

    def _choose_delimiter(self, expected: Sequence[ColumnReference]) -> str:
        """Return the delimiter that a line names, finds most expected columns with, or splits the header most."""
        delimiter = self._layout.delimiter
        if named := DELIMITER_LINE.fullmatch(next(self._lines(), "")):
            self._first_line, delimiter = max(2, self._first_line), delimiter or named[1]
        if delimiter is not None:
            return delimiter
        headers: dict[str, Header] = {}
        refusal = None
        for each in DELIMITERS:
            try:
                headers[each] = self._read_header(each, expected)
            except TableFileError as error:
                refusal = refusal or error
        if refusal is not None and not any(h.width > 1 or h.count_found(expected) for h in headers.values()):
            raise refusal  # such as too many columns: other delimiters find the whole line to be one
        return max(headers, key=lambda d: (headers[d].count_found(expected), headers[d].width))

    def _read_header(self, delimiter: str, expected: Sequence[ColumnReference]) -> Header:
        rows = self._read_rows(delimiter)
        named = read_header_rows(rows, self._layout)
        sample = read_sample(rows, self._layout)
        if not (named if self._layout.header_rows else sample):
            raise TableFileError(describe_empty(self._layout))
        return Header([row.cells for row in named], [row.cells for row in sample], expected)

    def _read_sample(self) -> list[TableRow]:
        rows = self._read_rows(self._delimiter)
        read_header_rows(rows, self._layout)
        return read_sample(rows, self._layout)

    def _read_rows(self, delimiter: str) -> Iterator[TableRow | BadRow]:
        """Yield the rows below the preamble that have a filled cell."""
        above = self._first_line - 1
        reader = csv.reader(islice(self._lines(), above, None), delimiter=delimiter, strict=True)
        line = above + 1  # on which the next row begins: a quoted cell may span several lines
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield refuse_row(line, _describe_csv_error(str(error), line, above + reader.line_num))
            else:
                if any(map(str.strip, cells)):
                    yield TableRow(line, [unguard_cell(cell) for cell in cells])
            line = above + reader.line_num + 1

    def _lines(self) -> Iterator[str]:
        with self._path.open("rb") as file:
            self.bytes_read = len(self._encoding.mark)
            for number, raw in enumerate(read_lines(file, self._encoding), 1):
                self.bytes_read += len(raw)
                yield decode_line(raw, number, self._encoding)


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
