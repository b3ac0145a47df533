"""Header of a table: which column a name or a number means.

A name is looked for exactly, then with any white space, case and form of letters. In a header of several rows it may
stand in any of them, or be all of them joined with " / "; upper cells that are empty repeat the cell to their left, as
merged cells do.

Invariants:

* A name that fits several columns is a mistake, never the first of them.
* Names of a table are shown only if its first row surely is a header (`is_certain`): otherwise it may be a customer's.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from cjm.mistake_wording import join_names, quote_name
from cjm.tables.columns import ColumnReference
from cjm.tables.headers.name_difference import (
    find_meant_name,
    name_invisible_difference,
    normalize_name,
    quote_apart,
)
from cjm.tables.headers.value_look import is_like_sample, is_surely_header, looks_like_value

_NONE_FOUND = (
    "Its first row is not shown, because it may be no header. If the names stand lower, write preamble = the number of "
    "lines above them; if the table has no names, header_rows = 0 and columns by number, such as 3; else it is another "
    "table than the mapping's"
)
_NO_HEADER = "if the table has no header, write header_rows = 0 and name the columns by number, such as 3"


class ColumnError(ValueError):
    """Column that the table does not have; the message is a sentence such as 'the table has no column "Score"'."""


class Header:
    """Names of a table's columns.

    ``header_rows`` are the rows that hold the names; none where the table has no header. ``sample`` holds the first
    rows of data, by which a header is told from a row of data. ``expected`` are the columns that the mapping names.
    ``width`` counts the columns; without it, the widest row of the header does.
    """

    def __init__(
        self,
        header_rows: Sequence[Sequence[str]],
        sample: Sequence[Sequence[str]] = (),
        expected: Sequence[ColumnReference] = (),
        width: int | None = None,
    ) -> None:
        if width is None:
            width = max(map(len, header_rows), default=len(sample[0]) if sample else 0)
        rows = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in header_rows]
        self._rows = [*(repeat_left(row) for row in rows[:-1]), *rows[-1:]]
        self._sample, self._expected = sample, expected
        self.width = width
        self.names: Sequence[str] = [_join_cells(cells) for cells in zip(*self._rows, strict=True)] or [""] * width

    @cached_property
    def is_certain(self) -> bool:
        """Return whether the header surely is one: it has an expected name, and nothing in it may be a value."""
        names = [r.column for r in self._expected if isinstance(r.column, str) and not looks_like_value(r.column)]
        return (
            bool(self._rows)
            and any(self._find_places(name) for name in names)
            and is_surely_header(self._rows, self._sample)
        )

    @property
    def may_be_data(self) -> bool:
        """Return whether the only row of the header looks like the rows below it, and none of its names is needed."""
        numbers = [r.column for r in self._expected if isinstance(r.column, int) and r.column <= self.width]
        if len(self._rows) != 1 or len(numbers) < len(self._expected):
            return False
        return is_like_sample(self._rows[0], self._sample, [number - 1 for number in numbers])

    def find(self, reference: ColumnReference) -> int:
        """Return the index of a column, counted from 0.

        Raises ColumnError when there is no such column, or more than one and the reference has no ``nth``.
        """
        column, nth = reference
        if isinstance(column, int):
            return self._check_position(column)
        if not self._rows:
            raise ColumnError("a table without a header has columns by number, such as 3")
        places = self._find_places(column)
        if not places:
            raise ColumnError(self._describe_missing(column))
        if nth is not None and nth > len(places):
            raise ColumnError(f"the table has the column {quote_name(column)} only {_count_times(len(places))}")
        if nth is None and len(places) > 1:
            raise ColumnError(self._describe_repeated(column, places))
        return places[(nth or 1) - 1]

    def count_found(self, references: Sequence[ColumnReference]) -> int:
        """Return how many of the columns are in the table, once or several times."""
        return sum(
            r.column <= self.width if isinstance(r.column, int) else bool(self._find_places(r.column))
            for r in references
        )

    def describe_none_found(self) -> str | None:
        """Return a sentence if the mapping names several columns, and the header has none of them."""
        names = dict.fromkeys(r.column for r in self._expected if isinstance(r.column, str))
        if not self._rows or len(names) < 2 or any(self._find_places(name) or name.isdecimal() for name in names):
            return None
        return f"the table has none of the columns {join_names(map(quote_name, names), 5)}. {_NONE_FOUND}"

    def _check_position(self, column: int) -> int:
        if not 1 <= column <= self.width:
            raise ColumnError(f"the table has no column {column}; it has {self.width}")
        return column - 1

    def _find_places(self, name: str) -> list[int]:
        """Return the columns that a name means: by all of their names, then by one; exactly, then loosely."""
        for change, by_names, by_cells in self._places:
            meant = change(name)
            if places := by_names.get(meant) or by_cells.get(meant):
                return places
        return []

    @cached_property
    def _places(self) -> list[tuple[Callable[[str], str], dict[str, list[int]], dict[str, list[int]]]]:
        """Columns by their joined names and by the cells of each header row; exactly, then loosely."""
        cells = list(zip(*self._rows, strict=True))
        return [
            (change, _index_places([[name] for name in self.names], change), _index_places(cells, change))
            for change in (str.strip, normalize_name)
        ]

    def _describe_repeated(self, column: str, places: Sequence[int]) -> str:
        positions = join_names(str(place + 1) for place in places)
        choose = f"{places[0] + 1} for the first, or nth = 2 for the second"
        if len(self._rows) > 1:
            choose += ', or the names of all header rows, joined with " / "'
        return f"the table has the column {quote_name(column)} more than once, as columns {positions}; write {choose}"

    def _describe_missing(self, column: str) -> str:
        hint = self._hint_at_names(column) if self.is_certain else self._hint_without_names(column)
        return f"the table has no column {hint}"

    def _hint_at_names(self, column: str) -> str:
        names = dict.fromkeys(name for row in (self.names, *self._rows) for name in row if name)
        meant = find_meant_name(column, names)
        if meant is None:
            return f"{quote_name(column)}; it has {join_names(map(quote_name, filter(None, self.names)))}"
        invisible = name_invisible_difference(column, meant)
        quoted, other = quote_apart(column, meant)
        if invisible:
            return f"{quoted}; the names differ by {invisible}: copy the name from the table's header"
        return f"{quoted}; did you mean {other}?"

    def _hint_without_names(self, column: str) -> str:
        if column.strip().isdecimal():
            number = f"; for the column of this number, write {int(column)} without quotation marks"
            return f"{quote_name(column)}{number}. Its first row may be no header: {_NO_HEADER}"
        return f"{quote_name(column)}. Its first row may be no header, so it is not shown: {_NO_HEADER}"


def _index_places(names: Iterable[Sequence[str]], change: Callable[[str], str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, each in enumerate(names):
        for name in {change(name) for name in each} - {""}:
            places.setdefault(name, []).append(place)
    return places


def repeat_left(row: Sequence[str]) -> list[str]:
    """Return an upper row of a header with each empty cell as the filled one to its left, as merged cells are meant."""
    filled: list[str] = []
    for cell in row:
        filled.append(cell or (filled[-1] if filled else ""))
    return filled


def _join_cells(cells: Sequence[str]) -> str:
    return " / ".join(filter(None, cells))


def _count_times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"
