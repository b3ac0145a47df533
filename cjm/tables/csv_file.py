"""Tables that other programs wrote: CSV with whatever delimiter, read row by row, each row with its line.

What is wrong with one row is said of that row; only what is wrong with the file as a whole is raised.
"""

import codecs
import csv
import os
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cjm.errors import TropaError

DELIMITERS = (",", ";", "\t")
MOST_IN_A_LINE = 1024 * 1024
MOST_COLUMNS = 2000
_BOM = codecs.BOM_UTF8
_HINT = re.compile(r"sep=(.)\s*")  # the line by which Excel tells itself


class CsvError(TropaError):
    """A file that cannot be read as a table; the message is a sentence without the file's name."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row as it stands, and the line of the file it begins on."""

    line: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True, order=True)
class BadRow:
    """A row that was not taken, and why. It never repeats what a cell holds."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


class CsvFile:
    """The table in a file: ``header``, then :meth:`rows`, as often as wanted.

    Without a delimiter the one is taken that finds most of the ``wanted`` columns. Opening reads the file once, to
    know that all of it is in the encoding: half a file is not imported. Raises CsvError.
    """

    def __init__(
        self, path: Path, *, encoding: str = "utf-8", delimiter: str | None = None, wanted: Collection[str] = ()
    ) -> None:
        self._path, self._encoding = path, encoding
        self.bytes_read = 0  # bytes, so far
        try:
            self.bytes_total = path.stat().st_size
            for _line in self._lines():
                pass
        except OSError as error:
            raise CsvError(f"cannot be read: {os.strerror(error.errno or 0).lower()}") from None
        self._skipped, self._delimiter, self.header = self._choose_header(delimiter, wanted)

    def rows(self) -> Iterator[CsvRow | BadRow]:
        """The rows under the header; empty ones are passed over."""
        for row in self._rows(self._delimiter, self._skipped + 1):
            if isinstance(row, CsvRow) and len(row.cells) != len(self.header):
                yield BadRow(row.line, f"has {len(row.cells)} cells; the header has {len(self.header)}")
            else:
                yield row

    def _choose_header(self, delimiter: str | None, wanted: Collection[str]) -> tuple[int, str, list[str]]:
        skipped, lines = 0, self._lines()
        first = next(lines, "")
        if hint := _HINT.fullmatch(first):
            skipped, delimiter = 1, delimiter or hint[1]
        heads = {d: self._header(d, skipped) for d in ([delimiter] if delimiter else DELIMITERS)}
        best = max(heads, key=lambda d: (len(set(heads[d]) & set(wanted)), len(heads[d])))
        if not any(heads[best]):
            raise CsvError(self._empty_reason(best, skipped))
        if len(heads[best]) > MOST_COLUMNS:
            raise CsvError(f"line {skipped + 1}: has more than {MOST_COLUMNS} columns")
        return skipped, best, heads[best]

    def _header(self, delimiter: str, skipped: int) -> list[str]:
        first = next(self._rows(delimiter, skipped), None)
        return [cell.strip() for cell in first.cells] if isinstance(first, CsvRow) else []

    def _empty_reason(self, delimiter: str, skipped: int) -> str:
        first = next(self._rows(delimiter, skipped), None)
        return str(first) if isinstance(first, BadRow) else "is empty: the first line must name the columns"

    def _rows(self, delimiter: str, skipped: int) -> Iterator[CsvRow | BadRow]:
        reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)
        begins = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield BadRow(begins, _describe_csv_error(str(error), begins, reader.line_num))
            else:
                if any(cells) and begins > skipped:
                    yield CsvRow(begins, cells)
            begins = reader.line_num + 1

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
            raise CsvError(f"line {number}: is longer than a megabyte; this is no table")
        yield raw


def _decode_line(raw: bytes, number: int, encoding: str) -> str:
    if number == 1:
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise CsvError('line 1: the file is saved as UTF-16; save it as UTF-8 (in Excel: "CSV UTF-8")')
        raw = raw.removeprefix(_BOM)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise CsvError(
            f"line {number}, byte {error.start + 1}: is not {encoding.upper()}; save the file as UTF-8 "
            '(in Excel: "CSV UTF-8") or name its encoding in the mapping, such as encoding = "cp1251"'
        ) from None


def _describe_csv_error(error: str, first: int, last: int) -> str:
    if "field limit" in error:
        return "a cell is longer than 131,072 characters; perhaps a quotation mark is opened and not closed"
    if "end of data" in error:
        lines = f"; lines {first} to {last} were not read" if last > first else ""
        return f"a quotation mark is opened and not closed{lines}"
    if "expected after" in error:
        return 'a quotation mark inside a cell must be doubled ("")'
    if "new-line" in error:
        return "the lines end as on old Macs; save the file anew"
    return "is not a row of a table"
