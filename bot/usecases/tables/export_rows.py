"""Export answers, visits and cases as CSV or NDJSON, a page at a time.

Invariants:
* Rows of an anonymous journey name no customer, event or passage, and no time finer than the day; the attributes of a
  row are left out when fewer people than the privacy minimum share all of them.
* No text in a CSV file begins with a sign that a spreadsheet would take for a formula.
* Memory stays the same however many rows there are.
"""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.db.engine.database import Connection, Database
from bot.db.figures import exports
from bot.db.figures.exports import ExportKind
from bot.db.journeys import cohorts, journeys
from cjm.errors import TropaError
from cjm.journeys.journey import Journey
from cjm.mistake_wording import list_journeys, quote_name

FORMATS = ("csv", "ndjson")
_BOM = "\ufeff"  # without it Excel does not read the file as UTF-8
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

_COLUMNS: Mapping[ExportKind, tuple[str, ...]] = {
    ExportKind.ANSWERS: (
        "customer", "at", "day", "stage", "subject", "question", "kind", "value", "choice", "text", "channel",
        "source", "changed_at",
    ),
    ExportKind.VISITS: (
        "event_id", "customer", "at", "day", "stage", "touchpoint", "channel", "passage", "amount", "lost_reason",
        "measures", "withdrawn",
    ),
    ExportKind.CASES: (
        "number", "customer", "kind", "origin", "state", "stage", "touchpoint", "day", "channel", "opened_at",
        "taken_at", "answered_at", "closed_at", "messages", "text",
    ),
}  # fmt: skip
_IDENTIFYING = frozenset({"customer", "event_id", "passage"})


class ExportError(TropaError):
    """The journey or the kind of rows does not exist."""


@dataclass(frozen=True, slots=True)
class _ExportPlan:
    """Columns of an export, and facts about its journey. The attributes of ``hidden`` cohorts are left out."""

    journey: Journey
    kind: ExportKind
    cohorts: Mapping[int, Mapping[str, str]]
    hidden: frozenset[int]
    columns: tuple[str, ...]


class ExportRows:
    """``async for text in export_rows("shop", "answers", "csv")`` yields pieces of the file. Raises ExportError."""

    def __init__(self, db: Database, minimum: int) -> None:
        self._db, self._minimum = db, minimum
        self.row_count = 0
        """Rows that were yielded so far."""

    async def __call__(self, key: str, kind: str = ExportKind.ANSWERS, file_format: str = "csv") -> AsyncIterator[str]:
        plan = await self._db.read(lambda tx: self._plan_export(tx, key, kind))
        write = _csv_line if file_format == "csv" else _ndjson_line
        if file_format == "csv":
            names = [*plan.columns, *(f"attributes.{a.key}" for a in plan.journey.attributes)]
            yield _BOM + _csv_text(names)
        after = 0
        while True:
            rows = await self._db.read(lambda tx: exports.list_page(tx, plan.kind, key, after))  # noqa: B023 - the lambda runs before the loop goes on
            if not rows:
                return
            self.row_count += len(rows)
            after = rows[-1]["id"]  # by id, not by offset: a late page costs as much as the first
            yield "".join(write(_row_values(row, plan), plan) for row in rows)

    def _plan_export(self, tx: Connection, key: str, kind_name: str) -> _ExportPlan:
        current = journeys.list_current(tx)
        if key not in current:
            raise ExportError(f"there is no journey {quote_name(key)}; {list_journeys(current)}")
        if kind_name not in set(ExportKind):
            raise ExportError(f"only {', '.join(ExportKind)} can be exported")
        kind = ExportKind(kind_name)
        journey, columns = current[key], _COLUMNS[kind]
        hidden: frozenset[int] = frozenset()
        if journey.anonymous:
            hidden = exports.list_rare_cohorts(tx, kind, key, self._minimum)
            columns = tuple(c for c in columns if c not in _IDENTIFYING and c != "at" and not c.endswith("_at"))
        return _ExportPlan(journey, kind, cohorts.list_by_journey(tx, key), hidden, columns)


def _row_values(row: Mapping[str, Any], plan: _ExportPlan) -> dict[str, Any]:
    """Return a row's values by column, and its attributes under "attributes"."""
    values = {**row, "customer": row["external_id"], "number": row["id"]}
    cohort = row["cohort_id"]
    attributes = {} if cohort in plan.hidden else plan.cohorts.get(cohort, {})
    return {
        **{name: _local_time(values[name], plan.journey) for name in plan.columns},
        "attributes": {a.key: attributes.get(a.key) or None for a in plan.journey.attributes},
    }


def _local_time(value: Any, journey: Journey) -> Any:
    return value.astimezone(journey.zone) if isinstance(value, datetime) else value


def _ndjson_line(values: Mapping[str, Any], plan: _ExportPlan) -> str:
    return json.dumps(values, ensure_ascii=False, default=_iso_time) + "\n"


def _iso_time(value: date) -> str:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def _csv_line(values: Mapping[str, Any], plan: _ExportPlan) -> str:
    cells = [*(values[name] for name in plan.columns), *values["attributes"].values()]
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
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA_SIGNS):
        return f"'{value}"
    return value
