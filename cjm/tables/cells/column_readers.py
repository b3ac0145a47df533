"""Readers of the columns that a mapping names: where their cells are in a file, which hold no value, what they mean.

A cell is read in this order: white space around it is dropped; a label of ``values`` gives its meaning; a cell without
a value gives None; anything else is read as what the column holds.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from cjm.errors import Mistake
from cjm.tables.cell import CellError
from cjm.tables.cells.labels import FoldedLabels, fold_label
from cjm.tables.columns import TableColumn
from cjm.tables.header import Header
from cjm.tables.row_reader import MOST_REMEMBERED, RowReader

T = TypeVar("T")
_NO_VALUE = "is empty, or holds no value, but one is needed"


@dataclass(frozen=True, slots=True)
class FileColumn:
    """Columns of a file that are read together: their ``places`` from 0, and a ``label`` for messages."""

    label: str
    places: tuple[int, ...]

    def join_cells(self, row: RowReader) -> str:
        """Return the filled cells, joined by a space."""
        return " ".join(filter(None, (row.cells[place].strip() for place in self.places)))

    def join_parts(self, row: RowReader) -> str:
        """Return the cells of a name, joined by a space so that other cells always give another name."""
        cells = [row.cells[place].strip() for place in self.places]
        if len(cells) == 1 or not any(cells):
            return "".join(cells)
        return " ".join(cell.replace("\\", "\\\\").replace(" ", "\\ ") for cell in cells)


def find_columns(column: TableColumn, header: Header) -> FileColumn:
    """Return where the columns of a mapping are. The header has them: the file was refused otherwise."""
    names = column.references
    label = ", ".join(map(str, names))
    return FileColumn(label, tuple(header.find(name) for name in names))


def find_each_column(column: TableColumn, header: Header) -> list[FileColumn]:
    """Return where the columns of a mapping are, each by itself."""
    return [FileColumn(str(name), (header.find(name),)) for name in column.references]


class CellReader(Generic[T]):
    """Reader of the cells of a column that remembers what it has read, because tables repeat themselves a lot.

    ``read`` gets the cell, or the meaning that ``values`` give it. ``no_value`` are folded labels. Where a value
    ``is_needed``, a cell without one is refused. ``remembered`` holds readings by cell.
    """

    def __init__(
        self,
        read: Callable[[str], T | None],
        *,
        values: Mapping[str, str] | None = None,
        no_value: Collection[str] = ("",),
        is_needed: bool = False,
        most_remembered: int = MOST_REMEMBERED,
    ) -> None:
        self._read_value, self._values, self._no_value = read, FoldedLabels(values or {}), frozenset(no_value)
        self._is_needed, self._most_remembered = is_needed, most_remembered
        self.remembered: dict[str, T | None] = {}

    def read(self, text: str) -> T | None:
        """Return what a cell means; None if it holds no value. Raises CellError."""
        found = self._read(text)
        if found is None and self._is_needed:
            raise CellError(_NO_VALUE if text else "is empty")
        if len(self.remembered) < self._most_remembered:
            self.remembered[text] = found
        return found

    def _read(self, text: str) -> T | None:
        meaning = self._values.find(text)
        if meaning is not None:
            return self._read_value(meaning)
        return None if fold_label(text) in self._no_value else self._read_value(text)


class RowValue(Generic[T]):
    """Reader of one value in every row; this one gives the same ``fixed`` value for all, by default none."""

    def __init__(self, fixed: T | None = None) -> None:
        self._fixed = fixed

    def read(self, row: RowReader) -> T | None:
        """Return the value; None if there is none or it cannot be read, which is then a mistake of the row."""
        return self._fixed


class ColumnReader(RowValue[T]):
    """Reader of one value in a row from a column, or from several whose cells are joined."""

    def __init__(self, column: FileColumn, cells: CellReader[T]) -> None:
        super().__init__()
        self._column, self._cells, self._remembered = column, cells, cells.remembered
        self._only = column.places[0] if len(column.places) == 1 else None

    def read(self, row: RowReader) -> T | None:
        # One look-up for most cells: an import spends much of its time here.
        text = row.cells[self._only].strip() if self._only is not None else self._column.join_cells(row)
        try:
            return self._remembered[text]
        except KeyError:
            return row.take(self._column.label, text, self._cells.read)


class NameReader(ColumnReader[str]):
    """Reader of the name of a row; the cells of several columns are joined so that no two names meet."""

    def read(self, row: RowReader) -> str | None:
        return row.take(self._column.label, self._column.join_parts(row), self._cells.read)


class FirstFilledReader(RowValue[T]):
    """Reader of one value from several columns, one of them filled; another value in another one is a mistake."""

    def __init__(self, columns: list[FileColumn], cells: CellReader[T]) -> None:
        super().__init__()
        self._label = ", ".join(column.label for column in columns)
        self._readers = [ColumnReader(column, cells) for column in columns]

    def read(self, row: RowReader) -> T | None:
        found = [value for value in (reader.read(row) for reader in self._readers) if value is not None]
        if any(value != found[0] for value in found):
            row.mistakes.append(Mistake(self._label, "hold different values; only one of these columns may be filled"))
            return None
        return found[0] if found else None
