"""Answers, visits and cases leave as CSV or NDJSON, a page at a time.

An anonymous journey's rows tell the day and not the time, nobody's name, and nothing by which few could be recognised.
"""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.db.engine.database import Connection, Database
from bot.db.journeys import cohorts
from bot.db.figures import exports
from bot.db.journeys import journeys
from cjm.errors import TropaError
from cjm.journeys.journey import Journey
from cjm.mistake_wording import join_names

KINDS = ("answers", "visits", "cases")
FORMATS = ("csv", "ndjson")
_BOM = "\ufeff"  # without it Excel takes UTF-8 for something else
_RISKY = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "answers": (
        "customer", "at", "day", "stage", "subject", "question", "kind", "value", "choice", "text", "channel",
        "source", "changed_at",
    ),
    "visits": (
        "event_id", "customer", "at", "day", "stage", "touchpoint", "channel", "passage", "amount", "lost_reason",
        "measures", "withdrawn",
    ),
    "cases": (
        "number", "customer", "kind", "origin", "state", "stage", "touchpoint", "day", "channel", "opened_at",
        "taken_at", "answered_at", "closed_at", "messages", "text",
    ),
}  # fmt: skip
_IDENTIFYING = frozenset({"customer", "event_id", "passage"})


class ExportError(TropaError):
    """There is nothing of this kind to export."""


@dataclass(frozen=True, slots=True)
class _ExportPlan:
    """What an export needs to know of its journey."""

    journey: Journey
    cohorts: Mapping[int, Mapping[str, str]]
    hidden: frozenset[int]
    columns: tuple[str, ...]


class ExportRows:
    """``async for text in export_rows("shop", "answers", "csv")``: pieces of the file. Raises ExportError."""

    def __init__(self, db: Database, minimum: int) -> None:
        self._db, self._minimum = db, minimum

    async def __call__(self, key: str, kind: str = "answers", file_format: str = "csv") -> AsyncIterator[str]:
        leaving = await self._db.read(lambda tx: self._plan_export(tx, key, kind))
        write = _csv_line if file_format == "csv" else _ndjson_line
        if file_format == "csv":
            names = [*leaving.columns, *(f"attributes.{a.key}" for a in leaving.journey.attributes)]
            yield _BOM + _csv_text(names)
        after = 0
        while True:
            rows = await self._db.read(lambda tx: exports.list_page(tx, kind, key, after))  # noqa: B023 - awaited here
            if not rows:
                return
            after = rows[-1]["id"]
            yield "".join(write(_row_values(row, leaving), leaving) for row in rows)

    def _plan_export(self, tx: Connection, key: str, what: str) -> _ExportPlan:
        there = journeys.list_current(tx)
        if key not in there:
            raise ExportError(f"there is no journey of this key; there are: {join_names(there) or 'none yet'}")
        if what not in KINDS:
            raise ExportError(f"what can be exported: {', '.join(KINDS)}")
        journey, columns = there[key], _COLUMNS[what]
        hidden: frozenset[int] = frozenset()
        if journey.anonymous:
            hidden = exports.list_rare_cohorts(tx, what, key, self._minimum)
            columns = tuple(c for c in columns if c not in _IDENTIFYING and c != "at" and not c.endswith("_at"))
        return _ExportPlan(journey, cohorts.list_by_journey(tx, key), hidden, columns)


def _row_values(row: Mapping[str, Any], leaving: _ExportPlan) -> dict[str, Any]:
    """A row's columns by name, and its attributes."""
    values = {**row, "customer": row["external_id"], "number": row["id"]}
    told = {name: _local_time(values[name], leaving.journey) for name in leaving.columns}
    cohort = row["cohort_id"]
    known = {} if cohort in leaving.hidden else leaving.cohorts.get(cohort, {})
    told["attributes"] = {a.key: known.get(a.key) or None for a in leaving.journey.attributes}
    return told


def _local_time(value: Any, journey: Journey) -> Any:
    return value.astimezone(journey.zone) if isinstance(value, datetime) else value


def _ndjson_line(told: Mapping[str, Any], leaving: _ExportPlan) -> str:
    return json.dumps(told, ensure_ascii=False, default=_iso_time) + "\n"


def _iso_time(value: date) -> str:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def _csv_line(told: Mapping[str, Any], leaving: _ExportPlan) -> str:
    values = [*(told[name] for name in leaving.columns), *told["attributes"].values()]
    return _csv_text(_csv_cell(value) for value in values)


def _csv_text(cells: Iterable[object]) -> str:
    into = io.StringIO()
    csv.writer(into, lineterminator="\r\n").writerow(cells)
    return into.getvalue()


def _csv_cell(value: Any) -> object:
    """A value as a spreadsheet should take it: times by the journey's clock, texts never as formulas."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_RISKY):
        return f"'{value}"
    return value
