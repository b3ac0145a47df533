"""Import an own export as one named unit, which can be corrected by a later export and taken back.

Invariants:

* Rows are read one by one and stored in batches; memory does not grow with the file.
* A bad row is counted with its place and reason. It stops no other row.
* Importing the same file again stores nothing twice: it is also how an import that was stopped goes on.
* One command at a time changes imports of a database; the next one waits.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import TROPA, AuditAction, AuditActor
from bot.db.engine.database import Connection, Database
from bot.db.imports import table_imports
from bot.db.imports.import_lock import hold_import_lock
from bot.db.imports.table_imports import TableImport
from bot.db.journeys import journeys
from bot.usecases.tables.import_report import RefusalTally, RowPlace
from bot.usecases.tables.import_table import ReportProgress, ignore_progress, never
from bot.usecases.tables.restoring.own_source import OwnSource
from bot.usecases.tables.restoring.restore_rows import RestoredResult, restore_rows
from bot.usecases.tables.restoring.restored_row import UNIT_KINDS
from cjm.tables.own.own_rows import OwnRow
from cjm.tables.row_outcome import RowOutcome
from cjm.tables.table_file import BadRow

MOST_ROWS = 2000  # in one transaction: other writers wait for it


@dataclass(slots=True)
class RestoreReport:
    """Result of an import of an own export: rows by outcome, refused ones by reason, and the days that they are of."""

    rows: Counter[RowOutcome] = field(default_factory=Counter)
    refusals: RefusalTally = field(default_factory=RefusalTally)
    first_day: date | None = None
    last_day: date | None = None
    is_stopped: bool = False
    """True when it was stopped between two batches: the rows so far are stored, and the others are not."""

    def add_bad_row(self, row: BadRow) -> None:
        """Count a row that could not be read."""
        self.rows[RowOutcome.REFUSED] += 1
        self.refusals.add(RowPlace(row.line, row.sheet), row.mistakes)

    def add_row(self, row: OwnRow, outcome: RowOutcome) -> None:
        """Count a row that was read."""
        self.rows[outcome] += 1
        if row.day is not None:
            self.first_day = min(self.first_day or row.day, row.day)
            self.last_day = max(self.last_day or row.day, row.day)


class RestoreExport:
    """``await restore(source, on_progress) -> RestoreReport``.

    ``is_stopped`` is asked between two batches. ``on_waiting`` is called when another command changes imports now. The
    audit log has each run, by ``actor``. Raises TableError when the file cannot be read any more, and ImportOvertaken
    when another command has changed the import meanwhile.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        on_waiting: Callable[[], None] = lambda: None,
        actor: AuditActor = TROPA,
    ) -> None:
        self._db, self._clock, self._on_waiting, self._actor = db, clock, on_waiting, actor

    async def __call__(
        self,
        source: OwnSource,
        on_progress: ReportProgress = ignore_progress,
        *,
        is_stopped: Callable[[], bool] = never,
    ) -> RestoreReport:
        report, now = RestoreReport(), self._clock.now()
        async with hold_import_lock(self._db, self._on_waiting):
            unit = await self._db.write(lambda tx: self._start_run(tx, source, now))
            for good, bad in _batch_rows(source):
                if is_stopped():
                    report.is_stopped = True
                    return report
                results = await self._db.write(lambda tx: _store_batch(tx, unit, source, good, now))  # noqa: B023 - runs before the loop goes on
                # The report changes after the commit: a write may run more than once.
                for row, outcome, mistakes in results:
                    if mistakes:
                        report.add_bad_row(BadRow(row.line, mistakes, row.sheet))
                    else:
                        report.add_row(row, outcome)
                for each in bad:
                    report.add_bad_row(each)
                on_progress(source.file.bytes_read)
            await self._db.write(lambda tx: table_imports.finish_run(tx, unit))
        return report

    def _start_run(self, tx: Connection, source: OwnSource, now: datetime) -> TableImport:
        subject = f"import {source.name}"
        audit_entries.record_entry(
            tx, now, self._actor, AuditAction.IMPORT_TABLE, journey=source.journey.key, subject=subject
        )
        return table_imports.start_run(tx, source.journey.key, source.name, UNIT_KINDS[source.kind], None, now)


def _store_batch(
    tx: Connection, unit: TableImport, source: OwnSource, rows: list[OwnRow], now: datetime
) -> list[RestoredResult]:
    journey = journeys.list_current(tx)[source.journey.key]
    return restore_rows(tx, unit, journey, source.kind, rows, now)


def _batch_rows(source: OwnSource) -> Iterator[tuple[list[OwnRow], list[BadRow]]]:
    good: list[OwnRow] = []
    bad: list[BadRow] = []
    for row in source.read_rows():
        if isinstance(row, BadRow):
            bad.append(row)
        else:
            good.append(row)
        if len(good) + len(bad) >= MOST_ROWS:
            yield good, bad
            good, bad = [], []
    if good or bad:
        yield good, bad
