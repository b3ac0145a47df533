"""Read the first rows of a file whose layout is not known yet, for a guess at its columns.

Invariants:

* At most so many rows, and of a CSV file so many bytes, are read: a large file costs no more than a small one.
* Nothing is guessed silently: an encoding or a delimiter that is not found by the readers themselves is in the sample,
  for the mapping to name it.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from cjm.tables.cells.safe_cell import unguard_cell
from cjm.tables.columns import MOST_COLUMNS
from cjm.tables.file_layout import ALL_SHEETS, FileLayout
from cjm.tables.files.csv_file import DELIMITER_LINE, DELIMITERS
from cjm.tables.files.encodings import FileEncoding, decode_line, find_encoding, guess_code_page, read_lines
from cjm.tables.files.open_table import is_workbook
from cjm.tables.files.workbook_file import WorkbookFile
from cjm.tables.guessing.table_sample import TableSample
from cjm.tables.table_file import TableFileError, TableRow

MOST_ROWS = 1000
_MOST_BYTES = 8 * 1024**2
_ROWS_TO_COMPARE = 100  # for the delimiter


def read_raw_sample(path: Path, most_rows: int = MOST_ROWS) -> TableSample:
    """Return the first rows of a CSV file or a workbook. Raises TableFileError if it is no table or has no rows."""
    sample = _read_workbook(path, most_rows) if is_workbook(path) else _read_csv(path, most_rows)
    if not sample.rows:
        raise TableFileError("is empty; there is no row to read")
    if max(len(row.cells) for row in sample.rows) > MOST_COLUMNS:
        raise TableFileError(f"has more than {MOST_COLUMNS} columns")
    return sample


# ---- workbooks


def _read_workbook(path: Path, most_rows: int) -> TableSample:
    book = WorkbookFile(path, FileLayout(header_rows=0, sheet=ALL_SHEETS))
    first = {name: next(book.read_sheet_rows(name), None) for name in book.sheet_names}
    name, *others = book.sheet_names
    rows = list(islice(book.read_sheet_rows(name), most_rows + 1))
    # Sheets that begin with the same row are parts of one table, as of months.
    are_alike = bool(others) and len({tuple(row.cells) if row else () for row in first.values()}) == 1
    return TableSample(
        rows=rows[:most_rows],
        sheet=ALL_SHEETS if are_alike else name if others else None,
        other_sheets=() if are_alike else tuple(others),
        has_typed_cells=True,
        is_whole=len(rows) <= most_rows and not are_alike,
    )


# ---- CSV


@dataclass(frozen=True, slots=True)
class _CsvText:
    lines: Sequence[str]
    is_whole: bool
    encoding: str | None


def _read_csv(path: Path, most_rows: int) -> TableSample:
    text = _read_text(path)
    named = DELIMITER_LINE.fullmatch(text.lines[0]) if text.lines else None
    first = 1 if named else 0
    delimiter = named[1] if named else _find_delimiter(text.lines)
    rows = list(islice(_parse_rows(text.lines, delimiter, first), most_rows + 1))
    if not text.is_whole:
        rows = rows[:-1]  # the last one may be cut
    return TableSample(
        rows=rows[:most_rows],
        encoding=text.encoding,
        delimiter=None if named or delimiter == DELIMITERS[0] else delimiter,
        is_whole=text.is_whole and len(rows) <= most_rows,
    )


def _read_text(path: Path) -> _CsvText:
    with path.open("rb") as file:
        encoding = find_encoding(file, None)
        raw, size, is_whole = list[bytes](), 0, True
        for line in read_lines(file, encoding):
            raw.append(line)
            size += len(line)
            if size >= _MOST_BYTES:
                is_whole = False
                break
    try:
        return _CsvText(_decode(raw, encoding), is_whole, None)
    except TableFileError:
        guess = guess_code_page(b"".join(raw)) if encoding.name == "utf-8" else None
        if guess is None:
            raise
    return _CsvText(_decode(raw, FileEncoding(guess)), is_whole, guess)


def _decode(lines: Iterable[bytes], encoding: FileEncoding) -> list[str]:
    return [decode_line(line, number, encoding) for number, line in enumerate(lines, 1)]


def _find_delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter with which most of the first rows have the same number of cells, more than one."""

    def rate(delimiter: str) -> tuple[int, int]:
        rows = list(islice(_parse_rows(lines, delimiter), _ROWS_TO_COMPARE))
        widths = Counter(len(row.cells) for row in rows if len(row.cells) > 1)
        width, count = widths.most_common(1)[0] if widths else (0, 0)
        return (10 * count // max(len(rows), 1), width)

    return max((*DELIMITERS, "|"), key=rate)


def _parse_rows(lines: Sequence[str], delimiter: str, first: int = 0) -> Iterator[TableRow]:
    """Yield the rows that have a filled cell, with their lines; what is no row is passed over."""
    reader = csv.reader(islice(lines, first, None), delimiter=delimiter, strict=True)
    line = first + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = []
        if any(map(str.strip, cells)):
            yield TableRow(line, [unguard_cell(cell) for cell in cells])
        line = first + reader.line_num + 1
