"""Sample of a table: its first rows, and its columns as they are looked at."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from cjm.tables.cells.labels import NO_VALUE_WORDS, fold_label
from cjm.tables.columns import ColumnReference
from cjm.tables.header import ColumnError, Header
from cjm.tables.headers.plain_words import plain_words, strip_decoration
from cjm.tables.headers.value_look import is_import_id
from cjm.tables.table_file import TableRow

_MOST_WRITTEN = 200  # characters of a name that a mapping repeats: a longer question is named by its number


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSample:
    """First rows of a file, those of its header among them, and what was found out about the file on the way.

    ``encoding``, ``delimiter`` and ``sheet`` are what a mapping must say about them, None where it need not say
    anything. ``other_sheets`` are names of sheets that were not looked at. ``is_whole`` is true where these are all
    rows. ``has_typed_cells`` is true for a workbook.
    """

    rows: Sequence[TableRow]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    other_sheets: tuple[str, ...] = ()
    has_typed_cells: bool = False
    is_whole: bool = True


class SampleColumn:
    """Column of a sample: ``place`` from 0, the cells above it, and its ``cells``, without white space around them."""

    def __init__(self, place: int, header_cells: Sequence[str], cells: Iterable[str], header: Header) -> None:
        self.place, self.header_cells = place, tuple(cell.strip() for cell in header_cells)
        self.cells = [cell.strip() for cell in cells]
        self.reference = self._choose_reference(header)

    def _choose_reference(self, header: Header) -> str | int:
        """Return how a mapping names the column: by a name that only it has, else by its number."""
        for name in (*self.header_cells, header.names[self.place] if self.header_cells else ""):
            if _is_writable(name) and _finds(header, name) == self.place:
                return name
        return self.place + 1

    @cached_property
    def names(self) -> frozenset[str]:
        """Plain words of each of its names."""
        return frozenset(filter(None, (plain_words(cell) for cell in self.header_cells if not is_import_id(cell))))

    @cached_property
    def title(self) -> str:
        """Longest of its names, as people were asked it; "" without a header."""
        titles = [strip_decoration(cell) for cell in self.header_cells if not is_import_id(cell)]
        return max(titles, key=len, default="")

    @property
    def shown_name(self) -> str:
        """Name for messages."""
        return str(self.reference) if isinstance(self.reference, str) else f"column {self.reference}"

    @cached_property
    def filled_cells(self) -> list[str]:
        """Cells that hold something."""
        return [cell for cell in self.cells if cell]

    @cached_property
    def values(self) -> list[str]:
        """Filled cells, without those by which databases and spreadsheets say "no value"."""
        return [cell for cell in self.filled_cells if fold_label(cell) not in NO_VALUE_WORDS]

    @cached_property
    def counts(self) -> Counter[str]:
        """Filled cells with how often each occurs."""
        return Counter(self.filled_cells)

    @property
    def is_unique(self) -> bool:
        """True if every row has another filled cell."""
        return len(self.counts) == len(self.cells) > 0


def _is_writable(name: str) -> bool:
    return bool(name) and name.isprintable() and len(name) <= _MOST_WRITTEN and "\\" not in name


def _finds(header: Header, name: str) -> int | None:
    try:
        return header.find(ColumnReference(name))
    except ColumnError:
        return None
