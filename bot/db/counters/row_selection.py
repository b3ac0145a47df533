"""A selection of rows, for counting again, settling and deleting: those of some people, of some days, or all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Table


@dataclass(frozen=True, slots=True)
class RowSelection:
    """Rows of these customers, of days before ``before`` and of days from ``since`` on; None means any."""

    customer_ids: Sequence[int] | None = None
    before: date | None = None
    since: date | None = None

    def condition(self, table: Table, journey: str) -> ColumnElement[bool]:
        """Return the condition on a table with the columns ``journey``, ``customer_id`` and ``day``."""
        condition = table.c.journey == journey
        if self.customer_ids is not None:
            # As an expression the journey has no index: SQLite would prefer it to the people's, and read all its rows.
            condition = (table.c.journey + "" == journey) & table.c.customer_id.in_(self.customer_ids)
        if self.before is not None:
            condition &= table.c.day < self.before
        if self.since is not None:
            condition &= table.c.day >= self.since
        return condition


EVERYTHING = RowSelection()
