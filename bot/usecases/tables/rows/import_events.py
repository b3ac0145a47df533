"""Import a batch of rows of events: store new ones, exchange corrected ones, leave known and erased ones.

It runs in its caller's transaction.

Invariants:

* A row that is known with the same content changes nothing, however often its file is imported.
* A corrected row counts as if it had never said anything else. What was asked about its visits before stays, unless it
  was not sent yet and the visit was at another time or place.
* Only events that nobody has told before are asked about, and nobody is asked without ``rules``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.db.counters import tallies
from bot.db.engine.database import Connection
from bot.db.imports import imported_rows, table_imports
from bot.db.imports.table_imports import TableImport
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.db.upkeep import unknown_people
from bot.usecases.asking.asking_decisions import decide_candidates
from bot.usecases.asking.record_visits import FOR_GOOD, list_candidates, recompute_passages
from bot.usecases.asking.staying.overtaken_questions import take_back_overtaken
from bot.usecases.asking.visit_changes import change_visits, tell_events
from bot.usecases.people.tell_attributes import untell_attributes
from bot.usecases.tables.rows.compare_rows import (
    ANOTHER_CONTENT,
    CHANGING,
    ComparedRow,
    compare_rows,
    lock_people,
    make_row,
    mark_seen,
)
from bot.usecases.tables.rows.correct_visits import VisitCorrection, correct_visits
from bot.usecases.tables.rows.event_row_plans import EventRowPlan, plan_rows
from bot.usecases.tables.rows.remove_visits import remove_visits
from cjm.asking.decision import AskingRules
from cjm.journeys.journey import Journey
from cjm.tables.event_rows import EventRow
from cjm.tables.row_outcome import RowOutcome, RowResult


def import_events(
    tx: Connection,
    unit: TableImport,
    journey: Journey,
    rows: Sequence[EventRow],
    rules: AskingRules | None,
    now: datetime,
    retention: timedelta = FOR_GOOD,
) -> list[RowResult]:
    """Store the events of rows; return the outcome of each, in their order. Raises ImportOvertaken.

    ``journey`` is the version in force. Without ``rules`` nobody is asked about the events.
    """
    table_imports.lock(tx, unit)
    compared = compare_rows(tx, unit, rows)
    locked, compared = lock_people(tx, compared, lambda row: row.customer)
    plans = plan_rows(tx, journey, [one for one in compared if one.is_changing], now, retention)
    stored = [plan for plan in plans if plan.outcome in CHANGING]
    with tallies.gather_moves(tx):
        people = customers.ensure_locked(tx, {plan.compared.row.customer for plan in stored}, now, locked)
        _store_events(tx, journey, stored, people, _save_rows(tx, unit, stored, people), rules, now)
    known = [plan.compared.known for plan in stored if plan.compared.known is not None]
    if known:  # the customer of a corrected row may have been another one
        unknown_people.delete_unknown_people(tx, {row.customer_id for row in known if row.customer_id is not None})
    by_name = {plan.compared.name: plan for plan in plans}
    mark_seen(tx, unit, [_see_row(one, by_name) for one in compared])
    return [_result(one, by_name) for one in compared]


# ---- rows ------------------------------------------------------------------------------------------------------------


def _save_rows(
    tx: Connection, unit: TableImport, stored: Sequence[EventRowPlan], people: Mapping[str, int]
) -> dict[bytes, int]:
    """Store new and corrected rows; return their ids by name."""
    rows = {
        (one := plan.compared).name: make_row(unit, one, people[one.row.customer], _list_told(plan)) for plan in stored
    }
    corrected = {one.known.id: rows[one.name] for plan in stored if (one := plan.compared).known is not None}
    imported_rows.save_corrected(tx, corrected)
    new = [rows[plan.compared.name] for plan in stored if plan.compared.known is None]
    return {row.name: number for number, row in corrected.items()} | imported_rows.insert_rows(tx, new)


def _list_told(plan: EventRowPlan) -> dict[datetime, Mapping[str, Any]]:
    return {event.at: event.attributes or {} for event in plan.own_events}


def _see_row(one: ComparedRow[EventRow], plans: Mapping[bytes, EventRowPlan]) -> ComparedRow[EventRow]:
    """Return a row as its import has seen it: a refused one is left as it was, and not missing."""
    plan = plans.get(one.name)
    is_left = one.is_changing and plan is not None and plan.outcome not in CHANGING
    return replace(one, outcome=RowOutcome.KNOWN) if is_left else one


def _result(one: ComparedRow[EventRow], plans: Mapping[bytes, EventRowPlan]) -> RowResult:
    plan = plans.get(one.name)
    if one.outcome is RowOutcome.REFUSED:
        return RowResult(one.row, one.outcome, (ANOTHER_CONTENT,))
    if plan is None or (one is not plan.compared and plan.outcome is not RowOutcome.REFUSED):
        return RowResult(one.row, one.outcome)
    # A row that stands in the file twice is refused twice.
    changed = plan.changed if plan.outcome is RowOutcome.CORRECTED else ()
    return RowResult(one.row, plan.outcome, plan.mistakes, changed)


# ---- events ----------------------------------------------------------------------------------------------------------


def _store_events(
    tx: Connection,
    journey: Journey,
    stored: Sequence[EventRowPlan],
    people: Mapping[str, int],
    row_ids: Mapping[bytes, int],
    rules: AskingRules | None,
    now: datetime,
) -> None:
    versions = journeys.list_versions_in_force(tx)
    in_force = {key: version.journey for key, version in versions.items()}
    removed = [visit for plan in stored for visit in plan.removed]
    remove_visits(tx, journey, removed)
    known_rows = [plan.compared.known for plan in stored if plan.compared.known is not None]
    untell_attributes(tx, [told for row in known_rows for told in row.list_told()], in_force)
    new = [event for plan in stored for event in plan.new]
    corrections = list(_list_corrections(stored, people, row_ids))
    own = [event for plan in stored for event in plan.own_events]
    known = tell_events(tx, own, [*new, *(c.event for c in corrections)], people, in_force, imported=True)
    correct_visits(tx, journey, corrections, known)
    import_rows = {event.id: row_ids[plan.compared.name] for plan in stored for event in plan.new}
    visits = change_visits(tx, new, (), people, known, in_force, now, import_rows)
    changes = recompute_passages(tx, in_force, visits)
    take_back_overtaken(tx, in_force, visits, now)
    if rules is not None:
        earlier = {visit.event_id for visit in removed}
        unknown = [visit for visit in visits if visit.event_id not in earlier]
        decide_candidates(tx, list_candidates(versions, unknown, changes), rules, now)


def _list_corrections(
    stored: Sequence[EventRowPlan], people: Mapping[str, int], row_ids: Mapping[bytes, int]
) -> Iterator[VisitCorrection]:
    for plan in stored:
        for visit, event in plan.corrected:
            yield VisitCorrection(visit.id, event, people[event.customer], row_ids[plan.compared.name])
