"""Row of an own export that is stored now, and what stores the rows of one kind."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.db.engine.database import Connection
from bot.db.imports.table_imports import TableImport
from bot.db.journeys import cohorts
from cjm.errors import Mistake
from cjm.journeys.journey import Journey
from cjm.tables.own.columns import ExportKind
from cjm.tables.own.own_rows import OwnRow

UNIT_KINDS: Mapping[ExportKind, str] = {
    ExportKind.ANSWERS: "replies",
    ExportKind.VISITS: "visits",
    ExportKind.INVITATIONS: "asked",
    ExportKind.DECISIONS: "decided",
    ExportKind.CASES: "cases",
    ExportKind.CHANGES: "changes",
}
"""Kinds of the units of imports, which are stored: those of tables are called "answers" and "events"."""


@dataclass(frozen=True, slots=True)
class RestoredRow:
    """Row with the id under which its import knows it, and its customer's id (0: it names none)."""

    row: OwnRow
    import_row_id: int
    customer_id: int

    @property
    def fact(self) -> Mapping[str, Any]:
        """Values that the row tells, by column."""
        return self.row.facts[0]


class Restorer(ABC):
    """Writer of the facts of one kind, in one transaction; counters move with them."""

    def __init__(self, tx: Connection, unit: TableImport, journey: Journey, now: datetime) -> None:
        self.tx, self.unit, self.journey, self.now = tx, unit, journey, now

    @abstractmethod
    def find_stored(self, rows: Sequence[tuple[OwnRow, int]]) -> set[str]:
        """Return the names of the rows, each with its customer's id, whose facts are stored already."""

    def find_orphans(self, rows: Sequence[OwnRow]) -> Mapping[str, Mistake]:
        """Return, by name, what the rows lack that cannot be stored without another fact."""
        return {}

    @abstractmethod
    def insert(self, rows: Sequence[RestoredRow]) -> None:
        """Store the facts of new rows."""

    @abstractmethod
    def correct(self, rows: Sequence[RestoredRow]) -> None:
        """Exchange what rows told before for what they tell now."""

    def find_cohorts(self, rows: Sequence[RestoredRow]) -> list[int]:
        """Return the ids of the cohorts under which these rows count, in their order."""
        keys = [attribute.key for attribute in self.journey.attributes]
        forms = [{key: one.row.attributes.get(key, "") for key in keys} for one in rows]
        unique = {cohorts.canonical_form(form): form for form in forms}
        ids = cohorts.ensure_cohorts(self.tx, self.journey.key, unique.values())
        return [ids[cohorts.canonical_form(form)] for form in forms]
