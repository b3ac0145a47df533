"""Layout of a table's file: how its text is written, and which of its rows hold names, data or neither."""

import codecs
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from cjm.file_model import FileModel, Whole

MOST_SKIPPED = 1000  # rows: more is not a header, and each of them is held in memory
ALL_SHEETS = "*"


def _check_encoding(value: str) -> str:
    # The codec must turn bytes into text (rot13 does not), and be based on ASCII or UTF-16: delimiters and line ends
    # are found by their bytes.
    try:
        is_text = codecs.lookup(value)._is_text_encoding
        is_readable = is_text and (is_utf_16(value) or "aZ;,\t\n".encode(value) == b"aZ;,\t\n")
    except (LookupError, ValueError):
        is_readable = False
    if not is_readable:
        raise ValueError('is not an encoding that can be read; write one such as "utf-8", "cp1251" or "cp1250"')
    return value


def _check_delimiter(value: str) -> str:
    if len(value) != 1 or value in '"\r\n':
        raise ValueError(r'must be one character, such as ",", ";" or "\t"')
    return value


def is_utf_16(encoding: str) -> bool:
    """Return whether the encoding is UTF-16 in any of its three forms."""
    return codecs.lookup(encoding).name in ("utf-16", "utf-16-le", "utf-16-be")


RowCount = Annotated[Whole, Field(ge=0, le=MOST_SKIPPED)]
SheetName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
SheetNumber = Annotated[Whole, Field(ge=1)]


class FileLayout(FileModel):
    """Encoding, sheets and rows of a table's file. What is left out is found in the file.

    ``encoding`` and ``delimiter`` are those of a CSV file. ``sheet`` is the sheet of a workbook by its name or number,
    several sheets with the same header, or "*" for all of them. ``preamble`` counts the lines above the header,
    ``header_rows`` the rows that name the columns (0: columns are given by number), ``skip_rows`` the rows between the
    header and the data, and ``skip_last`` those below the data, such as totals. Except in the preamble, rows without
    any filled cell do not count.
    """

    encoding: Annotated[str, AfterValidator(_check_encoding)] | None = None
    delimiter: Annotated[str, AfterValidator(_check_delimiter)] | None = None
    sheet: SheetName | SheetNumber | tuple[SheetName | SheetNumber, ...] | Literal["*"] | None = None
    preamble: RowCount = 0
    header_rows: RowCount = 1
    skip_rows: RowCount = 0
    skip_last: RowCount = 0
