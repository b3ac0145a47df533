"""Import a table of past answers or events.

Invariants:

* Rows are read one by one and stored in batches, so that other writers wait only a short time. Good rows are never held
  in memory as a whole; the bad ones are, for the report.
* A bad row is reported with its line and reason. It stops no other row, unless the import is ``strict`` and the row
  cannot be read.
* Importing the same file again stores nothing twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from bot.clock import Clock
from bot.db.engine.database import Database
from bot.usecases.tables.import_answers import import_answers
from bot.usecases.tables.import_events import import_events
from cjm.asking.decision import AskingRules
from cjm.errors import TropaError
from cjm.journeys.journey import Journey
from cjm.tables.answer_rows import AnswerRow, AnswerRowReader
from cjm.tables.csv_file import CsvFile
from cjm.tables.event_rows import EventRow, EventRowReader
from cjm.tables.mapping import TableMapping
from cjm.tables.mapping_file import MappingError, read_mapping
from cjm.tables.table_file import BadRow, TableFileError

R = TypeVar("R")
MOST_ANSWERS, MOST_EVENTS = 4000, 200  # in one transaction: other writers wait for it
MOST_ROWS = 1000  # in one transaction, when rows hold few answers or events


class TableError(TropaError):
    """The file cannot be read as a table."""


@dataclass(frozen=True, slots=True)
class ImportSource:
    """Table whose header was read, and how its columns are read."""

    journey: Journey
    mapping: TableMapping
    file: CsvFile


@dataclass(slots=True)
class ImportReport:
    """Outcome of an import.

    ``rows`` counts the rows without a mistake, ``bad`` lists the others. ``new`` and ``known`` count the answers or
    events that were stored now or before, among them the good events of a bad row. ``left_out`` counts the cells
    without an answer (empty, or "not applicable") in a table of answers.
    """

    rows: int = 0
    new: int = 0
    known: int = 0
    left_out: int = 0
    bad: list[BadRow] = field(default_factory=list)


def open_table(path: Path, journey: Journey, mapping: str, mapping_file: str) -> ImportSource:
    """Read the mapping and the table's header.

    Raises MappingError for a mapping with mistakes or for columns that the table lacks, TableError for an unreadable
    file.
    """
    table_mapping = read_mapping(mapping, mapping_file, journey)
    try:
        expected = [str(reference.column) for _, reference in table_mapping.references]
        file = CsvFile(
            path, encoding=table_mapping.encoding, delimiter=table_mapping.delimiter, expected_columns=expected
        )
    except TableFileError as error:
        raise TableError(f"{path}: {error}") from None
    missing = table_mapping.find_missing_columns(file.header.names)
    if missing:
        raise MappingError(mapping_file, missing)
    return ImportSource(journey, table_mapping, file)


class ImportTable:
    """``await import_table(source, on_progress) -> ImportReport``.

    ``on_progress`` gets the bytes read so far. With ``strict`` the file is read twice, and nothing is stored when any
    row cannot be read; a row that is refused only when its events are recorded stops nothing. Raises TableFileError
    when the file has changed since it was opened and cannot be read any more.
    """

    def __init__(self, db: Database, clock: Clock, rules: AskingRules) -> None:
        self._db, self._clock, self._rules = db, clock, rules

    async def __call__(
        self,
        source: ImportSource,
        on_progress: Callable[[int], None] = lambda bytes_read: None,
        *,
        strict: bool = False,
    ) -> ImportReport:
        now, report = self._clock.now(), ImportReport()
        has_answers = source.mapping.kind == "answers"
        read_rows = _read_answer_rows if has_answers else _read_event_rows
        if strict:  # reading twice is cheaper than one transaction over a whole file, which would stop other writers
            report.bad += (row for row in read_rows(source, now) if isinstance(row, BadRow))
            if report.bad:
                return report
        await (self._store_answers if has_answers else self._store_events)(source, report, now, on_progress)
        report.bad.sort()
        return report

    async def _store_answers(
        self, source: ImportSource, report: ImportReport, now: datetime, on_progress: Callable[[int], None]
    ) -> None:
        for rows in _batch_rows(_read_answer_rows(source, now), report.bad, lambda row: len(row.answers), MOST_ANSWERS):
            new, known = await self._db.write(lambda tx: import_answers(tx, source.journey, rows, now))  # noqa: B023 - runs before the loop goes on
            report.new, report.known = report.new + new, report.known + known
            report.rows += len(rows)
            report.left_out += sum(row.left_out for row in rows)
            on_progress(source.file.bytes_read)

    async def _store_events(
        self, source: ImportSource, report: ImportReport, now: datetime, on_progress: Callable[[int], None]
    ) -> None:
        rules = self._rules if source.mapping.ask else None
        for rows in _batch_rows(_read_event_rows(source, now), report.bad, lambda row: len(row.events), MOST_EVENTS):
            new, known, bad = await self._db.write(lambda tx: import_events(tx, rows, rules, now))  # noqa: B023 - runs before the loop goes on
            report.new, report.known = report.new + new, report.known + known
            report.rows += len(rows) - len(bad)
            report.bad += bad
            on_progress(source.file.bytes_read)


def _read_answer_rows(source: ImportSource, now: datetime) -> Iterator[AnswerRow | BadRow]:
    reader = AnswerRowReader(source.mapping, source.journey, source.file.header.names, now)
    return (row if isinstance(row, BadRow) else reader.read(row) for row in source.file.rows())


def _read_event_rows(source: ImportSource, now: datetime) -> Iterator[EventRow | BadRow]:
    reader = EventRowReader(source.mapping, source.journey, source.file.header.names, now)
    return (row if isinstance(row, BadRow) else reader.read(row) for row in source.file.rows())


def _batch_rows(
    rows: Iterator[R | BadRow], bad: list[BadRow], weight: Callable[[R], int], limit: int
) -> Iterator[list[R]]:
    """Yield good rows in batches, and add the others to ``bad``.

    A batch ends with the row that brings the sum of ``weight`` (answers or events) to ``limit``, or after MOST_ROWS.
    """
    batch: list[R] = []
    batch_weight = 0
    for row in rows:
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        batch.append(row)
        batch_weight += weight(row)
        if batch_weight >= limit or len(batch) >= MOST_ROWS:
            yield batch
            batch, batch_weight = [], 0
    if batch:
        yield batch
