"""Visits as they were reported, and the stage entries computed from them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, delete, insert, select, update

from bot.db.counters import tallies
from bot.db.counters.row_selection import EVERYTHING, RowSelection
from bot.db.engine.database import Connection
from bot.db.journeys.tables import stage_entry_table, visit_table
from bot.db.people.customers import CHUNK
from cjm.figures.flow import duration_bucket
from cjm.figures.tally import ENTERED, TOOK, VISITS, WENT_ON, CounterKey, CounterSums, Move, reverse_moves
from cjm.journeys.journey import Journey
from cjm.journeys.visit import PassageStep, StageEntry, find_stage_entries


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
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
    withdrawn: bool = False

    @property
    def subject(self) -> str:
        return self.touchpoint or self.stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(NewVisit):
    id: int


_INSERT = insert(visit_table)
_NAMES = tuple(f.name for f in fields(NewVisit))
_BY_IDS = select(visit_table).where(visit_table.c.id.in_(bindparam("ids", expanding=True))).order_by(visit_table.c.id)
_BY_EVENTS = select(visit_table).where(visit_table.c.event_id.in_(bindparam("ids", expanding=True)))


def _visit_from_row(r: Row[Any]) -> Visit:
    return Visit(**r._mapping)


def insert_visits(tx: Connection, visits: Sequence[NewVisit]) -> list[Visit]:
    """Store visits whose event ids are not known yet, and count them."""
    if not visits:
        return []
    rows = [{name: getattr(v, name) for name in _NAMES} for v in visits]
    tx.execute(_INSERT, rows)  # RETURNING would take a statement for each
    stored = list_by_event_ids(tx, [v.event_id for v in visits])
    found = [stored[v.event_id] for v in visits]
    tallies.add_moves(tx, _visit_moves(found))
    return found


def withdraw_visits(tx: Connection, visit_ids: Sequence[int]) -> None:
    """These never happened; the rows stay, so that the same event cannot come back."""
    found = [v for v in list_by_ids(tx, visit_ids) if not v.withdrawn]
    tx.execute(update(visit_table).where(visit_table.c.id.in_([v.id for v in found])).values(withdrawn=True))
    tallies.add_moves(tx, reverse_moves(_visit_moves(found)))


def list_by_ids(tx: Connection, ids: Sequence[int]) -> list[Visit]:
    return [_visit_from_row(r) for r in tx.execute(_BY_IDS, {"ids": ids})]


def list_by_event_ids(tx: Connection, event_ids: Sequence[str]) -> dict[str, Visit]:
    """The visits that these events made, by event id."""
    found: dict[str, Visit] = {}
    for start in range(0, len(event_ids), CHUNK):
        chunk = event_ids[start : start + CHUNK]
        found |= {r.event_id: _visit_from_row(r) for r in tx.execute(_BY_EVENTS, {"ids": chunk})}
    return found


def list_latest(tx: Connection, customer_id: int, limit: int = 10) -> list[Visit]:
    """A person's last visits, the newest first."""
    standing = (visit_table.c.customer_id == customer_id) & visit_table.c.withdrawn.is_(False)
    return [
        _visit_from_row(r)
        for r in tx.execute(select(visit_table).where(standing).order_by(visit_table.c.at.desc()).limit(limit))
    ]


def _visit_moves(visits: Iterable[NewVisit]) -> list[Move]:
    return [
        (CounterKey(v.journey, v.day, v.subject, VISITS, "", v.cohort_id, v.channel), CounterSums())
        for v in visits
        if not v.withdrawn
    ]


# ---- passages --------------------------------------------------------------------------------------------------------


_PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)
_ENTRIES = select(stage_entry_table).where(
    stage_entry_table.c.journey == bindparam("journey"), stage_entry_table.c.customer_id.in_(_PEOPLE)
)
_STEPS = select(
    visit_table.c.customer_id,
    visit_table.c.stage,
    visit_table.c.at,
    visit_table.c.channel,
    visit_table.c.cohort_id,
    visit_table.c.passage,
).where(
    visit_table.c.journey == bindparam("journey"),
    visit_table.c.customer_id.in_(_PEOPLE),
    visit_table.c.withdrawn.is_(False),
)
_ENTER = insert(stage_entry_table)


@dataclass(frozen=True, slots=True)
class StageMovement:
    """What is new about people's ways, as (person, stage, when): they entered, they went on to a later stage."""

    entered: set[tuple[int, str, datetime]] = field(default_factory=set)
    left: set[tuple[int, str, datetime]] = field(default_factory=set)


def recompute_passages(tx: Connection, journey: Journey, customer_ids: Iterable[int]) -> StageMovement:
    """Compute these people's stage entries anew and move the flow counters by the difference."""
    people, walked = sorted(set(customer_ids)), StageMovement()
    for start in range(0, len(people), CHUNK):
        _recompute_chunk(tx, journey, people[start : start + CHUNK], walked)
    return walked


def _recompute_chunk(tx: Connection, journey: Journey, people: Sequence[int], walked: StageMovement) -> None:
    theirs = {"journey": journey.key, "people": people}
    was = {(r.customer_id, _entry_from_row(r)): r.id for r in tx.execute(_ENTRIES, theirs)}
    steps = _list_steps(tx, journey, people)
    now = {(person, entry) for person in people for entry in find_stage_entries(steps[person], journey.window)}
    gone, new = was.keys() - now, now - was.keys()
    if gone:
        tx.execute(delete(stage_entry_table).where(stage_entry_table.c.id.in_([was[k] for k in gone])))
    if new:
        tx.execute(_ENTER, [_entry_columns(journey, person, entry) for person, entry in sorted(new, key=_by_time)])
    tallies.add_moves(
        tx,
        [m for _, e in new for m in _entry_moves(journey, e)]
        + reverse_moves([m for _, e in gone for m in _entry_moves(journey, e)]),
    )
    had_left = {(person, e.passage, e.stage) for person, e in was if e.next_at is not None}
    walked.left.update(
        (p, e.stage, e.next_at) for p, e in new if e.next_at is not None and (p, e.passage, e.stage) not in had_left
    )
    walked.entered.update({(p, e.stage, e.at) for p, e in now} - {(p, e.stage, e.at) for p, e in was})


def _by_time(key: tuple[int, StageEntry]) -> tuple[int, datetime, str]:
    return key[0], key[1].at, key[1].stage


def _list_steps(tx: Connection, journey: Journey, people: Sequence[int]) -> dict[int, list[PassageStep]]:
    found: defaultdict[int, list[PassageStep]] = defaultdict(list)
    for r in tx.execute(_STEPS, {"journey": journey.key, "people": people}):
        if r.stage in journey.stages_by_key:
            key = journey.stages_by_key[r.stage].key
            found[r.customer_id].append(
                PassageStep(key, journey.stage_index(key), r.at, r.channel, r.cohort_id, r.passage)
            )
    return found


def _entry_from_row(r: Row[Any]) -> StageEntry:
    return StageEntry(r.passage, r.stage, r.at, r.next_at, r.channel, r.cohort_id)


def _entry_columns(journey: Journey, person: int, entry: StageEntry) -> dict[str, object]:
    return {
        "journey": journey.key, "customer_id": person, "passage": entry.passage, "stage": entry.stage, "at": entry.at,
        "day": entry.at.astimezone(journey.zone).date(), "next_at": entry.next_at, "channel": entry.channel,
        "cohort_id": entry.cohort_id,
    }  # fmt: skip


def _entry_moves(journey: Journey, entry: StageEntry) -> list[Move]:
    day = entry.at.astimezone(journey.zone).date()
    return _flow_moves(journey.key, day, entry, journey.window)


def _flow_moves(journey: str, day: date, e: StageEntry, window: timedelta) -> list[Move]:
    def counter(measure: str, in_bucket: str = "") -> CounterKey:
        return CounterKey(journey, day, e.stage, measure, in_bucket, e.cohort_id, e.channel)

    moves = [(counter(ENTERED), CounterSums())]
    if e.next_at is not None:
        moves.append((counter(TOOK, str(duration_bucket((e.next_at - e.at).total_seconds()))), CounterSums()))
        if e.next_at - e.at <= window:
            moves.append((counter(WENT_ON), CounterSums()))
    return moves


def list_contributions(tx: Connection, journey: Journey, selection: RowSelection = EVERYTHING) -> list[Move]:
    """What a journey's visits and stage entries contribute, counted from the rows."""
    visits = [
        _visit_from_row(r)
        for r in tx.execute(
            select(visit_table).where(visit_table.c.journey == journey.key, selection.condition(visit_table))
        )
    ]
    walked = tx.execute(
        select(stage_entry_table).where(
            stage_entry_table.c.journey == journey.key, selection.condition(stage_entry_table)
        )
    )
    return [
        *_visit_moves(visits),
        *(m for r in walked for m in _flow_moves(journey.key, r.day, _entry_from_row(r), journey.window)),
    ]
