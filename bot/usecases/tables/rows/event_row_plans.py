"""Plans of what becomes of the events of one row of a table, compared with the visits that are stored.

Invariants:

* All events of a row are stored, or none: a row with one mistake is refused as a whole.
* An event that is known from elsewhere (over HTTP, or from another import) is not the row's own. With the same content
  it stays whose it is; with another content the row is refused.
* A visit that was asked about and then taken back with its row comes back when the event does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.db.engine.database import Connection
from bot.db.journeys import visits
from bot.db.journeys.visits import Visit
from bot.db.people import customers
from bot.usecases.asking.event_checks import OTHERS_ID, find_differences
from bot.usecases.tables.rows.compare_rows import ComparedRow
from bot.usecases.tables.rows.remove_visits import removed_id
from cjm.errors import Mistake
from cjm.journeys.event_content import list_differences
from cjm.journeys.event_mistakes import find_event_mistakes
from cjm.journeys.journey import Journey
from cjm.journeys.visit import Event
from cjm.tables.event_rows import EventRow
from cjm.tables.row_outcome import RowOutcome


@dataclass(slots=True)
class EventRowPlan:
    """Plan of one row that is new or corrected, and of its events.

    ``new`` events get a visit; ``corrected`` visits become what their event says now; ``removed`` visits are taken
    back; ``left`` events are stored already as they are. An event that is in none of them is not the row's own.
    ``changed`` names what a correction changes: values of events, places that came or went, and the customer.
    ``outcome`` is KNOWN when everything that the row says is known from elsewhere.
    """

    compared: ComparedRow[EventRow]
    outcome: RowOutcome
    # Tuples: most of them stay empty, and a file has many rows.
    new: tuple[Event, ...] = ()
    corrected: tuple[tuple[Visit, Event], ...] = ()
    removed: tuple[Visit, ...] = ()
    left: tuple[Event, ...] = ()
    changed: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    @property
    def own_events(self) -> list[Event]:
        """Events that only this row tells."""
        return [*self.new, *(event for _, event in self.corrected), *self.left]


@dataclass(frozen=True, slots=True)
class _StoredVisits:
    """Visits with which rows are compared: by the event's id (also a `removed_id`), and a row's own ones by its id.

    ``owners`` are the external ids of their customers.
    """

    by_event: Mapping[str, Visit]
    by_row: Mapping[int, Sequence[Visit]]
    owners: Mapping[int, str | None]


def plan_rows(
    tx: Connection, journey: Journey, compared: Sequence[ComparedRow[EventRow]], now: datetime, retention: timedelta
) -> list[EventRowPlan]:
    """Plan rows that are new or corrected; ``journey`` is the version in force."""
    stored, in_force = _list_stored(tx, compared), {journey.key: journey}
    plans = []
    for one in compared:
        plan = EventRowPlan(one, one.outcome)
        for event in one.row.events:
            plan.mistakes += tuple(find_event_mistakes(event, in_force, now, retention))
        if not plan.mistakes:
            _plan_events(tx, plan, journey, stored)
        if plan.mistakes:
            plan.outcome = RowOutcome.REFUSED
        elif one.row.events and not (plan.new or plan.corrected or plan.removed or plan.left):
            plan.outcome = RowOutcome.KNOWN
        plans.append(plan)
    return plans


def _list_stored(tx: Connection, compared: Sequence[ComparedRow[EventRow]]) -> _StoredVisits:
    ids = [event.id for one in compared for event in one.row.events]
    by_event = visits.list_by_event_ids(tx, [*ids, *map(removed_id, ids)])
    corrected = [one.known.id for one in compared if one.known is not None]
    by_row: dict[int, list[Visit]] = {}
    for visit in visits.list_by_import_rows(tx, corrected):
        assert visit.import_row_id is not None
        by_row.setdefault(visit.import_row_id, []).append(visit)
    people = {v.customer_id for v in by_event.values()} | {v.customer_id for theirs in by_row.values() for v in theirs}
    owners = {number: person.external_id for number, person in customers.list_by_ids(tx, sorted(people)).items()}
    return _StoredVisits(by_event, by_row, owners)


def _plan_events(tx: Connection, plan: EventRowPlan, journey: Journey, stored: _StoredVisits) -> None:
    own = _take_own_visits(plan, stored)
    for event in plan.compared.row.events:
        before = stored.by_event.get(event.id)
        if event.id in own:
            _plan_own_event(plan, event, journey, own.pop(event.id))
        elif before is None or before in plan.removed:
            _plan_new_event(plan, event, stored)
        else:
            owner = stored.owners[before.customer_id]
            plan.mistakes += _list_foreign_mistakes(tx, event, journey, before, owner)
    plan.removed += tuple(own.values())
    plan.changed += tuple(visit.subject for visit in own.values())


def _take_own_visits(plan: EventRowPlan, stored: _StoredVisits) -> dict[str, Visit]:
    """Return the row's visits by the id of their event; those of another customer than now are removed."""
    row, known = plan.compared.row, plan.compared.known
    own = {visit.event_id: visit for visit in stored.by_row.get(known.id, ())} if known is not None else {}
    if all(stored.owners[visit.customer_id] == row.customer for visit in own.values()):
        return own
    # Withdrawn ones stay where they are: that their event did not happen is the word of somebody else.
    plan.removed = tuple(visit for visit in own.values() if not visit.withdrawn)
    plan.changed = ("customer",)
    return {}


def _plan_own_event(plan: EventRowPlan, event: Event, journey: Journey, before: Visit) -> None:
    differing = list_differences(event, journey, before)
    if differing:
        plan.corrected += ((before, event),)
    else:
        plan.left += (event,)
    plan.changed += tuple(key for key in differing if key not in plan.changed)


def _plan_new_event(plan: EventRowPlan, event: Event, stored: _StoredVisits) -> None:
    kept = stored.by_event.get(removed_id(event.id))
    if kept is not None and (stored.owners[kept.customer_id], kept.journey) == (event.customer, event.journey):
        plan.corrected += ((kept, event),)
    else:
        plan.new += (event,)
    plan.changed += (event.touchpoint or event.stage or "",)


def _list_foreign_mistakes(
    tx: Connection, event: Event, journey: Journey, before: Visit, owner: str | None
) -> tuple[Mistake, ...]:
    """Return why an event cannot be taken whose id is known from elsewhere; nothing if it says the same."""
    if (owner, before.journey) != (event.customer, event.journey):
        return (OTHERS_ID,)
    differing = find_differences(tx, event, journey, before)
    message = f"the event is known already, from elsewhere, with another value of {', '.join(differing)}"
    return (Mistake("", message),) if differing else ()
