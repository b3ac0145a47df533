"""Read the rows of an own export: every cell by the type of its column, each row with a name and a digest.

Invariants:

* A row is named by what numbers it where it comes from, so the same export is known again, and a later one corrects it.
* A cell of `EXACT` counts while it agrees with the readable cell beside it.
* No message repeats what a cell holds.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from cjm.asking.decision import AskingReason, AskingVerdict
from cjm.asking.invitation_state import InvitationState
from cjm.cases.case import CaseKind, CaseOrigin, CaseState
from cjm.errors import Mistake
from cjm.figures.day.parts import PartOfDay
from cjm.scales import SCALES
from cjm.tables.own.columns import ATTRIBUTE, COLUMNS, EXACT, ColumnType, ExportColumn, ExportKind
from cjm.tables.row_identity import IdentifiedRow
from cjm.tables.table_file import BadRow, TableRow
from cjm.wall_clock import YEARS, wall_to_utc

_JUDGED = frozenset({"verdict", "points", "low", "high", "from", "to"})  # of a change: computed, and new every day
_LENGTHS: Mapping[str, int] = {
    "customer": 128, "event_id": 128, "passage": 128, "lost_reason": 256, "text": 100_000, "title": 160,
    "kind": 16, "source": 16, "reason": 32, "language": 8, "contact": 8,
}  # fmt: skip
_MOST_KEY, _MOST_NUMBER, _MOST_ATTRIBUTE = 64, 2**31, 256
_MOST_MEASURES, _LARGEST = 20, 1e15  # as in events that are posted
_FREE_TEXTS = frozenset({"text", "title", "owner", "lost_reason"})
"""Columns of what people typed, which may have several lines; all other texts are names."""
_IDS = frozenset({"number", "invitation", "row"})
_CHOICES: Mapping[tuple[ExportKind, str], type[StrEnum]] = {
    (ExportKind.INVITATIONS, "state"): InvitationState,
    (ExportKind.DECISIONS, "verdict"): AskingVerdict,
    (ExportKind.DECISIONS, "reason"): AskingReason,
    (ExportKind.CASES, "kind"): CaseKind,
    (ExportKind.CASES, "origin"): CaseOrigin,
    (ExportKind.CASES, "state"): CaseState,
    **{(kind, "part"): PartOfDay for kind in ExportKind},
}
_NEEDED: Mapping[ExportKind, tuple[str, ...]] = {
    ExportKind.ANSWERS: ("customer", "number", "at", "day", "stage", "subject", "question", "kind", "channel"),
    ExportKind.VISITS: ("customer", "event_id", "at", "day", "stage", "channel", "received_at"),
    ExportKind.INVITATIONS: (
        "customer", "number", "survey", "day", "stage", "subject", "channel", "state", "created_at", "due_at",
        "not_after", "version",
    ),
    ExportKind.DECISIONS: ("customer", "number", "survey", "verdict", "reason", "at"),
    ExportKind.CASES: ("customer", "number", "kind", "origin", "state", "day", "channel", "opened_at"),
    ExportKind.CHANGES: ("number", "title", "planned_at", "due"),
}  # fmt: skip
_NAMES_NOBODY = "is empty: the row names nobody any more, and cannot be imported again"


class _OwnCellError(ValueError):
    """Cell that cannot be read; the message follows the name of its column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRow(IdentifiedRow):
    """Row of an own export, or several answers that one row of an imported table gave.

    ``facts`` are the values by column; ``attributes`` who the customer was.
    """

    kind: ExportKind
    facts: tuple[Mapping[str, Any], ...]
    attributes: Mapping[str, str]

    @property
    def day(self) -> date | None:
        """Day that the row is about; None for a change of a team."""
        day: date | None = self.facts[0].get("day")
        return day


class OwnRowReader:
    """Reader of the rows under the header of an own export; ``zone`` is that of its journey."""

    def __init__(self, kind: ExportKind, header: Sequence[str], zone: ZoneInfo) -> None:
        self._kind = kind
        places = {name: place for place, name in enumerate(header)}
        self._cells = [_CellReader(kind, column, places[column.name], zone) for column in COLUMNS[kind]]
        self._exact = places.get(EXACT.name)
        self._attributes = [
            (name.removeprefix(ATTRIBUTE), place) for name, place in places.items() if name.startswith(ATTRIBUTE)
        ]

    def read(self, rows: Iterable[TableRow | BadRow]) -> Iterator[OwnRow | BadRow]:
        """Yield the rows; answers of one row of a table, which stand together, are one."""
        waiting: list[tuple[TableRow, Mapping[str, Any]]] = []
        for row in rows:
            read = row if isinstance(row, BadRow) else self._read_cells(row)
            is_other = isinstance(read, BadRow) or not waiting or not _is_same_row(waiting[0][1], read)
            if waiting and is_other:
                yield self._make_row(waiting)
                waiting = []
            if isinstance(read, BadRow):
                yield read
            else:
                assert isinstance(row, TableRow)
                waiting.append((row, read))
        if waiting:
            yield self._make_row(waiting)

    def _read_cells(self, row: TableRow) -> Mapping[str, Any] | BadRow:
        mistakes: list[Mistake] = []
        values: dict[str, Any] = {}
        exact = _read_exact("" if self._exact is None else row.cells[self._exact])
        for cell in self._cells:
            try:
                values[cell.name] = cell.read(row.cells[cell.place], exact.get(cell.name))
            except _OwnCellError as error:
                mistakes.append(Mistake(f'column "{cell.name}"', str(error)))
        if not mistakes:
            mistakes += self._list_missing(values)
        values[ATTRIBUTE] = {key: row.cells[place] for key, place in self._attributes if row.cells[place]}
        mistakes += _list_unusable(values[ATTRIBUTE])
        return BadRow(row.line, tuple(mistakes), row.sheet) if mistakes else values

    def _list_missing(self, values: Mapping[str, Any]) -> Iterator[Mistake]:
        for name in _NEEDED[self._kind]:
            if values[name] is None:
                message = _NAMES_NOBODY if name == "customer" else "is empty"
                yield Mistake(f'column "{name}"', message)
                return
        scale = SCALES.get(values["kind"]) if self._kind is ExportKind.ANSWERS else None
        if scale is not None and values["value"] is not None and values["value"] not in scale.spec.values:
            yield Mistake('column "value"', "is not a value of the question's scale")

    def _make_row(self, waiting: Sequence[tuple[TableRow, Mapping[str, Any]]]) -> OwnRow:
        (first, values), facts = waiting[0], tuple(each for _, each in waiting)
        number = values["event_id"] if self._kind is ExportKind.VISITS else values["number"]
        return OwnRow(
            line=first.line,
            sheet=first.sheet,
            name=f"{self._kind} {number}",
            is_named=True,
            customer=values.get("customer"),
            content=_digest(self._kind, facts),
            kind=self._kind,
            facts=facts,
            attributes=values[ATTRIBUTE],
        )


def _is_same_row(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two answers came from one row of an imported table: they are shown beside each other."""
    row = one.get("row")
    return row is not None and one["invitation"] is None and (row, None) == (other["row"], other["invitation"])


def _digest(kind: ExportKind, facts: Sequence[Mapping[str, Any]]) -> bytes:
    told = [{n: v for n, v in fact.items() if kind is not ExportKind.CHANGES or n not in _JUDGED} for fact in facts]
    text = json.dumps([f"own-{kind}-1", told], sort_keys=True, separators=(",", ":"), default=_plain_text)
    return hashlib.blake2b(text.encode("ascii"), digest_size=16).digest()


def _plain_text(value: date) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()


# ---- cells -----------------------------------------------------------------------------------------------------------


def _list_unusable(attributes: Mapping[str, str]) -> Iterator[Mistake]:
    for key, value in attributes.items():
        if len(value) > _MOST_ATTRIBUTE or not value.isprintable():
            yield Mistake(f'column "{ATTRIBUTE}{key}"', "is too long, or contains invisible characters")


def _read_exact(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


class _CellReader:
    """Reader of the cells of one column."""

    def __init__(self, kind: ExportKind, column: ExportColumn, place: int, zone: ZoneInfo) -> None:
        self.name, self.place, self._zone = column.name, place, zone
        self._choices = _CHOICES.get((kind, column.name))
        self._read: Callable[[str, Any], Any] = {
            ColumnType.TEXT: self._read_text,
            ColumnType.NUMBER: self._read_number,
            ColumnType.DECIMAL: _read_decimal,
            ColumnType.FLAG: _read_flag,
            ColumnType.DAY: _read_day,
            ColumnType.TIME: self._read_time,
            ColumnType.JSON: _read_numbers,
        }[column.type]

    def read(self, text: str, exact: Any) -> Any:
        """Return the value of a cell; None for an empty one. Raises _OwnCellError."""
        return self._read(text, exact) if text else None

    def _read_text(self, text: str, exact: Any) -> str:
        if len(text) > _LENGTHS.get(self.name, _MOST_KEY):
            raise _OwnCellError("is too long")
        is_usable = text.isprintable() if self.name not in _FREE_TEXTS else _is_storable(text)
        if not is_usable:
            raise _OwnCellError("contains invisible characters; remove them")
        if self._choices is None:
            return text
        try:
            return self._choices(text)
        except ValueError:
            raise _OwnCellError(f"must be one of {', '.join(self._choices)}") from None

    def _read_number(self, text: str, exact: Any) -> int:
        if not re.fullmatch(r"-?[0-9]{1,19}", text) or (self.name not in _IDS and abs(int(text)) >= _MOST_NUMBER):
            raise _OwnCellError("must be a whole number")
        return int(text)

    def _read_time(self, text: str, exact: Any) -> datetime:
        time = self._parse_time(text, exact)
        _check_year(time)
        return time

    def _parse_time(self, text: str, exact: Any) -> datetime:
        try:
            shown = datetime.fromisoformat(text)
        except ValueError:
            raise _OwnCellError("must be a time such as 2026-03-02 14:30:00") from None
        _check_year(shown)  # before it is moved to another zone, out of what a date can be
        behind = _read_exact_time(exact)
        if shown.tzinfo is not None:
            return shown.astimezone(UTC)
        if behind is not None and behind.replace(tzinfo=None, microsecond=0) == shown.replace(microsecond=0):
            return behind.astimezone(UTC)
        return wall_to_utc(shown, self._zone)


def _is_storable(text: str) -> bool:
    """Return whether a database can store a text: without NUL and halves of characters, which JSON can hold."""
    return "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def _check_year(when: date) -> None:
    if when.year not in YEARS:
        raise _OwnCellError(f"must be in the years {YEARS.start} to {YEARS[-1]}")


def _read_exact_time(exact: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(exact) if isinstance(exact, str) else None
    except ValueError:
        return None
    return time if time is not None and time.tzinfo is not None else None


def _read_decimal(text: str, exact: Any) -> float:
    try:
        shown = float(text)
    except ValueError:
        raise _OwnCellError("must be a number") from None
    if not -_LARGEST <= shown <= _LARGEST:  # what is no number is on neither side
        raise _OwnCellError("must be a number")
    return exact if isinstance(exact, float) and float(f"{exact:.15g}") == float(f"{shown:.15g}") else shown


def _read_flag(text: str, exact: Any) -> bool:
    if text.upper() not in ("0", "1", "TRUE", "FALSE"):
        raise _OwnCellError("must be 0 or 1")
    return text.upper() in ("1", "TRUE")


def _read_day(text: str, exact: Any) -> date:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        raise _OwnCellError("must be a day such as 2026-03-02") from None
    _check_year(day)
    return day


def _read_numbers(text: str, exact: Any) -> dict[str, float]:
    """Read what was measured: a JSON object of numbers."""
    found = _read_exact(text)
    if not 0 < len(found) <= _MOST_MEASURES or not all(_is_measure(name, n) for name, n in found.items()):
        raise _OwnCellError('must be numbers by their names, such as {"minutes": 12}')
    return dict(found)


def _is_measure(name: str, value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool) or not -_LARGEST <= value <= _LARGEST:
        return False
    return 0 < len(name) <= _MOST_KEY and name.isprintable()
