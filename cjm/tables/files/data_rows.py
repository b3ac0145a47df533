"""Part the rows of a file or a sheet into header and data."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from cjm.mistake_wording import quote_name
from cjm.tables.columns import MOST_COLUMNS
from cjm.tables.file_layout import FileLayout
from cjm.tables.headers.value_look import is_import_id
from cjm.tables.table_file import BadRow, TableFileError, TableRow

MOST_SAMPLED = 20  # rows of data that tell a header from a row of data
_QUALTRICS_ROWS = 2  # that may stand below the names: the questions, and the names for Qualtrics' own imports


def select_data(rows: Iterable[TableRow | BadRow], layout: FileLayout) -> Iterator[TableRow | BadRow]:
    """Yield the rows below the header, without those that ``skip_rows`` and ``skip_last`` leave out."""
    held: deque[TableRow | BadRow] = deque()
    for row in islice(rows, layout.header_rows + layout.skip_rows, None):
        held.append(row)
        if len(held) > layout.skip_last:
            yield held.popleft()


def read_header_rows(rows: Iterator[TableRow | BadRow], layout: FileLayout) -> list[TableRow]:
    """Take the rows of the header from ``rows``. Raises TableFileError if one of them cannot be read."""
    found = []
    for row in islice(rows, layout.header_rows):
        if isinstance(row, BadRow):
            raise TableFileError(str(row))
        if len(row.cells) > MOST_COLUMNS:
            raise TableFileError(f"{row.place}: has more than {MOST_COLUMNS} columns")
        found.append(row)
    return found


def read_sample(rows: Iterator[TableRow | BadRow], layout: FileLayout) -> list[TableRow]:
    """Take the first rows of data from ``rows``, which stand below the header."""
    below = islice(rows, layout.skip_rows, layout.skip_rows + MOST_SAMPLED)
    return [row for row in below if isinstance(row, TableRow)]


def refuse_further_header(sample: Sequence[TableRow], layout: FileLayout) -> None:
    """Raise TableFileError if a row of data is one of the header rows that Qualtrics writes."""
    for number, row in enumerate(sample[:_QUALTRICS_ROWS], 1):
        if any(map(is_import_id, row.cells)):
            rows = layout.header_rows + layout.skip_rows + number
            raise TableFileError(
                f"{row.place}: is still a row of the header, as Qualtrics writes it; write header_rows = {rows} in the "
                "mapping"
            )


def describe_empty(layout: FileLayout, sheet: str = "") -> str:
    """Return why a file or a sheet without rows is refused."""
    above = f" below line {layout.preamble}" if layout.preamble else ""
    needed = "its first line must name the columns" if layout.header_rows else "there is no row to read"
    subject = f"sheet {quote_name(sheet)} " if sheet else ""
    return f"{subject}is empty{above}; {needed}"
