"""Stage entries: the first time each passage entered a stage, computed from the visits, and the flow they count.

Invariants:

* After each event of a person that is new or is withdrawn, also a late one, their entries are what
  `cjm.journeys.visit.find_stage_entries` makes of their visits.
* The flow counters move by the difference, in the same transaction.
* An entry is taken back under the day that it was counted under, even if the journey's time zone changed since.

A journey version with another window, order of stages or time zone recomputes nobody: a person's entries follow at
their next event. Counters of passages that the new window judges otherwise stay wrong until ``tropa tally --rebuild``.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, select

from bot.db.counters import tallies
from bot.db.counters.row_selection import EVERYTHING, RowSelection
from bot.db.engine.chunks import is_one_of, split_into_chunks
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedQuery, PreparedStatement
from bot.db.engine.rows import row_reader, select_record
from bot.db.journeys.tables import stage_entry_table, visit_table
from cjm.figures.tally import CounterKey, Move, reverse_moves
from cjm.figures.walks.flow_counters import StageWalk, walk_moves
from cjm.journeys.journey import Journey
from cjm.journeys.visit import PassageStep, StageEntry, find_stage_entries


class _StoredEntry(NamedTuple):
    """Row of an entry: its fields are those of `StageEntry`, behind three of its row."""

    id: int
    customer_id: int
    day: date
    passage: str
    stage: str
    at: datetime
    next_at: datetime | None
    channel: str
    cohort_id: int
    started_at: datetime | None
    amount: float | None


class _StoredStep(NamedTuple):
    """Row of a visit: its fields are those of `PassageStep`, behind its person; of the stage without its order."""

    customer_id: int
    stage: str
    at: datetime
    channel: str
    cohort_id: int
    passage: str | None
    event_id: str
    amount: float | None


_ENTRIES = PreparedQuery(
    _StoredEntry,
    select_record(_StoredEntry, stage_entry_table).where(
        stage_entry_table.c.journey == bindparam("journey"), is_one_of(stage_entry_table.c.customer_id, "customer_ids")
    ),
)
_STEPS = PreparedQuery(
    _StoredStep,
    select_record(_StoredStep, visit_table).where(
        visit_table.c.journey == bindparam("journey"),
        is_one_of(visit_table.c.customer_id, "customer_ids"),
        visit_table.c.withdrawn.is_(False),
    ),
)
_INSERT = PreparedStatement(insert(stage_entry_table))
_DELETE = PreparedStatement(delete(stage_entry_table).where(is_one_of(stage_entry_table.c.id, "ids")))
_entry_from_row = row_reader(StageEntry, stage_entry_table)
PersonEntry = tuple[int, StageEntry]
"""Customer's id, and an entry of theirs."""


@dataclass(frozen=True, slots=True)
class StageMovement:
    """New entries and exits of people, each as (customer id, stage, time).

    ``left``: the stage that was left, with the time of entering the later stage.
    """

    entered: frozenset[tuple[int, str, datetime]]
    left: frozenset[tuple[int, str, datetime]]


@dataclass(frozen=True, slots=True)
class EntryChange:
    """Stage entries of some people before and after they were computed again."""

    before: Collection[PersonEntry]
    after: Set[PersonEntry]


def recompute_passages(tx: Connection, journey: Journey, customer_ids: Iterable[int]) -> list[EntryChange]:
    """Compute these people's stage entries again and move the flow counters; return what changed."""
    return [_recompute_chunk(tx, journey, chunk) for chunk in split_into_chunks(sorted(set(customer_ids)))]


def find_movement(changes: Sequence[EntryChange]) -> StageMovement:
    """Return what is new in changes of stage entries. Only who may be asked about it needs to know."""
    movements = [_find_movement(change.before, change.after) for change in changes]
    return StageMovement(
        entered=frozenset(entry for movement in movements for entry in movement.entered),
        left=frozenset(entry for movement in movements for entry in movement.left),
    )


def _recompute_chunk(tx: Connection, journey: Journey, customer_ids: Sequence[int]) -> EntryChange:
    rows = _ENTRIES.list_records(tx, {"journey": journey.key, "customer_ids": customer_ids})
    before = {(row.customer_id, StageEntry(*row[3:])): row for row in rows}
    steps = list_steps(tx, journey, customer_ids)
    after = {(person, entry) for person in customer_ids for entry in find_stage_entries(steps[person], journey.window)}
    gone, new = [key for key in before if key not in after], [key for key in after if key not in before]
    if gone:
        _DELETE.run(tx, {"ids": [before[key].id for key in gone]})
    # A set has no order: sorted, the same events always make the same rows.
    _INSERT.run_many(tx, [_entry_columns(journey, person, entry) for person, entry in sorted(new, key=_by_time)])
    gained = [move for _, entry in new for move in _flow_moves(journey, _day_of(journey, entry), entry)]
    # Taken back under the stored day: the journey's zone may have changed since the entry was counted.
    lost = [move for key in gone for move in _flow_moves(journey, before[key].day, key[1])]
    tallies.add_moves(tx, [*gained, *reverse_moves(lost)])
    return EntryChange(before.keys(), after)


def _find_movement(before: Collection[PersonEntry], after: Set[PersonEntry]) -> StageMovement:
    had_left = {(person, entry.passage, entry.stage) for person, entry in before if entry.next_at is not None}
    # Without the passage: its name changes when an earlier visit arrives late.
    had_entered = {(person, entry.stage, entry.at) for person, entry in before}
    return StageMovement(
        entered=frozenset((person, entry.stage, entry.at) for person, entry in after) - had_entered,
        left=frozenset(
            (person, entry.stage, entry.next_at)
            for person, entry in after - set(before)
            if entry.next_at is not None and (person, entry.passage, entry.stage) not in had_left
        ),
    )


def _by_time(key: PersonEntry) -> tuple[int, datetime, str, str]:
    person, entry = key
    return person, entry.at, entry.stage, entry.passage


def list_steps(tx: Connection, journey: Journey, customer_ids: Sequence[int]) -> dict[int, list[PassageStep]]:
    """Return the visits of these people to the stages of a journey, by the customer's id."""
    steps: defaultdict[int, list[PassageStep]] = defaultdict(list)
    places = {key: (stage.key, journey.stage_index(stage.key)) for key, stage in journey.stages_by_key.items()}
    for row in _STEPS.list_records(tx, {"journey": journey.key, "customer_ids": customer_ids}):
        place = places.get(row.stage)
        if place is not None:  # a stage that was taken out of the journey is no part of its flow
            steps[row.customer_id].append(PassageStep(place[0], place[1], *row[2:]))
    return steps


def _entry_columns(journey: Journey, customer_id: int, entry: StageEntry) -> dict[str, object]:
    return {
        "journey": journey.key,
        "customer_id": customer_id,
        "passage": entry.passage,
        "stage": entry.stage,
        "at": entry.at,
        "day": _day_of(journey, entry),
        "next_at": entry.next_at,
        "channel": entry.channel,
        "cohort_id": entry.cohort_id,
        "started_at": entry.started_at,
        "amount": entry.amount,
    }


def _day_of(journey: Journey, entry: StageEntry) -> date:
    return entry.at.astimezone(journey.zone).date()


def _flow_moves(journey: Journey, day: date, entry: StageEntry) -> list[Move]:
    return [
        (
            CounterKey(journey.key, move.day, entry.stage, move.measure, move.bucket, entry.cohort_id, entry.channel),
            move.sums,
        )
        for move in walk_moves(StageWalk(day, entry.at, entry.next_at, entry.started_at, entry.amount), journey.window)
    ]


def list_contributions(tx: Connection, journey: Journey, selection: RowSelection = EVERYTHING) -> list[Move]:
    """Return what a journey's stage entries contribute to the counters, counted from the rows."""
    is_meant = selection.condition(stage_entry_table, journey.key)
    rows = tx.execute(select(stage_entry_table).where(is_meant))
    return [move for row in rows for move in _flow_moves(journey, row.day, _entry_from_row(row))]
