"""Export answers, visits, invitations, decisions, cases and changes, a page at a time.

Invariants:
* Rows of an anonymous journey name no customer, event or passage, and no time finer than the day. Of its answers only
  those are exported that name nobody any more, coarsened as `cjm.figures.export_cells` does; on other rows the
  attributes are left out when fewer people than the privacy minimum share all of them.
* No text begins in a spreadsheet as a formula (`cjm.tables.own`).
* Personal data in words is blurred: `bot.db.figures.exports` reads them so.
* Memory stays the same however many rows there are, and no page is made on the event loop.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import TROPA, AuditAction, AuditActor
from bot.db.engine.database import Connection, Database
from bot.db.figures import exports
from bot.db.journeys import cohorts, journeys
from bot.usecases.tables.change_rows import list_change_rows
from cjm.anonymity import ANONYMOUS_MINIMUM
from cjm.errors import TropaError
from cjm.figures.export_cells import AnswerCell, ShownCell, coarsen_cells
from cjm.journeys.journey import Journey
from cjm.mistake_wording import list_journeys, quote_name
from cjm.tables.own.columns import (
    COLUMNS,
    ColumnType,
    ExportColumn,
    ExportKind,
    attribute_columns,
    list_anonymous_columns,
)
from cjm.tables.own.writers import ExportFormat, make_writer


class ExportError(TropaError):
    """The journey or the kind of rows does not exist."""


@dataclass(frozen=True, slots=True)
class _ExportPlan:
    """Columns of an export, and facts about its journey. The attributes of ``hidden`` cohorts are left out.

    ``attributes`` are the keys of those that rows have; changes have none.

    ``cells`` is what answers that name nobody may show beside themselves; a journey that is named now may have some.
    """

    journey: Journey
    kind: ExportKind
    cohorts: Mapping[int, Mapping[str, str]]
    hidden: frozenset[int]
    columns: tuple[ExportColumn, ...]
    cells: Mapping[AnswerCell, ShownCell]
    attributes: tuple[str, ...]

    @property
    def all_columns(self) -> tuple[ExportColumn, ...]:
        return (*self.columns, *attribute_columns(self.attributes))


class ExportRows:
    """``async for piece in export_rows("shop", "answers", "csv")`` yields pieces of the file.

    Raises ExportError, and ParquetMissing where that is asked for without its package. The audit log has the export, by
    ``actor``, before the first piece. ``people`` collects the ids of the customers whose rows the file holds: a file
    that can be taken back is, when one of them is forgotten.
    """

    def __init__(
        self,
        db: Database,
        minimum: int,
        clock: Clock | None = None,
        actor: AuditActor = TROPA,
        people: set[int] | None = None,
    ) -> None:
        self._db, self._minimum, self._clock, self._actor = db, minimum, clock or Clock(), actor
        self._people = people
        self.row_count = 0
        """Rows that were yielded so far."""

    async def __call__(
        self, key: str, kind: str = ExportKind.ANSWERS, file_format: str = ExportFormat.CSV
    ) -> AsyncIterator[bytes]:
        plan = await self._db.read(lambda tx: self._plan_export(tx, key, kind))
        writer = make_writer(ExportFormat(file_format), plan.all_columns, plan.kind, has_coarse_days=bool(plan.cells))
        has_people = plan.kind is not ExportKind.CHANGES
        people = await self._db.read(lambda tx: exports.count_people(tx, plan.kind, key)) if has_people else 0
        await self._db.write(lambda tx: self._record_export(tx, plan, people))
        make_cells = _cell_maker(plan)
        yield writer.begin()
        after = 0
        while rows := await self._db.read(lambda tx: self._list_rows(tx, plan, after)):  # noqa: B023 - the lambda runs before the loop goes on
            after = rows[-1]["id"]  # by id, not by offset: a late page costs as much as the first
            shown, piece = await asyncio.to_thread(_write_page, rows, make_cells, writer.write)
            self.row_count += shown
            if self._people is not None and has_people:
                self._people.update(row["customer_id"] for row in rows if row["customer_id"] is not None)
            yield piece
        yield await asyncio.to_thread(writer.end)

    def _record_export(self, tx: Connection, plan: _ExportPlan, people: int) -> None:
        now, action, key = self._clock.now(), AuditAction.EXPORT_ROWS, plan.journey.key
        audit_entries.record_entry(tx, now, self._actor, action, journey=key, subject=plan.kind, people=people)

    def _plan_export(self, tx: Connection, key: str, kind_name: str) -> _ExportPlan:
        current = journeys.list_current(tx)
        if key not in current:
            raise ExportError(f"there is no journey {quote_name(key)}; {list_journeys(current)}")
        if kind_name not in set(ExportKind):
            raise ExportError(f"only {', '.join(ExportKind)} can be exported")
        kind = ExportKind(kind_name)
        journey, columns = current[key], COLUMNS[kind]
        if kind is ExportKind.CHANGES:
            return _ExportPlan(journey, kind, {}, frozenset(), columns, {}, ())
        hidden: frozenset[int] = frozenset()
        minimum = max(self._minimum, ANONYMOUS_MINIMUM)
        cells: Mapping[AnswerCell, ShownCell] = {}
        if kind is ExportKind.ANSWERS:
            several = {q.key for survey in journey.surveys for q in survey.questions if q.several}
            cells = coarsen_cells(exports.count_answer_cells(tx, key, several), minimum)
        if journey.anonymous:
            hidden = frozenset() if kind is ExportKind.ANSWERS else exports.list_rare_cohorts(tx, kind, key, minimum)
            columns = list_anonymous_columns(kind)
        attributes = tuple(each.key for each in journey.attributes)
        return _ExportPlan(journey, kind, cohorts.list_by_journey(tx, key), hidden, columns, cells, attributes)

    def _list_rows(self, tx: Connection, plan: _ExportPlan, after: int) -> Sequence[exports.ExportedRow]:
        if plan.kind is ExportKind.CHANGES:
            return list_change_rows(tx, plan.journey, self._minimum, self._clock.now(), after)
        return exports.list_page(tx, plan.kind, plan.journey, after, is_anonymous=plan.journey.anonymous)


MakeCells = Callable[[exports.ExportedRow], list[object] | None]


def _write_page(
    rows: Sequence[exports.ExportedRow], make_cells: MakeCells, write: Callable[[Sequence[Sequence[object]]], bytes]
) -> tuple[int, bytes]:
    """Return how many of these rows may be shown, and what they add to the file."""
    shown = [cells for row in rows if (cells := make_cells(row)) is not None]
    return len(shown), write(shown)


def _cell_maker(plan: _ExportPlan) -> MakeCells:
    """Return a function that gives a row's values for all columns; None for one that may not be shown."""
    names = [column.name for column in plan.columns]
    times = [place for place, column in enumerate(plan.columns) if column.type is ColumnType.TIME]
    zone, of_cohort = plan.journey.zone, _list_attributes(plan)
    unknown = [None for _ in plan.attributes]

    def make_cells(row: exports.ExportedRow) -> list[object] | None:
        values: Mapping[str, Any] = row
        if plan.kind is not ExportKind.CHANGES:
            named = {"customer": _name_customer(row), "number": row["id"], "row": row.get("import_row_id")}
            values = {**row, **named}
            if plan.kind is ExportKind.DECISIONS:
                values = {**values, "invitation": row["invitation_id"]}
            if row["customer_id"] is None:
                shown = plan.cells.get(exports.cell_of_row(row))
                if shown is None:
                    return None
                hidden = {"day": shown.when, "channel": shown.channel, "at": None, "cohort_id": shown.cohort_id}
                values = {**values, **hidden, "number": None}
        cells = [values[name] for name in names]
        for place in times:
            time = cells[place]
            if isinstance(time, datetime):
                cells[place] = time.astimezone(zone)
        return cells + of_cohort.get(values.get("cohort_id"), unknown)

    return make_cells


def _name_customer(row: exports.ExportedRow) -> str | None:
    """Return the business's id of a row's person; who has none is called by a number that means nothing elsewhere."""
    if row["customer_id"] is None:
        return None
    return row["external_id"] or f"person-{row['customer_id']}"


def _list_attributes(plan: _ExportPlan) -> Mapping[int | None, list[str | None]]:
    """Return the cells of the attributes of each cohort that may show them."""
    return {
        number: [known.get(key) or None for key in plan.attributes]
        for number, known in plan.cohorts.items()
        if number not in plan.hidden
    }
