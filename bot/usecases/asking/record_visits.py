"""Events come in; visits, passages, counters and decisions about asking go out: all in one transaction a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.clock import Clock
from bot.db.asking import invitations
from bot.db.asking.invitations import WaitingUpdate
from bot.db.engine.database import Connection, Database
from bot.db.journeys import cohorts, journeys, visits
from bot.db.journeys.cohorts import canonical_form
from bot.db.journeys.journeys import JourneyVersion
from bot.db.journeys.visits import NewVisit, StageMovement, Visit
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.usecases.asking.asking_decisions import Candidate, SurveyDecision, decide_candidates
from cjm.asking.decision import AskingRules
from cjm.errors import Mistake
from cjm.journeys.event_mistakes import find_event_mistakes
from cjm.journeys.journey import Journey
from cjm.journeys.visit import Event

FOR_GOOD = timedelta()
OTHERS_ID = Mistake("id", "an event of another customer or journey has this id already")


class EventStatus(StrEnum):
    ACCEPTED = "accepted"
    REPEATED = "repeated"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class EventResult:
    """Outcome of one event.

    ``mistakes`` are all that a rejected event has, each at its key. ``decisions`` name every survey that the event
    triggered; they are empty for an event that is repeated, rejected or withdrawn, or that triggers no survey.
    """

    id: str
    status: EventStatus
    mistakes: tuple[Mistake, ...] = ()
    decisions: tuple[SurveyDecision, ...] = ()


class RecordVisits:
    """``await record_visits(events) -> results`` in the events' order. The same event again changes nothing."""

    def __init__(self, db: Database, clock: Clock, rules: AskingRules, retention: timedelta = FOR_GOOD) -> None:
        self._db, self._clock, self._rules, self._retention = db, clock, rules, retention

    async def __call__(self, events: Sequence[Event]) -> list[EventResult]:
        now = self._clock.now()
        return await self._db.write(lambda tx: record_events(tx, events, self._rules, now, self._retention))

    async def find_mistakes(self, events: Sequence[Event]) -> list[list[Mistake]]:
        """Return the mistakes of events that are refused already, so that their sender is told all of them at once."""
        if not events:
            return []
        now, in_force = self._clock.now(), await self._db.read(journeys.list_current)
        return [find_event_mistakes(event, in_force, now, self._retention) for event in events]


def record_events(
    tx: Connection, events: Sequence[Event], rules: AskingRules | None, now: datetime, retention: timedelta = FOR_GOOD
) -> list[EventResult]:
    """Store a batch of events and everything that follows from them; without rules nobody is asked about them."""
    versions = journeys.list_versions(tx)
    in_force = {key: version.journey for key, version in versions.items()}
    results: dict[int, EventResult] = {}
    accepted: list[tuple[int, Event]] = []
    known = visits.list_by_event_ids(tx, [e.id for e in events])
    owners = customers.list_by_ids(tx, sorted({v.customer_id for v in known.values()}))
    whose = {e: (owners[v.customer_id].external_id, v.journey) for e, v in known.items()}
    earlier: dict[str, Event] = {}  # of this batch
    for place, event in enumerate(events):
        mistakes = find_event_mistakes(event, in_force, now, retention)
        before, twin = known.get(event.id), earlier.get(event.id)
        owner = whose.get(event.id, (twin.customer, twin.journey) if twin else (event.customer, event.journey))
        if owner != (event.customer, event.journey):
            mistakes.append(OTHERS_ID)
        if mistakes:
            results[place] = EventResult(event.id, EventStatus.REJECTED, tuple(mistakes))
        elif _says_nothing_new(event, before, twin):
            results[place] = EventResult(event.id, EventStatus.REPEATED)
        else:
            accepted.append((place, event))
            earlier[event.id] = event
    # Within one batch an event may come and be withdrawn again: what counts is its last word.
    new = {e.id: e for _, e in accepted if e.id not in known}
    stored = _store(tx, list(new.values()), versions, now)
    _withdraw(tx, [known[e.id] for _, e in accepted if e.id in known])
    candidates = _walk(tx, versions, stored, [known[e.id] for _, e in accepted if e.id in known])
    verdicts = decide_candidates(tx, candidates, rules, now) if rules else {}
    by_event = {visit.event_id: visit.id for visit in stored}
    for place, event in accepted:
        decided = verdicts.get(by_event.get(event.id, 0), ())
        results[place] = EventResult(event.id, EventStatus.ACCEPTED, decisions=tuple(decided))
    return [results[place] for place in range(len(events))]


def _says_nothing_new(event: Event, before: Visit | None, twin: Event | None) -> bool:
    """The same event again; only a withdrawal of what stands is news."""
    known = before or twin
    return known is not None and (known.withdrawn or not event.withdrawn)


def _store(
    tx: Connection, events: Sequence[Event], versions: Mapping[str, JourneyVersion], now: datetime
) -> list[Visit]:
    people = customers.ensure_external_ids(tx, (e.customer for e in events), now)
    attributes = _attributes(tx, events, people)
    places = {e.id: _cohort(versions[e.journey].journey, attributes[e.id]) for e in events}
    ids = {
        key: cohorts.ensure_cohorts(tx, key, [places[e.id] for e in events if e.journey == key])
        for key in {e.journey for e in events}
    }
    return visits.insert_visits(
        tx,
        [
            _visit(
                e, versions[e.journey].journey, people[e.customer].id, ids[e.journey][canonical_form(places[e.id])], now
            )
            for e in events
        ],
    )


def _attributes(tx: Connection, events: Sequence[Event], people: Mapping[str, Customer]) -> dict[str, dict[str, Any]]:
    """What is known of each event's person at that event; what events tell anew is kept with the person."""
    known = {external: dict(person.attributes) for external, person in people.items()}
    found = {}
    for event in events:
        known[event.customer] |= event.attributes or {}
        found[event.id] = dict(known[event.customer])
    told = {p.id: {"attributes": known[key]} for key, p in people.items() if known[key] != dict(p.attributes)}
    customers.update_customers(tx, told)
    return found


def _cohort(journey: Journey, attributes: Mapping[str, Any]) -> dict[str, str]:
    return journey.cohort(attributes)


def _visit(event: Event, journey: Journey, customer_id: int, cohort_id: int, now: datetime) -> NewVisit:
    place = journey.place(event.touchpoint or event.stage or "")
    assert place is not None  # find_event_mistakes() has looked
    stage, touchpoint = place
    return NewVisit(
        event_id=event.id,
        customer_id=customer_id,
        journey=journey.key,
        stage=stage.key,
        touchpoint=touchpoint.key if touchpoint else None,
        at=event.at,
        day=event.at.astimezone(journey.zone).date(),
        channel=event.channel or (touchpoint.channel if touchpoint else "other"),
        cohort_id=cohort_id,
        received_at=now,
        passage=event.passage,
        measures=dict(event.measures) if event.measures else None,
        amount=event.amount,
        lost_reason=event.lost_reason,
        withdrawn=event.withdrawn,
    )


def _withdraw(tx: Connection, withdrawn: Sequence[Visit]) -> None:
    """Take visits back; who was to be asked about one is not asked any more. Answers that were given stay."""
    if not withdrawn:
        return
    visits.withdraw_visits(tx, [v.id for v in withdrawn])
    unseen = invitations.list_by_visits(tx, [v.id for v in withdrawn], ("waiting", "reserved"))
    invitations.update_waiting(tx, [WaitingUpdate(i.id, "dropped", "withdrawn", i.due_at) for i in unseen])


def _walk(
    tx: Connection, versions: Mapping[str, JourneyVersion], stored: Sequence[Visit], withdrawn: Sequence[Visit]
) -> list[Candidate]:
    """Compute the passages anew, and say which visits may be asked about and why."""
    found: list[Candidate] = []
    for key in sorted({v.journey for v in [*stored, *withdrawn]}):
        version = versions[key]
        here = [v for v in stored if v.journey == key and not v.withdrawn]
        touched = {v.customer_id for v in [*stored, *withdrawn] if v.journey == key}
        walked = visits.recompute_passages(tx, version.journey, touched)
        found += [Candidate(v, version, *moment) for v in here for moment in _moments(version.journey, v, walked)]
    return found


def _moments(journey: Journey, visit: Visit, walked: StageMovement) -> list[tuple[str, str]]:
    """The triggers that a visit pulls: (kind, stage or touchpoint)."""
    found = [("touchpoint", visit.touchpoint)] if visit.touchpoint else []
    address, when = visit.customer_id, visit.at
    if (address, visit.stage, when) in walked.entered:
        found.append(("enter", visit.stage))
    found += [("leave", stage) for person, stage, at in sorted(walked.left) if person == address and at == when]
    return [
        (kind, subject) for kind, subject in found if subject in journey.touchpoints or subject in journey.stages_by_key
    ]
