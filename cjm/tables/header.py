"""Header of a table: which column a name or a number means."""

from collections.abc import Sequence

ColumnReference = str | int
"""Column of a table: its name in the header, or its position, counted from 1."""


class ColumnError(ValueError):
    """Column that the table does not have; the message is a sentence such as 'the table has no column "Score"'."""


class Header:
    """Names of the columns. ``header_rows`` are the rows that hold them; none where the table has no header.

    ``sample`` holds the first rows of data: they tell a header from a row of data. ``expected`` are the columns that
    the mapping names.
    """

    def __init__(
        self,
        header_rows: Sequence[Sequence[str]],
        sample: Sequence[Sequence[str]] = (),
        expected: Sequence[ColumnReference] = (),
    ) -> None:
        self.names: Sequence[str] = [cell.strip() for cell in header_rows[0]]

    def find(self, column: ColumnReference, nth: int | None = None) -> int:
        """Return the index of a column, counted from 0; ``nth`` (from 1) chooses among equal names.

        Raises ColumnError when there is no such column, or more than one without ``nth``.
        """
        raise NotImplementedError
