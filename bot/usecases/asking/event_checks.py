"""Check a batch of events: which are new, the same again, other than before, or wrong.

Invariants:

* An event's id belongs to one customer and one journey; another owner's event with this id is rejected.
* An event whose id is known and whose content is another one differs: it changes nothing, and its sender is told in
  which values. Of two such events in one batch the first counts.
* A withdrawal is compared with nothing but the owner: it may leave out what its event said.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.db.engine.database import Connection
from bot.db.journeys import journeys
from bot.db.journeys.visits import Visit
from bot.db.people import customers
from bot.usecases.asking.asking_decisions import SurveyDecision
from cjm.errors import Mistake
from cjm.journeys.event_content import find_own_channel, list_differences, read_content
from cjm.journeys.event_mistakes import find_event_mistakes
from cjm.journeys.journey import Journey
from cjm.journeys.visit import Event

OTHERS_ID = Mistake("id", "an event of another customer or journey has this id already")
OTHER_CONTENT = "is not what was sent before"


class EventStatus(StrEnum):
    """Outcome of one event: stored, known already, known with other content, or refused."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    DIFFERS = "differs"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class EventResult:
    """Outcome of one event, with its reasons.

    ``mistakes`` are all that a rejected event has, or every value in which an event differs, each at its key.
    ``decisions`` name every survey that the event triggered; they are empty for an event that is not accepted, is
    withdrawn, has no survey, or is imported without asking.
    """

    id: str
    status: EventStatus
    mistakes: tuple[Mistake, ...] = ()
    decisions: tuple[SurveyDecision, ...] = ()


def check_events(
    tx: Connection,
    events: Sequence[Event],
    in_force: Mapping[str, Journey],
    known: Mapping[str, Visit],
    now: datetime,
    retention: timedelta,
    archived: Container[str] = (),
) -> list[EventResult]:
    """Return a result for each event, without decisions. ``known`` are the stored visits by the id of their event.

    Events of ``archived`` journeys are rejected, also those that are known.
    """
    owners = _list_owners(tx, known)
    earlier: dict[str, Event] = {}  # accepted in this batch
    results: list[EventResult] = []
    for event in events:
        mistakes = find_event_mistakes(event, in_force, now, retention, archived)
        if owners.get(event.id, _owner(event)) != _owner(event):
            mistakes.append(OTHERS_ID)
        if mistakes:
            results.append(EventResult(event.id, EventStatus.REJECTED, tuple(mistakes)))
            continue
        before = earlier.get(event.id) or known.get(event.id)
        result = _compare_event(tx, event, in_force[event.journey], before)
        results.append(result)
        if result.status is EventStatus.ACCEPTED:
            first = earlier.get(event.id)
            earlier[event.id] = replace(first, withdrawn=True) if first else event
            owners[event.id] = _owner(event)
    return results


def _owner(event: Event) -> tuple[str | None, str]:
    return event.customer, event.journey


def _list_owners(tx: Connection, known: Mapping[str, Visit]) -> dict[str, tuple[str | None, str]]:
    """Return the customer and the journey that each known event id belongs to."""
    people = customers.list_by_ids(tx, sorted({visit.customer_id for visit in known.values()}))
    return {event_id: (people[v.customer_id].external_id, v.journey) for event_id, v in known.items()}


def _compare_event(tx: Connection, event: Event, journey: Journey, before: Visit | Event | None) -> EventResult:
    """Compare an event without mistakes with the one of its id that came before, if any."""
    if before is None or (event.withdrawn and not before.withdrawn):
        return EventResult(event.id, EventStatus.ACCEPTED)
    keys = [] if event.withdrawn else find_differences(tx, event, journey, before)
    status = EventStatus.DIFFERS if keys else EventStatus.REPEATED
    return EventResult(event.id, status, tuple(Mistake(key, OTHER_CONTENT) for key in keys))


def find_differences(tx: Connection, event: Event, journey: Journey, before: Visit | Event) -> list[str]:
    """Return the keys of the values in which an event differs from the one of its id that came before."""
    content = read_content(before, journey) if isinstance(before, Event) else before
    keys = list_differences(event, journey, content)
    if "channel" in keys and event.channel is None and isinstance(before, Visit):
        # The touchpoint's own channel may have been another one when the visit came, and an event without a channel
        # means that one. This is read only where a channel seems to differ, which hardly ever happens.
        then = journeys.find_in_force_at(tx, journey.key, before.received_at)
        if then is not None and find_own_channel(event, then) == before.channel:
            keys.remove("channel")
    return keys
