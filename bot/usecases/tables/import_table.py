"""Import a table of past answers or events as one named unit, which can be corrected and taken back.

Invariants:

* Rows are read one by one and stored in batches, so that other writers wait only a short time, and memory does not grow
  with the file. What a batch does is stored as a whole or not at all.
* A bad row is counted with its place and reason. It stops no other row.
* Importing the same file again stores nothing twice: it is also how an import that was stopped goes on.
* One command at a time changes imports of a database; the next one waits.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import TROPA, AuditAction, AuditActor
from bot.db.engine.database import Connection, Database
from bot.db.imports import imported_rows, table_imports
from bot.db.imports.import_lock import hold_import_lock
from bot.db.imports.table_imports import TableImport
from bot.db.journeys import journeys
from bot.usecases.asking.record_visits import FOR_GOOD
from bot.usecases.tables.garbage import collect_garbage_seldom
from bot.usecases.tables.import_report import PLACES, ImportReport
from bot.usecases.tables.import_source import ImportSource, TableError
from bot.usecases.tables.rows.import_answers import import_answers
from bot.usecases.tables.rows.import_events import import_events
from bot.usecases.tables.rows.remove_rows import remove_rows
from cjm.asking.decision import AskingRules
from cjm.journeys.journey import Journey
from cjm.tables.answer_rows import AnswerRow
from cjm.tables.event_rows import EventRow
from cjm.tables.row_outcome import RowResult
from cjm.tables.table_file import BadRow

MOST_ANSWERS, MOST_EVENTS = 4000, 200  # in one transaction: other writers wait for it
MOST_ROWS = 500  # in one transaction, when rows hold few answers or events: a corrected row costs five new ones
MOST_REMOVED = 250  # rows whose facts are taken back in one transaction

ReportProgress = Callable[[int], None]
"""Function that gets the bytes read so far."""


def ignore_progress(bytes_read: int) -> None:
    """Do nothing with the progress."""


def never() -> bool:
    """Return False: an import that nothing stops."""
    return False


@dataclass(slots=True)
class _RowBatch:
    """Rows that follow each other in the file: the good ones, and those that cannot be read."""

    rows: list[AnswerRow | EventRow] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    weight: int = 0


class ImportTable:
    """``await import_table(source, on_progress) -> ImportReport``.

    ``mirror`` removes the rows that an earlier file of the import had and this one lacks, unless a row was refused: it
    may be one of them. ``is_stopped`` is asked between two batches. ``on_waiting`` is called when another command
    changes imports now. Events are checked against the ``retention`` as over HTTP. The audit log has each run, by
    ``actor``.

    Raises TableError when the file has changed since it was opened and cannot be read any more, and ImportOvertaken
    when the lock was lost and another command has changed the import meanwhile.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        rules: AskingRules,
        retention: timedelta = FOR_GOOD,
        on_waiting: Callable[[], None] = lambda: None,
        actor: AuditActor = TROPA,
    ) -> None:
        self._db, self._clock, self._rules, self._retention = db, clock, rules, retention
        self._on_waiting, self._actor = on_waiting, actor

    async def __call__(
        self,
        source: ImportSource,
        on_progress: ReportProgress = ignore_progress,
        *,
        mirror: bool = False,
        is_stopped: Callable[[], bool] = never,
    ) -> ImportReport:
        async with hold_import_lock(self._db, self._on_waiting):
            with collect_garbage_seldom():
                return await self._import(source, on_progress, mirror, is_stopped)

    async def _import(
        self, source: ImportSource, on_progress: ReportProgress, mirror: bool, is_stopped: Callable[[], bool]
    ) -> ImportReport:
        now, journey = self._clock.now(), source.journey
        report = ImportReport(journey.zone, {attribute.key: attribute.values for attribute in journey.attributes})
        unit = await self._db.write(lambda tx: _start_run(tx, source, self._actor, now))
        try:
            for batch in _batch_rows(source, now, report):
                if is_stopped():
                    report.is_stopped = True
                    return report
                # The report changes after the commit: a write may run more than once.
                report.add_results(await self._db.write(lambda tx: self._store_batch(tx, unit, source, batch, now)))  # noqa: B023 - runs before the loop goes on
                for row in batch.bad:
                    report.add_bad_row(row)
                on_progress(source.file.bytes_read)
        except TableError as error:
            if report.stored_rows:
                raise TableError(f"{error}; {report.stored_rows:,} rows before it are stored") from None
            raise
        await self._db.write(lambda tx: table_imports.finish_run(tx, unit))
        await self._report_missing(unit, report)
        if mirror and not report.refused_rows:
            await self._remove_missing(source, unit, report, is_stopped)
        return report

    def _store_batch(
        self, tx: Connection, unit: TableImport, source: ImportSource, batch: _RowBatch, now: datetime
    ) -> list[RowResult]:
        journey = _find_in_force(tx, source)
        if source.has_answers:
            answers = [row for row in batch.rows if isinstance(row, AnswerRow)]
            return import_answers(tx, unit, journey, answers, source.questions, now)
        events = [row for row in batch.rows if isinstance(row, EventRow)]
        rules = self._rules if source.mapping.ask else None
        return import_events(tx, unit, journey, events, rules, now, self._retention)

    async def _report_missing(self, unit: TableImport, report: ImportReport) -> None:
        def read(tx: Connection) -> tuple[int, list[int], int]:
            places = [row.line for row in imported_rows.list_missing(tx, unit, PLACES)]
            return imported_rows.count_missing(tx, unit), places, imported_rows.count_people(tx, unit)

        report.missing, report.missing_lines, report.people = await self._db.read(read)

    async def _remove_missing(
        self, source: ImportSource, unit: TableImport, report: ImportReport, is_stopped: Callable[[], bool]
    ) -> None:
        def remove_some(tx: Connection) -> int:
            table_imports.lock(tx, unit)
            rows = imported_rows.list_missing(tx, unit, MOST_REMOVED)
            remove_rows(tx, _find_in_force(tx, source), rows)
            return len(rows)

        while removed := await self._db.write(remove_some):
            report.removed += removed
            if is_stopped():
                report.is_stopped = True
                return


def _find_in_force(tx: Connection, source: ImportSource) -> Journey:
    """Return the journey as it is now: counters follow it, and it may have changed since the table was opened."""
    return journeys.list_current(tx)[source.journey.key]


def _start_run(tx: Connection, source: ImportSource, actor: AuditActor, now: datetime) -> TableImport:
    mapping, key = source.mapping, source.journey.key
    audit_entries.record_entry(tx, now, actor, AuditAction.IMPORT_TABLE, journey=key, subject=f"import {source.name}")
    return table_imports.start_run(tx, key, source.name, mapping.kind, mapping.day, now)


def _batch_rows(source: ImportSource, now: datetime, report: ImportReport) -> Iterator[_RowBatch]:
    """Yield the rows of the file in batches; those that the mapping leaves out are only counted.

    A batch ends with the row that brings its answers or events to their limit, or after MOST_ROWS.
    """
    limit = MOST_ANSWERS if source.has_answers else MOST_EVENTS
    batch = _RowBatch()
    for row in source.read_rows(now, report.add_left_out):
        if isinstance(row, BadRow):
            batch.bad.append(row)
        else:
            batch.rows.append(row)
            batch.weight += len(row.answers if isinstance(row, AnswerRow) else row.events)
        if batch.weight >= limit or len(batch.rows) + len(batch.bad) >= MOST_ROWS:
            yield batch
            batch = _RowBatch()
    if batch.rows or batch.bad:
        yield batch
