"""Make the readers of a mapping's columns for a file, by what each column holds.

What ``not_applicable`` of the mapping covers depends on it: a "0" or "-" that is no answer may still be the id of a
customer or a word that somebody wrote, so columns of names and words have only their own list.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Literal, TypeVar

from cjm.tables import cell
from cjm.tables.cells.column_readers import (
    CellReader,
    ColumnReader,
    FirstFilledReader,
    NameReader,
    RowValue,
    find_columns,
    find_each_column,
)
from cjm.tables.cells.labels import NO_VALUE_WORDS, ChannelFinder, KeyFinder, find_declared, fold_label
from cjm.tables.cells.numbers import make_amount_reader, read_number
from cjm.tables.columns import AnswerColumn, DecimalSign, MappedColumn, TableColumn, TimeColumn
from cjm.tables.header import Header
from cjm.tables.mapping import FixedChannel, TableMapping

T = TypeVar("T")
ColumnContent = Literal["words", "keys", "numbers"]
"""What a column holds: names and words, keys and labels, or numbers, values of scales and dates."""

_EMPTY = frozenset({""})
MOST_IN_AN_ATTRIBUTE = 256


class ColumnFactory:
    """Maker of readers for the columns of one mapping in one file."""

    def __init__(self, mapping: TableMapping, header: Header) -> None:
        self.mapping, self.header = mapping, header

    def no_value(self, own: Collection[str] | None, content: ColumnContent) -> frozenset[str]:
        """Return the folded labels of cells without a value; ``own`` is the column's list."""
        listed = own if own is not None else () if content == "words" else self.mapping.not_applicable
        return frozenset(map(fold_label, listed)) | (NO_VALUE_WORDS if content == "numbers" else _EMPTY)

    def words(self, column: MappedColumn | None, *, length: int = 128, is_needed: bool = False) -> RowValue[str]:
        """Return the reader of a name or of words that the business gives."""
        return self._make_reader(column, lambda text: cell.read_identifier(text, length), "words", is_needed=is_needed)

    def row_name(self, column: MappedColumn) -> RowValue[str]:
        """Return the reader of a row's name, which every row must have."""
        cells = self._cells(column, cell.read_identifier, "words", is_needed=True)
        return NameReader(find_columns(column, self.header), cells)

    def key(self, column: MappedColumn | None, finder: KeyFinder, *, is_needed: bool = False) -> RowValue[str]:
        """Return the reader of a part of the journey that a cell names."""
        return self._make_reader(column, finder.find, "keys", is_needed=is_needed)

    def attribute(self, column: MappedColumn, declared: Sequence[str]) -> RowValue[str]:
        """Return the reader of an attribute of a customer, as the journey has ``declared`` its values.

        Other values are read as they are, as over HTTP.
        """

        def read(text: str) -> str:
            return find_declared(text, declared) or cell.read_identifier(text, MOST_IN_AN_ATTRIBUTE)

        return self._make_reader(column, read, "keys")

    def measure(self, column: MappedColumn) -> RowValue[float]:
        """Return the reader of a number that was measured."""
        decimal = self.decimal(column)
        return self._make_number_reader(column, lambda text: read_number(text, decimal))

    def amount(self, column: MappedColumn | None) -> RowValue[float]:
        """Return the reader of amounts of money."""
        return (
            RowValue() if column is None else self._make_number_reader(column, make_amount_reader(self.decimal(column)))
        )

    def decimal(self, column: MappedColumn | AnswerColumn) -> DecimalSign | None:
        """Return the decimal sign of a column's numbers, if the mapping says it."""
        return column.decimal or self.mapping.decimal

    def _make_number_reader(self, column: MappedColumn, read: Callable[[str], float]) -> RowValue[float]:
        return FirstFilledReader(find_each_column(column, self.header), self._cells(column, read, "numbers"))

    def time(self, column: TimeColumn, read: Callable[[str], T], *, is_needed: bool = False) -> RowValue[T]:
        """Return the reader of a time; ``read`` reads a cell."""
        return self._make_reader(column, read, "numbers", is_needed=is_needed)

    def channel(self) -> RowValue[str]:
        """Return the reader of a row's channel; it gives None where the touchpoint's own channel is meant."""
        channel = self.mapping.channel
        if isinstance(channel, FixedChannel):
            return RowValue(ChannelFinder().find(channel.fixed))
        return self.key(channel, ChannelFinder())

    def _cells(
        self, column: TableColumn, read: Callable[[str], T], content: ColumnContent, *, is_needed: bool = False
    ) -> CellReader[T]:
        values = column.values if isinstance(column, MappedColumn) else {}
        no_value = self.no_value(column.not_applicable, content)
        return CellReader(read, values=values, no_value=no_value, is_needed=is_needed)

    def _make_reader(
        self, column: TableColumn | None, read: Callable[[str], T], content: ColumnContent, *, is_needed: bool = False
    ) -> RowValue[T]:
        if column is None:
            return RowValue()
        cells = self._cells(column, read, content, is_needed=is_needed)
        return ColumnReader(find_columns(column, self.header), cells)
