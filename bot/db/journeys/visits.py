"""Visits as they were reported, together with the counters of visits and of measures that they move."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, func, insert, select, update

from bot.db.counters import tallies
from bot.db.counters.row_selection import EVERYTHING, RowSelection
from bot.db.engine.chunks import is_one_of, split_into_chunks
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.engine.rows import row_reader, row_writer
from bot.db.journeys.tables import visit_table
from cjm.figures.day.parts import PartOfDay
from cjm.figures.facts.measures import measure_bucket
from cjm.figures.tally import MEASURE, VISITS, CounterKey, CounterSums, Move, reverse_moves
from cjm.journeys.journey import Journey


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
    """Visit before it is stored; ``touchpoint`` is None for one to the stage, ``day`` is in the journey's zone.

    ``part`` is that of the day (`cjm.figures.day.day_places`). ``import_row_id`` is the row of a table that alone told
    it; None for an event that also came over HTTP.
    """

    event_id: str
    customer_id: int
    journey: str
    stage: str
    touchpoint: str | None
    at: datetime
    day: date
    channel: str
    cohort_id: int
    received_at: datetime
    passage: str | None = None
    measures: dict[str, float] | None = None
    amount: float | None = None
    lost_reason: str | None = None
    part: PartOfDay | None = None
    withdrawn: bool = False
    attributes_digest: bytes | None = None
    import_row_id: int | None = None

    @property
    def subject(self) -> str:
        """Key of the touchpoint, or of the stage when the event named no touchpoint."""
        return self.touchpoint or self.stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(NewVisit):
    """Stored visit."""

    id: int


_visit_from_row = row_reader(Visit, visit_table)
visit_columns = row_writer(NewVisit)
_INSERT = PreparedStatement(insert(visit_table))
_BY_IDS = select(visit_table).where(visit_table.c.id.in_(bindparam("ids", expanding=True))).order_by(visit_table.c.id)
_BY_EVENT_IDS = PreparedStatement(select(visit_table).where(is_one_of(visit_table.c.event_id, "ids")))
_BY_IMPORT_ROWS = (
    select(visit_table)
    .where(visit_table.c.import_row_id.in_(bindparam("ids", expanding=True)))
    .order_by(visit_table.c.id)
)
_IDS_BY_EVENT_IDS = PreparedStatement(
    select(visit_table.c.id, visit_table.c.event_id).where(is_one_of(visit_table.c.event_id, "ids"))
)


def insert_visits(tx: Connection, visits: Sequence[NewVisit]) -> list[Visit]:
    """Store visits whose event ids are not known yet, and count them; return them in the same order."""
    if not visits:
        return []
    rows = [visit_columns(visit) for visit in visits]
    _INSERT.run_many(tx, rows)  # RETURNING would take a statement for each
    stored = _IDS_BY_EVENT_IDS.list_rows(tx, {"ids": [visit.event_id for visit in visits]})
    ids = {row.event_id: row.id for row in stored}
    tallies.add_moves(tx, _visit_moves(visits))
    return [Visit(**row, id=ids[row["event_id"]]) for row in rows]


def withdraw_visits(tx: Connection, standing: Sequence[Visit]) -> None:
    """Mark visits that stand as never having happened and take their counts back.

    The rows stay, so that the same event cannot come back.
    """
    tx.execute(update(visit_table).where(visit_table.c.id.in_([visit.id for visit in standing])).values(withdrawn=True))
    tallies.add_moves(tx, reverse_moves(_visit_moves(standing)))


def list_by_ids(tx: Connection, ids: Sequence[int]) -> list[Visit]:
    return [_visit_from_row(row) for row in _list_rows(tx, _BY_IDS, ids)]


def list_by_import_rows(tx: Connection, row_ids: Sequence[int]) -> list[Visit]:
    """Return the visits that only these rows of imports told."""
    return [_visit_from_row(row) for row in _list_rows(tx, _BY_IMPORT_ROWS, row_ids)]


def release_from_imports(tx: Connection, visit_ids: Sequence[int]) -> None:
    """Keep these visits when the import that told them is taken back: they are known from elsewhere too."""
    for chunk in split_into_chunks(visit_ids):
        tx.execute(update(visit_table).where(visit_table.c.id.in_(chunk)).values(import_row_id=None))


def delete_uncounted(tx: Connection, visit_ids: Sequence[int]) -> None:
    """Delete visits with all that hangs on them. Counters do not move: `bot.db.asking.recounting` is for that."""
    for chunk in split_into_chunks(visit_ids):
        tx.execute(delete(visit_table).where(visit_table.c.id.in_(chunk)))


def _list_rows(tx: Connection, query: Select[Any], ids: Sequence[Any]) -> Iterator[Row[Any]]:
    return (row for chunk in split_into_chunks(ids) for row in tx.execute(query, {"ids": chunk}).all())


def list_by_event_ids(tx: Connection, event_ids: Sequence[str]) -> dict[str, Visit]:
    """Return the visits that these events made, by event id."""
    return {row.event_id: _visit_from_row(row) for row in _BY_EVENT_IDS.list_rows(tx, {"ids": event_ids})}


def list_latest(tx: Connection, customer_id: int, limit: int = 10) -> list[Visit]:
    """Return a person's last visits that still stand, the newest first."""
    latest = (
        select(visit_table).where(_is_standing_visit_of(customer_id)).order_by(visit_table.c.at.desc()).limit(limit)
    )
    return [_visit_from_row(row) for row in tx.execute(latest)]


def count_by_customer(tx: Connection, customer_id: int) -> int:
    """Return how many of a person's visits still stand."""
    return tx.scalar(select(func.count()).select_from(visit_table).where(_is_standing_visit_of(customer_id))) or 0


def _is_standing_visit_of(customer_id: int) -> ColumnElement[bool]:
    return (visit_table.c.customer_id == customer_id) & visit_table.c.withdrawn.is_(False)


def _visit_moves(visits: Iterable[NewVisit]) -> list[Move]:
    return [
        (CounterKey(v.journey, v.day, v.subject, measure, bucket, v.cohort_id, v.channel), CounterSums())
        for v in visits
        if not v.withdrawn
        for measure, bucket in _counted_buckets(v)
    ]


def _counted_buckets(visit: NewVisit) -> Iterator[tuple[str, str]]:
    """Yield the measure and bucket of each counter that a visit moves."""
    yield VISITS, visit.part or ""
    for key, value in (visit.measures or {}).items():
        yield MEASURE + key, measure_bucket(value)


def list_contributions(tx: Connection, journey: Journey, selection: RowSelection = EVERYTHING) -> list[Move]:
    """Return what a journey's visits contribute to the counters, counted from the rows."""
    is_meant = selection.condition(visit_table, journey.key)
    return _visit_moves(_visit_from_row(row) for row in tx.execute(select(visit_table).where(is_meant)))
