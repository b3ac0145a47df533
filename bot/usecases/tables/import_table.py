"""A table of past answers or events comes in: read row by row, stored in batches, good rows kept, bad ones told."""

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
from cjm.tables.csv_file import BadRow, CsvError, CsvFile
from cjm.tables.event_rows import EventRow, EventRowReader
from cjm.tables.mapping import MappingError, TableMapping, read_mapping

R = TypeVar("R")
MOST_ANSWERS, MOST_EVENTS = 4000, 200  # in one transaction: whoever else writes waits for it
MOST_ROWS = 1000


class TableError(TropaError):
    """A table that cannot be imported."""


@dataclass(frozen=True, slots=True)
class ImportSource:
    """A file and how it is to be read."""

    journey: Journey
    mapping: TableMapping
    file: CsvFile


@dataclass(slots=True)
class ImportReport:
    """What became of a table: rows taken, answers or events that are new and known already, and the bad rows.

    ``left_out`` are cells that are no answer: not applicable, or empty.
    """

    rows: int = 0
    new: int = 0
    known: int = 0
    left_out: int = 0
    bad: list[BadRow] = field(default_factory=list)


def open_table(path: Path, journey: Journey, mapping: str, mapping_file: str) -> ImportSource:
    """Read the mapping and the table's header. Raises MappingError (every mistake) and TableError."""
    read = read_mapping(mapping, mapping_file, journey)
    try:
        wanted = [column for _, column in read.columns]
        file = CsvFile(path, encoding=read.encoding, delimiter=read.delimiter, wanted=wanted)
    except CsvError as error:
        raise TableError(f"{path}: {error}") from None
    missing = read.find_missing_columns(file.header)
    if missing:
        raise MappingError(mapping_file, missing)
    return ImportSource(journey, read, file)


class ImportTable:
    """``await import_table(table, progress) -> Imported``; ``progress`` is told the bytes that were read so far.

    With ``strict`` nothing is kept when a single row is bad.
    """

    def __init__(self, db: Database, clock: Clock, rules: AskingRules) -> None:
        self._db, self._clock, self._rules = db, clock, rules

    async def __call__(
        self, table: ImportSource, progress: Callable[[int], None] = lambda read: None, *, strict: bool = False
    ) -> ImportReport:
        now, found = self._clock.now(), ImportReport()
        answers = table.mapping.kind == "answers"
        if strict:
            found.bad += (row for row in (_read_answer_rows if answers else _read_event_rows)(table, now) if isinstance(row, BadRow))
            if found.bad:
                return found
        await (self._store_answers if answers else self._store_events)(table, found, now, progress)
        found.bad.sort()
        return found

    async def _store_answers(
        self, table: ImportSource, found: ImportReport, now: datetime, progress: Callable[[int], None]
    ) -> None:
        for rows in _batch_rows(_read_answer_rows(table, now), found.bad, lambda row: len(row.answers), MOST_ANSWERS):
            new, known = await self._db.write(lambda tx: import_answers(tx, table.journey, rows, now))  # noqa: B023
            found.new, found.known = found.new + new, found.known + known
            found.rows += len(rows)
            found.left_out += sum(row.left_out for row in rows)
            progress(table.file.read)

    async def _store_events(
        self, table: ImportSource, found: ImportReport, now: datetime, progress: Callable[[int], None]
    ) -> None:
        rules = self._rules if table.mapping.ask else None
        for rows in _batch_rows(_read_event_rows(table, now), found.bad, lambda row: len(row.events), MOST_EVENTS):
            new, known, bad = await self._db.write(lambda tx: import_events(tx, rows, rules, now))  # noqa: B023
            found.new, found.known = found.new + new, found.known + known
            found.rows += len(rows) - len(bad)
            found.bad += bad
            progress(table.file.read)


def _read_answer_rows(table: ImportSource, now: datetime) -> Iterator[AnswerRow | BadRow]:
    rows = AnswerRowReader(table.mapping, table.journey, table.file.header, now)
    return (row if isinstance(row, BadRow) else rows.read(row) for row in table.file.rows())


def _read_event_rows(table: ImportSource, now: datetime) -> Iterator[EventRow | BadRow]:
    rows = EventRowReader(table.mapping, table.journey, table.file.header, now)
    return (row if isinstance(row, BadRow) else rows.read(row) for row in table.file.rows())


def _batch_rows(rows: Iterator[R | BadRow], bad: list[BadRow], weight: Callable[[R], int], most: int) -> Iterator[list[R]]:
    """Good rows in batches of about ``most`` answers or events; the bad ones are put aside."""
    batch: list[R] = []
    heavy = 0
    for row in rows:
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        batch.append(row)
        heavy += weight(row)
        if heavy >= most or len(batch) >= MOST_ROWS:
            yield batch
            batch, heavy = [], 0
    if batch:
        yield batch
