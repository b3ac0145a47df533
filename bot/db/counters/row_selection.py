"""Which rows are meant: one person's, those before a day, or all."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Table, true


@dataclass(frozen=True, slots=True)
class RowSelection:
    """Of ``customer_id``, and of days before ``before``; None means any."""

    customer_id: int | None = None
    before: date | None = None

    def condition(self, table: Table) -> ColumnElement[bool]:
        """The condition on a table with ``customer_id`` and ``day``."""
        found: ColumnElement[bool] = true()
        if self.customer_id is not None:
            found &= table.c.customer_id == self.customer_id
        if self.before is not None:
            found &= table.c.day < self.before
        return found


EVERYTHING = RowSelection()
