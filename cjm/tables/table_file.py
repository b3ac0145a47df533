"""Rows of a table that another program wrote, whether it is a CSV file or a workbook.

Invariants:

* A mistake in one row is that `BadRow`; the rows after it are still read.
* A file that cannot be read as a whole is refused when it is opened, with one sentence (`TableFileError`).
* No message repeats what a cell holds, except the names of a header that surely is one (`cjm.tables.header`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from cjm.errors import Mistake, TropaError
from cjm.mistake_wording import quote_name
from cjm.tables.header import Header


class TableFileError(TropaError):
    """File that cannot be read as a table; the message follows the file's name, such as "line 3: is longer …"."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """Row of a table: the line on which it begins, or its number in a ``sheet`` of a workbook."""

    line: int
    cells: Sequence[str]
    sheet: str = ""

    @property
    def place(self) -> str:
        """Place of the row: "line 5" or 'sheet "May", row 5'."""
        return describe_place(self.line, self.sheet)


@dataclass(frozen=True, slots=True)
class BadRow:
    """Row that was refused, with all its mistakes. They never repeat what a cell holds."""

    line: int
    mistakes: tuple[Mistake, ...]
    sheet: str = ""

    @property
    def place(self) -> str:
        """Place of the row: "line 5" or 'sheet "May", row 5'."""
        return describe_place(self.line, self.sheet)

    def __str__(self) -> str:
        return f"{self.place}: {'; '.join(map(str, self.mistakes))}"


class TableFile(Protocol):
    """File that was opened as a table; `rows` can be read as often as needed.

    ``has_typed_cells`` says that dates and numbers were told apart from text by the file itself: a date is ISO 8601
    then, also where the mapping names another format. ``bytes_read`` of ``bytes_total`` tell the progress of `rows`.
    """

    header: Header
    has_typed_cells: bool
    bytes_total: int
    bytes_read: int

    def rows(self) -> Iterator[TableRow | BadRow]:
        """Yield the rows of data; empty ones are left out. Raises TableFileError."""


def describe_place(line: int, sheet: str = "") -> str:
    """Return where a row stands: "line 5" or 'sheet "May", row 5'."""
    return f"sheet {quote_name(sheet)}, row {line}" if sheet else f"line {line}"


def refuse_row(line: int, message: str, sheet: str = "") -> BadRow:
    """Return a row that was refused as a whole."""
    return BadRow(line, (Mistake("", message),), sheet)
