"""Export answers, visits, cases and changes as CSV or NDJSON, a page at a time.

Invariants:
* Rows of an anonymous journey name no customer, event or passage, and no time finer than the day. Of its answers only
  those are exported that name nobody any more, coarsened as `cjm.figures.export_cells` does; on a visit or a case the
  attributes are left out when fewer people than the privacy minimum share all of them.
* No text in a CSV file begins with a sign that a spreadsheet would take for a formula (`cjm.tables.cells.safe_cell`).
* Personal data in words is blurred: `bot.db.figures.exports` reads them so.
* Memory stays the same however many rows there are.
"""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import TROPA, AuditAction, AuditActor
from bot.db.engine.database import Connection, Database
from bot.db.figures import exports
from bot.db.figures.exports import ExportKind
from bot.db.journeys import cohorts, journeys
from bot.usecases.tables.change_rows import CHANGE_COLUMNS, list_change_rows
from cjm.anonymity import ANONYMOUS_MINIMUM
from cjm.errors import TropaError
from cjm.figures.export_cells import AnswerCell, ShownCell, coarsen_cells
from cjm.journeys.journey import Journey
from cjm.mistake_wording import list_journeys, quote_name
from cjm.tables.cells.safe_cell import guard_cell

FORMATS = ("csv", "ndjson")
_BOM = "\ufeff"  # without it Excel does not read the file as UTF-8

_COLUMNS: Mapping[ExportKind, tuple[str, ...]] = {
    ExportKind.ANSWERS: (
        "customer", "at", "day", "stage", "subject", "question", "kind", "value", "choice", "text",
        "not_applicable", "channel", "source", "changed_at",
    ),
    ExportKind.VISITS: (
        "event_id", "customer", "at", "day", "stage", "touchpoint", "channel", "passage", "amount", "lost_reason",
        "measures", "withdrawn",
    ),
    ExportKind.CASES: (
        "number", "customer", "kind", "origin", "state", "stage", "touchpoint", "day", "channel", "opened_at",
        "taken_at", "answered_at", "closed_at", "messages", "text",
    ),
    ExportKind.CHANGES: CHANGE_COLUMNS,
}  # fmt: skip
_IDENTIFYING = frozenset({"customer", "event_id", "passage", "amount", "measures"})


class ExportError(TropaError):
    """The journey or the kind of rows does not exist."""


@dataclass(frozen=True, slots=True)
class _ExportPlan:
    """Columns of an export, and facts about its journey. The attributes of ``hidden`` cohorts are left out.

    ``attributes`` are the names of those that rows have; changes have none.

    ``cells`` is what answers that name nobody may show beside themselves; a journey that is named now may have some.
    """

    journey: Journey
    kind: ExportKind
    cohorts: Mapping[int, Mapping[str, str]]
    hidden: frozenset[int]
    columns: tuple[str, ...]
    cells: Mapping[AnswerCell, ShownCell]
    attributes: tuple[str, ...]


class ExportRows:
    """``async for text in export_rows("shop", "answers", "csv")`` yields pieces of the file. Raises ExportError.

    The audit log has the export, by ``actor``, before the first piece.
    """

    def __init__(self, db: Database, minimum: int, clock: Clock | None = None, actor: AuditActor = TROPA) -> None:
        self._db, self._minimum, self._clock, self._actor = db, minimum, clock or Clock(), actor
        self.row_count = 0
        """Rows that were yielded so far."""

    async def __call__(self, key: str, kind: str = ExportKind.ANSWERS, file_format: str = "csv") -> AsyncIterator[str]:
        plan = await self._db.read(lambda tx: self._plan_export(tx, key, kind))
        has_people = plan.kind is not ExportKind.CHANGES
        people = await self._db.read(lambda tx: exports.count_people(tx, plan.kind, key)) if has_people else 0
        await self._db.write(lambda tx: self._record_export(tx, plan, people))
        write = _csv_line if file_format == "csv" else _ndjson_line
        if file_format == "csv":
            names = [*plan.columns, *(f"attributes.{key}" for key in plan.attributes)]
            yield _BOM + _csv_text(names)
        after = 0
        while True:
            rows = await self._db.read(lambda tx: self._list_rows(tx, plan, after))  # noqa: B023 - the lambda runs before the loop goes on
            if not rows:
                return
            after = rows[-1]["id"]  # by id, not by offset: a late page costs as much as the first
            shown = [values for row in rows if (values := _row_values(row, plan)) is not None]
            self.row_count += len(shown)
            yield "".join(write(values, plan) for values in shown)

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
        journey, columns = current[key], _COLUMNS[kind]
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
            columns = tuple(c for c in columns if c not in _IDENTIFYING and c != "at" and not c.endswith("_at"))
        attributes = tuple(each.key for each in journey.attributes)
        return _ExportPlan(journey, kind, cohorts.list_by_journey(tx, key), hidden, columns, cells, attributes)

    def _list_rows(self, tx: Connection, plan: _ExportPlan, after: int) -> list[exports.ExportedRow]:
        if plan.kind is ExportKind.CHANGES:
            return list_change_rows(tx, plan.journey, self._minimum, self._clock.now(), after)
        is_unnamed = plan.journey.anonymous and plan.kind is ExportKind.ANSWERS
        return exports.list_page(tx, plan.kind, plan.journey, after, is_unnamed=is_unnamed)


def _row_values(row: Mapping[str, Any], plan: _ExportPlan) -> dict[str, Any] | None:
    """Return a row's values by column, and its attributes under "attributes"; None for one that may not be shown."""
    if plan.kind is ExportKind.CHANGES:
        return {name: _local_time(row[name], plan.journey) for name in plan.columns}
    values = {**row, "customer": row["external_id"], "number": row["id"]}
    cohort = row["cohort_id"]
    if row["customer_id"] is None:
        shown = plan.cells.get(exports.cell_of_row(row))
        if shown is None:
            return None
        values |= {"day": shown.when, "channel": shown.channel, "at": None}
        cohort = shown.cohort_id
    attributes = {} if cohort is None or cohort in plan.hidden else plan.cohorts.get(cohort, {})
    return {
        **{name: _local_time(values[name], plan.journey) for name in plan.columns},
        "attributes": {key: attributes.get(key) or None for key in plan.attributes},
    }


def _local_time(value: Any, journey: Journey) -> Any:
    return value.astimezone(journey.zone) if isinstance(value, datetime) else value


def _ndjson_line(values: Mapping[str, Any], plan: _ExportPlan) -> str:
    return json.dumps(values, ensure_ascii=False, default=_iso_time) + "\n"


def _iso_time(value: date) -> str:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def _csv_line(values: Mapping[str, Any], plan: _ExportPlan) -> str:
    cells = [*(values[name] for name in plan.columns), *values.get("attributes", {}).values()]
    return _csv_text(_csv_cell(cell) for cell in cells)


def _csv_text(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


def _csv_cell(value: Any) -> object:
    """Return a value as a spreadsheet reads it: times by the journey's clock, and texts never as formulas."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return int(value)
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
    return guard_cell(text) if isinstance(text, str) else text
