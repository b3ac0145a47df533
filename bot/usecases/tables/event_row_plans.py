"""Plan what becomes of the events of one row of a table, compared with the visits that are stored.

Invariants:

* All events of a row are stored, or none: a row with one mistake is refused as a whole.
* An event that is known from elsewhere (over HTTP, or from another import) is not the row's own. With the same content
  it stays whose it is; with another content the row is refused.
* A visit that was asked about and then taken back with its row comes back when the event does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.db.engine.database import Connection
from bot.db.journeys import visits
from bot.db.journeys.visits import Visit
from bot.db.people import customers
from bot.usecases.asking.event_checks import OTHERS_ID, find_differences
from bot.usecases.tables.compare_rows import ComparedRow
from bot.usecases.tables.remove_visits import removed_id
from cjm.errors import Mistake
from cjm.journeys.event_content import list_differences
from cjm.journeys.event_mistakes import find_event_mistakes
from cjm.journeys.journey import Journey
from cjm.journeys.visit import Event
from cjm.tables.event_rows import EventRow
from cjm.tables.row_outcome import RowOutcome


@dataclass(slots=True)
class EventRowPlan:
    """What becomes of one row that is new or corrected.

    ``new`` events get a visit; ``corrected`` visits become what their event says now; ``removed`` visits are taken
    back; ``left`` events are stored already as they are. An event that is in none of them is not the row's own.
    ``changed`` names what a correction changes: values of events, places that came or went, and the customer.
    """

    compared: ComparedRow[EventRow]
    new: list[Event] = field(default_factory=list)
    corrected: list[tuple[Visit, Event]] = field(default_factory=list)
    removed: list[Visit] = field(default_factory=list)
    left: list[Event] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def own_events(self) -> list[Event]:
        """Events that only this row tells."""
        return [*self.new, *(event for _, event in self.corrected), *self.left]

    @property
    def outcome(self) -> RowOutcome:
        """Outcome of the row. It is KNOWN when everything that it says is known from elsewhere."""
        if self.mistakes:
            return RowOutcome.REFUSED
        is_others = self.compared.row.events and not self.own_events and not self.removed
        return RowOutcome.KNOWN if is_others else self.compared.outcome


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
    stored = _list_stored(tx, compared)
    plans = []
    for one in compared:
        plan = EventRowPlan(one)
        found = [m for e in one.row.events for m in find_event_mistakes(e, {journey.key: journey}, now, retention)]
        plan.mistakes += dict.fromkeys(found)
        if not found:
            _plan_events(tx, plan, journey, stored)
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
    row, known = plan.compared.row, plan.compared.known
    own = {visit.event_id: visit for visit in (stored.by_row.get(known.id, ()) if known else ())}
    if any(stored.owners[visit.customer_id] != row.customer for visit in own.values()):
        # Withdrawn ones stay where they are: that their event did not happen is the word of somebody else.
        plan.removed += [visit for visit in own.values() if not visit.withdrawn]
        plan.changed.append("customer")
        own = {}
    freed = {visit.event_id for visit in plan.removed}
    for event in row.events:
        before = None if event.id in freed else stored.by_event.get(event.id)
        if event.id in own:
            _plan_own_event(plan, event, journey, own.pop(event.id))
        elif before is not None:
            plan.mistakes += _list_foreign_mistakes(tx, event, journey, before, stored.owners[before.customer_id])
        else:
            _plan_new_event(plan, event, stored)
    plan.removed += own.values()
    plan.changed += [visit.subject for visit in own.values()]


def _plan_own_event(plan: EventRowPlan, event: Event, journey: Journey, before: Visit) -> None:
    differing = list_differences(event, journey, before)
    if differing:
        plan.corrected.append((before, event))
    else:
        plan.left.append(event)
    plan.changed += [key for key in differing if key not in plan.changed]


def _plan_new_event(plan: EventRowPlan, event: Event, stored: _StoredVisits) -> None:
    kept = stored.by_event.get(removed_id(event.id))
    if kept is not None and (stored.owners[kept.customer_id], kept.journey) == (event.customer, event.journey):
        plan.corrected.append((kept, event))
    else:
        plan.new.append(event)
    plan.changed.append(event.touchpoint or event.stage or "")


def _list_foreign_mistakes(
    tx: Connection, event: Event, journey: Journey, before: Visit, owner: str | None
) -> list[Mistake]:
    """Return why an event cannot be taken whose id is known from elsewhere; nothing if it says the same."""
    if (owner, before.journey) != (event.customer, event.journey):
        return [OTHERS_ID]
    differing = find_differences(tx, event, journey, before)
    message = f"the event is known already, from elsewhere, with another value of {', '.join(differing)}"
    return [Mistake("", message)] if differing else []
