"""Take an import back: the facts of its rows, what they told about people, and people whom nothing else knows.

Invariants:

* Rows are taken back in batches, each as a whole with its counters. An undo that was stopped goes on when it is asked
  for again.
* What was forgotten or retired counts for nobody any more and cannot be taken back. Such erased rows stay known, so
  that a later import of the name does not bring them back.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import TROPA, AuditAction, AuditActor
from bot.db.engine.database import Connection, Database
from bot.db.imports import imported_rows, table_imports
from bot.db.imports.import_lock import hold_import_lock
from bot.db.imports.table_imports import TableImport
from bot.db.journeys import journeys
from bot.usecases.tables.import_table import MOST_REMOVED, ReportProgress, ignore_progress, never
from bot.usecases.tables.list_imports import ListImports
from bot.usecases.tables.rows.remove_rows import Removed, remove_rows


@dataclass(slots=True)
class UndoReport:
    """Result of an undo: what was taken back, and the rows that were ``erased`` before, whose counts stay."""

    removed: Removed = field(default_factory=Removed)
    erased: int = 0
    is_stopped: bool = False
    """True when the undo was stopped between two batches: the other rows are still there."""


class UndoImport:
    """``await undo_import("shop", "clinic-2026") -> UndoReport``: take back all units of the name.

    ``on_progress`` gets the rows taken back so far. ``is_stopped`` is asked between two batches. ``on_waiting`` is
    called when another command changes imports now. The audit log has it first, by ``actor``. Raises UnknownImport.
    """

    def __init__(
        self,
        db: Database,
        on_waiting: Callable[[], None] = lambda: None,
        clock: Clock | None = None,
        actor: AuditActor = TROPA,
    ) -> None:
        self._db, self._on_waiting, self._clock, self._actor = db, on_waiting, clock or Clock(), actor

    async def __call__(
        self,
        key: str,
        name: str,
        on_progress: ReportProgress = ignore_progress,
        *,
        is_stopped: Callable[[], bool] = never,
    ) -> UndoReport:
        await ListImports(self._db).find(key, name)
        report = UndoReport()
        async with hold_import_lock(self._db, self._on_waiting):
            await self._db.write(lambda tx: self._record_undo(tx, key, name))
            units = await self._db.read(lambda tx: table_imports.list_by_name(tx, key, name))
            for unit in reversed(units):  # of own exports, answers and questions go before the visits they are about
                last_id = 0
                while some := await self._db.write(lambda tx: _remove_some(tx, unit, last_id)):  # noqa: B023 - runs before the loop goes on
                    removed, last_id = some
                    report.removed += removed
                    on_progress(report.removed.rows)
                    if is_stopped():
                        report.is_stopped = True
                        return report
                report.erased += await self._db.write(lambda tx: end_unit(tx, unit))  # noqa: B023 - the same
        return report

    def _record_undo(self, tx: Connection, key: str, name: str) -> None:
        now, action = self._clock.now(), AuditAction.UNDO_IMPORT
        audit_entries.record_entry(tx, now, self._actor, action, journey=key, subject=f"import {name}")


def _remove_some(tx: Connection, unit: TableImport, after_id: int) -> tuple[Removed, int] | None:
    """Take the next rows back; return what went and the id of the last one, or None when none is left."""
    table_imports.lock(tx, unit)
    rows = imported_rows.list_rows(tx, unit.id, MOST_REMOVED, after_id=after_id)
    return (remove_rows(tx, journeys.list_current(tx)[unit.journey], rows), rows[-1].id) if rows else None


def end_unit(tx: Connection, unit: TableImport) -> int:
    """Delete a unit whose rows were taken back, unless some of them are erased; return how many are."""
    table_imports.lock(tx, unit)
    erased = imported_rows.count_rows(tx, unit.id, erased=True)
    if erased:
        table_imports.mark_taken_back(tx, unit)
    else:
        table_imports.delete_unit(tx, unit.id)
    return erased
