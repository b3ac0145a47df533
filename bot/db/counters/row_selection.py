"""A selection of rows, for settling and deleting: those of one person, those before a day, or all."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Table, true


@dataclass(frozen=True, slots=True)
class RowSelection:
    """Rows of ``customer_id`` and of days before ``before``; None means any."""

    customer_id: int | None = None
    before: date | None = None

    def condition(self, table: Table) -> ColumnElement[bool]:
        """Return the condition on a table with the columns ``customer_id`` and ``day``."""
        condition: ColumnElement[bool] = true()
        if self.customer_id is not None:
            condition &= table.c.customer_id == self.customer_id
        if self.before is not None:
            condition &= table.c.day < self.before
        return condition


EVERYTHING = RowSelection()
