"""Columns of Tropa's own exports, by the kind of their rows.

Invariants:

* A column never changes its meaning. New ones come at the end, so that scripts which read an export go on to work.
* An export is known by its columns (`find_kind`): it can be imported without a mapping.
* `EXACT` holds what a spreadsheet cannot show without losing a part of it. The cell that people read beside it counts
  when the two differ, because somebody has changed it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class ExportKind(StrEnum):
    """Kind of rows that can be exported, as people type it."""

    ANSWERS = "answers"
    VISITS = "visits"
    INVITATIONS = "invitations"  # questions to people, and what became of them
    DECISIONS = "decisions"  # whether to ask, and why not
    CASES = "cases"
    CHANGES = "changes"  # of the team, which name no customer


class ColumnType(StrEnum):
    """Type of the cells of a column."""

    TEXT = "text"
    NUMBER = "number"  # a whole one
    DECIMAL = "decimal"
    FLAG = "flag"
    DAY = "day"
    TIME = "time"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """Column by its name in the header, and the type of its cells."""

    name: str
    type: ColumnType = ColumnType.TEXT


EXACT = ExportColumn("exact", ColumnType.JSON)
ATTRIBUTE = "attributes."
"""Beginning of the name of a column that holds an attribute of the journey."""

_TEXT, _NUMBER, _DECIMAL, _FLAG, _DAY, _TIME, _JSON = ColumnType


def _columns(**types: ColumnType) -> tuple[ExportColumn, ...]:
    return tuple(ExportColumn(name, kind) for name, kind in types.items())


COLUMNS: Mapping[ExportKind, tuple[ExportColumn, ...]] = {
    ExportKind.ANSWERS: _columns(
        customer=_TEXT, at=_TIME, day=_DAY, stage=_TEXT, subject=_TEXT, question=_TEXT, kind=_TEXT, value=_NUMBER,
        choice=_TEXT, text=_TEXT, not_applicable=_FLAG, channel=_TEXT, source=_TEXT, changed_at=_TIME, number=_NUMBER,
        event_id=_TEXT, invitation=_NUMBER, row=_NUMBER, version=_NUMBER, part=_TEXT, delay=_NUMBER, recalled=_FLAG,
    ),
    ExportKind.VISITS: _columns(
        event_id=_TEXT, customer=_TEXT, at=_TIME, day=_DAY, stage=_TEXT, touchpoint=_TEXT, channel=_TEXT,
        passage=_TEXT, amount=_DECIMAL, lost_reason=_TEXT, measures=_JSON, withdrawn=_FLAG, received_at=_TIME,
        part=_TEXT,
    ),
    ExportKind.INVITATIONS: _columns(
        number=_NUMBER, customer=_TEXT, event_id=_TEXT, survey=_TEXT, day=_DAY, stage=_TEXT, subject=_TEXT,
        channel=_TEXT, state=_TEXT, reason=_TEXT, created_at=_TIME, due_at=_TIME, not_after=_TIME, sent_at=_TIME,
        sent_hour=_NUMBER, reminded_at=_TIME, expires_at=_TIME, started_at=_TIME, finished_at=_TIME, touched_at=_TIME,
        step=_TEXT, contact=_TEXT, nps=_FLAG, language=_TEXT, version=_NUMBER, part=_TEXT,
    ),
    ExportKind.DECISIONS: _columns(
        number=_NUMBER, customer=_TEXT, event_id=_TEXT, invitation=_NUMBER, at=_TIME, day=_DAY, stage=_TEXT,
        subject=_TEXT, survey=_TEXT, verdict=_TEXT, reason=_TEXT, until=_TIME,
    ),
    ExportKind.CASES: _columns(
        number=_NUMBER, customer=_TEXT, kind=_TEXT, origin=_TEXT, state=_TEXT, stage=_TEXT, touchpoint=_TEXT,
        day=_DAY, channel=_TEXT, opened_at=_TIME, taken_at=_TIME, answered_at=_TIME, closed_at=_TIME,
        messages=_NUMBER, text=_TEXT, invitation=_NUMBER, part=_TEXT, team=_TEXT,
    ),
    ExportKind.CHANGES: _columns(
        number=_NUMBER, state=_TEXT, stage=_TEXT, touchpoint=_TEXT, title=_TEXT, owner=_TEXT, barrier_question=_TEXT,
        barrier=_TEXT, planned_at=_TIME, due=_DAY, made_on=_DAY, dropped_at=_TIME, verdict=_TEXT, points=_DECIMAL,
        low=_DECIMAL, high=_DECIMAL, **{"from": _DAY}, to=_DAY,
    ),
}  # fmt: skip

_TELLING = frozenset({
    "customer", "event_id", "passage", "amount", "measures", "invitation", "row", "version", "part", "delay",
    "recalled", "reason", "sent_hour", "step", "contact", "language", "team", "state",
})  # fmt: skip
"""Columns that could tell who somebody is, or which answers are theirs: an anonymous journey's exports lack them."""

_SHOWN_ANYWAY: Mapping[ExportKind, frozenset[str]] = {
    ExportKind.CASES: frozenset({"number", "state"}),
    ExportKind.DECISIONS: frozenset({"reason"}),
    ExportKind.CHANGES: frozenset(column.name for column in COLUMNS[ExportKind.CHANGES]),
}


def list_anonymous_columns(kind: ExportKind) -> tuple[ExportColumn, ...]:
    """Return the columns of an anonymous journey's export: without names, links between rows, and times of a day."""
    shown = _SHOWN_ANYWAY.get(kind, frozenset())
    hidden = _TELLING | {"number"} | {c.name for c in COLUMNS[kind] if c.type is ColumnType.TIME}
    return tuple(c for c in COLUMNS[kind] if c.name not in hidden or c.name in shown)


def find_kind(header: Sequence[str]) -> ExportKind | None:
    """Return the kind of the export that has this header; None for a table that is no whole export of Tropa's.

    An anonymous journey's export is none: it cannot be imported without loss.
    """
    names = set(header)
    if len(names) < len(header):
        return None
    for kind, columns in COLUMNS.items():
        own = {column.name for column in columns}
        if own <= names and all(name == EXACT.name or name.startswith(ATTRIBUTE) for name in names - own):
            return kind
    return None


def attribute_columns(keys: Collection[str]) -> tuple[ExportColumn, ...]:
    """Return the columns of a journey's attributes, in their order."""
    return tuple(ExportColumn(f"{ATTRIBUTE}{key}") for key in keys)
