"""A selection of rows, for counting again, settling and deleting: those of some people, of some days, or all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Table

from cjm.figures.gaps import LONGEST_KNOWN_GAP

PAIR_REACH = timedelta(days=LONGEST_KNOWN_GAP)
"""Time within which two days of one person count as a pair."""


@dataclass(frozen=True, slots=True)
class RowSelection:
    """Rows of these customers, of days before ``before`` and of days from ``since`` on; None means any."""

    customer_ids: Sequence[int] | None = None
    before: date | None = None
    since: date | None = None

    def includes(self, day: date) -> bool:
        """Return whether a row of this day is selected, if its person is."""
        return (self.before is None or day < self.before) and (self.since is None or day >= self.since)

    def with_pairs(self) -> "RowSelection":
        """Return these rows with all that lie so near to one of them that their days count as pairs."""
        return RowSelection(
            self.customer_ids,
            None if self.before is None else self.before + PAIR_REACH,
            None if self.since is None else self.since - PAIR_REACH,
        )

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
