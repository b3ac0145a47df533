"""Store a batch of rows of an own export: new ones, corrected ones; known, erased and foreign ones stay as they are.

It runs in its caller's transaction.

Invariants:

* A row whose fact stands already, from wherever it came, changes nothing: an export that is imported where it was made
  counts nobody twice.
* What is stored counts as it counted before, and counters move with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.db.counters import tallies
from bot.db.engine.database import Connection
from bot.db.imports import imported_rows, table_imports
from bot.db.imports.table_imports import TableImport
from bot.db.people import customers
from bot.usecases.tables.restoring.restored_answers import AnswersRestorer
from bot.usecases.tables.restoring.restored_asking import DecisionsRestorer, InvitationsRestorer
from bot.usecases.tables.restoring.restored_cases import CasesRestorer, ChangesRestorer
from bot.usecases.tables.restoring.restored_row import RestoredRow, Restorer
from bot.usecases.tables.restoring.restored_visits import VisitsRestorer
from bot.usecases.tables.rows.compare_rows import (
    ANOTHER_CONTENT,
    ComparedRow,
    compare_rows,
    lock_people,
    make_row,
    mark_seen,
)
from cjm.errors import Mistake
from cjm.journeys.journey import Journey
from cjm.tables.own.columns import ExportKind
from cjm.tables.own.own_rows import OwnRow
from cjm.tables.row_outcome import RowOutcome

RestoredResult = tuple[OwnRow, RowOutcome, tuple[Mistake, ...]]
"""Row, what became of it, and its mistakes."""

_RESTORERS: Mapping[ExportKind, Callable[[Connection, TableImport, Journey, datetime], Restorer]] = {
    ExportKind.VISITS: VisitsRestorer,
    ExportKind.INVITATIONS: InvitationsRestorer,
    ExportKind.DECISIONS: DecisionsRestorer,
    ExportKind.ANSWERS: AnswersRestorer,
    ExportKind.CASES: CasesRestorer,
    ExportKind.CHANGES: ChangesRestorer,
}


def restore_rows(
    tx: Connection, unit: TableImport, journey: Journey, kind: ExportKind, rows: Sequence[OwnRow], now: datetime
) -> list[RestoredResult]:
    """Store the facts of rows of one kind; return the outcome of each, in their order. Raises ImportOvertaken."""
    table_imports.lock(tx, unit)
    compared = compare_rows(tx, unit, rows)
    locked, compared = lock_people(tx, compared, lambda row: row.customer or "")
    restorer = _RESTORERS[kind](tx, unit, journey, now)
    with tallies.gather_moves(tx):
        wanted = {one.row.customer for one in compared if one.is_changing and one.row.customer}
        people = customers.ensure_locked(tx, wanted, now, locked)
        compared = _leave_foreign(compared, restorer, people)
        orphans = restorer.find_orphans([one.row for one in compared if one.is_changing])
        compared = [
            replace(one, outcome=RowOutcome.REFUSED) if one.is_changing and one.row.name in orphans else one
            for one in compared
        ]
        restorer.correct(_correct_rows(tx, unit, compared, people))
        restorer.insert(_insert_rows(tx, unit, compared, people))
        mark_seen(tx, unit, compared)
    return [(one.row, one.outcome, _list_mistakes(one, orphans)) for one in compared]


def _list_mistakes(one: ComparedRow[OwnRow], orphans: Mapping[str, Mistake]) -> tuple[Mistake, ...]:
    return (orphans.get(one.row.name, ANOTHER_CONTENT),) if one.outcome is RowOutcome.REFUSED else ()


def _leave_foreign(
    compared: Sequence[ComparedRow[OwnRow]], restorer: Restorer, people: Mapping[str, int]
) -> list[ComparedRow[OwnRow]]:
    """Take for known what is stored already, although this import has not stored it."""
    new = [one for one in compared if one.outcome is RowOutcome.NEW]
    if not new:
        return list(compared)
    found = restorer.find_stored([(one.row, people.get(one.row.customer or "", 0)) for one in new])
    return [
        replace(one, outcome=RowOutcome.KNOWN) if one.outcome is RowOutcome.NEW and one.row.name in found else one
        for one in compared
    ]


def _insert_rows(
    tx: Connection, unit: TableImport, compared: Sequence[ComparedRow[OwnRow]], people: Mapping[str, int]
) -> list[RestoredRow]:
    new = [one for one in compared if one.outcome is RowOutcome.NEW]
    ids = imported_rows.insert_rows(tx, [_imported_row(unit, one, people) for one in new])
    return [RestoredRow(one.row, ids[one.name], people.get(one.row.customer or "", 0)) for one in new]


def _correct_rows(
    tx: Connection, unit: TableImport, compared: Sequence[ComparedRow[OwnRow]], people: Mapping[str, int]
) -> list[RestoredRow]:
    corrected = [(one, one.known) for one in compared if one.outcome is RowOutcome.CORRECTED and one.known]
    imported_rows.save_corrected(tx, {known.id: _imported_row(unit, one, people) for one, known in corrected})
    return [RestoredRow(one.row, known.id, people.get(one.row.customer or "", 0)) for one, known in corrected]


def _imported_row(
    unit: TableImport, one: ComparedRow[OwnRow], people: Mapping[str, int]
) -> imported_rows.NewImportedRow:
    row = one.row
    tells = row.kind is ExportKind.VISITS and row.attributes
    told = {row.facts[0]["at"]: row.attributes} if tells else {}
    made = make_row(unit, one, people.get(row.customer or "", 0), told)
    return replace(made, customer_id=made.customer_id or None)
