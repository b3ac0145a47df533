"""Store and withdraw the visits of a batch of events, with what the events tell about their customers.

It runs in its caller's transaction, after the people were locked.

Invariants:

* All that a batch tells is stored before any of its visits looks at it: who somebody is follows time alone.
* Presence moves before the visits do, because it is counted from the rows that stand (`bot.db.asking.presence`).
* A withdrawn visit takes its question back: one that was not sent is dropped, one that waits for its first answer is
  closed and counts for nothing. What was answered stays.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.conversation.context import load_context
from bot.conversation.saving import save_move
from bot.db.asking import invitations, presence
from bot.db.asking.invitations import Invitation, UnsentUpdate
from bot.db.engine.database import Connection
from bot.db.journeys import cohorts, visits
from bot.db.journeys.visits import NewVisit, Visit
from bot.db.people import customers
from bot.usecases.people.tell_attributes import tell_attributes
from cjm.asking.decision import AskingReason
from cjm.asking.invitation_state import ANSWERABLE_STATES, UNSENT_STATES, InvitationState
from cjm.conversation import turns
from cjm.conversation.conversation import ClosingStep, ConversationMove, TapEffect
from cjm.figures.day.day_places import find_part
from cjm.figures.facts.presence import PresenceSign
from cjm.journeys.attributes import KnownAttributes, ToldAttribute
from cjm.journeys.event_content import read_content
from cjm.journeys.journey import Journey
from cjm.journeys.visit import Event

_NO_ROWS: Mapping[str, int] = MappingProxyType({})


def tell_events(
    tx: Connection,
    telling: Sequence[Event],
    events: Sequence[Event],
    people: Mapping[str, int],
    in_force: Mapping[str, Journey],
    *,
    imported: bool = False,
) -> KnownAttributes:
    """Store what events tell about their customers; return who the customers of ``events`` were at their times."""
    told = [
        ToldAttribute(people[event.customer], key, event.at, value, imported)
        for event in telling
        for key, value in (event.attributes or {}).items()
    ]
    return tell_attributes(tx, told, {(people[e.customer], e.at) for e in events}, in_force)


def change_visits(
    tx: Connection,
    new: Sequence[Event],
    withdrawn: Sequence[Visit],
    people: Mapping[str, int],
    known: KnownAttributes,
    in_force: Mapping[str, Journey],
    now: datetime,
    import_rows: Mapping[str, int] = _NO_ROWS,
) -> list[Visit]:
    """Store new visits, and withdraw others; return the new ones.

    ``import_rows`` are ids of the rows that tell the new events, by the event's id.
    """
    visits_to_come = _new_visits(tx, new, people, known, in_force, now, import_rows)
    # Read again: what was just told may have moved them to another cohort.
    going = visits.list_by_ids(tx, [visit.id for visit in withdrawn]) if withdrawn else []
    for key in sorted({visit.journey for visit in [*visits_to_come, *going]}):
        gone, come = (_list_signs(key, those) for those in (going, visits_to_come))
        presence.move_presence(tx, in_force[key], removed=gone, added=come)
    if going:
        visits.withdraw_visits(tx, going)
        drop_unsent_invitations(tx, [visit.id for visit in going])
        asked = invitations.list_by_visits(tx, [visit.id for visit in going], ANSWERABLE_STATES)
        close_unanswered(tx, asked, now)
    return visits.insert_visits(tx, visits_to_come)


def _list_signs(journey: str, of_visits: Sequence[NewVisit]) -> dict[int, list[PresenceSign]]:
    """Return the signs of presence that visits to a journey give while they stand, by the customer's id."""
    signs: defaultdict[int, list[PresenceSign]] = defaultdict(list)
    for v in of_visits:
        if v.journey == journey and not v.withdrawn:
            signs[v.customer_id].append(PresenceSign(v.day, v.stage, v.cohort_id, v.channel))
    return signs


def _new_visits(
    tx: Connection,
    events: Sequence[Event],
    people: Mapping[str, int],
    known: KnownAttributes,
    in_force: Mapping[str, Journey],
    now: datetime,
    import_rows: Mapping[str, int],
) -> list[NewVisit]:
    visits_to_come = []
    zones = customers.list_known_zones(tx, (people[event.customer] for event in events))
    for key in sorted({event.journey for event in events}):
        here = [event for event in events if event.journey == key]
        known_then = [known.find_at(people[event.customer], event.at) for event in here]
        cohort_ids = cohorts.ensure_ids(tx, in_force[key], known_then)
        for event, cohort_id in zip(here, cohort_ids, strict=True):
            person, row_id = people[event.customer], import_rows.get(event.id)
            made = make_visit(event, in_force[key], person, cohort_id, now, row_id, zones.get(person))
            visits_to_come.append(made)
    return visits_to_come


def make_visit(
    event: Event,
    journey: Journey,
    customer_id: int,
    cohort_id: int,
    now: datetime,
    import_row_id: int | None = None,
    own_zone: str | None = None,
) -> NewVisit:
    """Return the visit that an event without mistakes tells; ``cohort_id`` is who its customer was then.

    ``own_zone`` is the time zone of the customer, None where it is not known.
    """
    content = read_content(event, journey)
    own_clock = ZoneInfo(own_zone) if own_zone else None
    return NewVisit(
        event_id=event.id,
        customer_id=customer_id,
        journey=journey.key,
        stage=content.stage,
        touchpoint=content.touchpoint,
        at=content.at,
        day=content.at.astimezone(journey.zone).date(),
        part=find_part(content.at, journey.zone, own_clock, is_imported=import_row_id is not None),
        channel=content.channel,
        cohort_id=cohort_id,
        received_at=now,
        passage=content.passage,
        measures=content.measures,
        amount=content.amount,
        lost_reason=content.lost_reason,
        withdrawn=content.withdrawn,
        attributes_digest=content.attributes_digest,
        import_row_id=import_row_id,
    )


def drop_unsent_invitations(tx: Connection, visit_ids: Sequence[int]) -> None:
    """Drop the questions about visits that never happened, or not as it was told, unless they were sent."""
    unseen = invitations.list_by_visits(tx, visit_ids, UNSENT_STATES)
    dropped = [UnsentUpdate(i.id, InvitationState.DROPPED, AskingReason.WITHDRAWN, i.due_at) for i in unseen]
    invitations.update_unsent(tx, dropped)


def close_unanswered(tx: Connection, asked: Sequence[Invitation], now: datetime) -> list[Invitation]:
    """Close those of these questions to which nothing was answered, and return them.

    They are about visits that were withdrawn, or that led on after all. `RepairMessages` edits their messages.
    """
    closed = []
    for invitation in asked:
        context = load_context(tx, invitation.id, lock=True)
        if context is None or context.response is None or context.conversation.answers:
            continue
        conversation = turns.close(context.conversation, ClosingStep.WITHDRAWN, now)
        save_move(tx, context, ConversationMove(conversation, TapEffect.MOVED), now)
        closed.append(invitation)
    return closed
