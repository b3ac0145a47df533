"""Record visits: store a batch of events with their passages, counters and decisions about asking, in one transaction.

Invariants:

* An event whose id is known changes nothing, except for the withdrawal of a visit that stands. Its sender is told
  whether it is the same again or differs (`bot.usecases.asking.event_checks`).
* A visit that an import told belongs to the import no more once its event comes by itself.
* Within a batch an event may come and be withdrawn: the withdrawal counts, even if the event then comes once more.
* A withdrawn visit is not asked about. A question that was sent before is closed, unless something was answered to it:
  then it stays open, and its answers count.
* A visit counts under what was told about its customer by its time, also by a withdrawn event (`tell_attributes`).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.db.counters import tallies
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys, stage_entries, visits
from bot.db.journeys.journeys import JourneyVersion
from bot.db.journeys.stage_entries import EntryChange, StageMovement
from bot.db.journeys.visits import Visit
from bot.db.people import customers
from bot.usecases.asking.asking_decisions import Candidate, decide_candidates
from bot.usecases.asking.event_checks import EventResult, EventStatus, check_events
from bot.usecases.asking.staying.overtaken_questions import take_back_overtaken
from bot.usecases.asking.visit_changes import change_visits, tell_events
from cjm.asking.decision import AskingRules
from cjm.errors import Mistake
from cjm.journeys.event_mistakes import find_event_mistakes
from cjm.journeys.journey import Journey
from cjm.journeys.survey import TriggerKind
from cjm.journeys.visit import Event

FOR_GOOD = timedelta()
"""Retention of events that are never deleted."""


class RecordVisits:
    """``await record_visits(events) -> results`` in the events' order. An event that is known changes nothing."""

    def __init__(self, db: Database, clock: Clock, rules: AskingRules, retention: timedelta = FOR_GOOD) -> None:
        self._db, self._clock, self._rules, self._retention = db, clock, rules, retention

    async def __call__(self, events: Sequence[Event]) -> list[EventResult]:
        now = self._clock.now()
        return await self._db.write(lambda tx: record_events(tx, events, self._rules, now, self._retention))

    async def find_mistakes(self, events: Sequence[Event]) -> list[list[Mistake]]:
        """Return the mistakes of events that are refused anyway, so that their sender learns them all at once.

        Only an id that belongs to another customer or journey is not found here: that takes the write transaction.
        """
        if not events:
            return []
        now, versions = self._clock.now(), await self._db.read(journeys.list_versions_in_force)
        in_force, archived = _list_journeys(versions), _list_archived(versions)
        return [find_event_mistakes(event, in_force, now, self._retention, archived) for event in events]


def record_events(
    tx: Connection, events: Sequence[Event], rules: AskingRules | None, now: datetime, retention: timedelta = FOR_GOOD
) -> list[EventResult]:
    """Store a batch of events and everything that follows from them; return a result for each, in their order.

    Without ``rules`` nobody is asked about them: an import passes none, unless its mapping wants people to be asked.
    """
    # Before anything is read: events of one customer that come side by side would count one passage twice.
    locked = customers.lock_external_ids(tx, (e.customer for e in events))
    # Reads are made for the whole batch, not for each event: a batch has hundreds of them.
    versions = journeys.list_versions_in_force(tx)
    known = visits.list_by_event_ids(tx, [e.id for e in events])
    in_force = _list_journeys(versions)
    results = check_events(tx, events, in_force, known, now, retention, _list_archived(versions))
    accepted = [event for event, result in zip(events, results, strict=True) if result.status is EventStatus.ACCEPTED]
    new: dict[str, Event] = {}
    for event in accepted:
        if event.id not in known:  # the second of an id can only be its withdrawal, which may leave out values
            new[event.id] = replace(new[event.id], withdrawn=True) if event.id in new else event
    withdrawn = [known[e.id] for e in accepted if e.id in known]
    imported = _list_imported(events, results, known)
    telling = _list_telling_events(events, results, known, imported)
    with tallies.gather_moves(tx):
        people = customers.ensure_locked(tx, (e.customer for e in [*new.values(), *telling]), now, locked)
        visits.release_from_imports(tx, [visit.id for visit in imported.values()])
        attributes = tell_events(tx, telling, list(new.values()), people, in_force)
        stored = change_visits(tx, list(new.values()), withdrawn, people, attributes, in_force, now)
        changes = recompute_passages(tx, in_force, [*stored, *withdrawn])
        take_back_overtaken(tx, in_force, stored, now)
        decided = decide_candidates(tx, list_candidates(versions, stored, changes), rules, now) if rules else {}
    decisions = {visit.event_id: tuple(decided.get(visit.id, ())) for visit in stored}
    return [
        EventResult(result.id, result.status, result.mistakes, decisions.get(result.id, ()))
        if result.status is EventStatus.ACCEPTED
        else result
        for result in results
    ]


def _list_journeys(versions: Mapping[str, JourneyVersion]) -> dict[str, Journey]:
    return {key: version.journey for key, version in versions.items()}


def _list_archived(versions: Mapping[str, JourneyVersion]) -> set[str]:
    return {key for key, version in versions.items() if version.archived_at is not None}


# ---- what counts of events that are known ----------------------------------------------------------------------------


def _list_imported(
    events: Sequence[Event], results: Sequence[EventResult], known: Mapping[str, Visit]
) -> dict[str, Visit]:
    """Return the visits of an import that are now reported by themselves too, by the event's id.

    They stay when the import is taken back: their sender was told that they are stored.
    """
    ids = {e.id for e, r in zip(events, results, strict=True) if r.status is EventStatus.REPEATED and not e.withdrawn}
    return {key: visit for key, visit in known.items() if key in ids and visit.import_row_id is not None}


def _list_telling_events(
    events: Sequence[Event], results: Sequence[EventResult], known: Mapping[str, Visit], imported: Collection[str]
) -> list[Event]:
    """Return the events whose attributes count: those that are accepted, and those whose visit is withdrawn.

    So a withdrawn event tells the same, whether it comes before or after its withdrawal. What an ``imported`` event
    tells is told by itself now too.
    """
    telling = {visit.event_id for visit in known.values() if visit.withdrawn} | set(imported)
    fine = [(e, r.status) for e, r in zip(events, results, strict=True) if not r.mistakes]
    telling |= {event.id for event, _ in fine if event.withdrawn}
    return [e for e, status in fine if e.attributes and (status is EventStatus.ACCEPTED or e.id in telling)]


# ---- passages and triggers -------------------------------------------------------------------------------------------


def recompute_passages(
    tx: Connection, in_force: Mapping[str, Journey], changed: Sequence[Visit]
) -> dict[str, list[EntryChange]]:
    """Recompute the passages of all whose visits are new or withdrawn; return what changed, by the journey's key."""
    return {
        key: stage_entries.recompute_passages(tx, in_force[key], {v.customer_id for v in changed if v.journey == key})
        for key in sorted({visit.journey for visit in changed})
    }


def list_candidates(
    versions: Mapping[str, JourneyVersion], stored: Sequence[Visit], changes: Mapping[str, Sequence[EntryChange]]
) -> list[Candidate]:
    """Return the new visits that may be asked about, each with a trigger that it pulled."""
    candidates: list[Candidate] = []
    for key, changed in changes.items():
        version, movement = versions[key], stage_entries.find_movement(changed)
        journey, left = version.journey, _list_left_stages(movement)
        candidates += [
            Candidate(visit, version, *trigger)
            for visit in stored
            if visit.journey == key and not visit.withdrawn
            for trigger in _list_triggers(journey, visit, movement, left[visit.customer_id, visit.at])
        ]
    return candidates


def _list_left_stages(movement: StageMovement) -> Mapping[tuple[int, datetime], Sequence[str]]:
    """Return the stages that were left, by the customer's id and the time of entering the later stage."""
    left: defaultdict[tuple[int, datetime], list[str]] = defaultdict(list)
    for person, stage, at in sorted(movement.left):
        left[person, at].append(stage)
    return left


def _list_triggers(
    journey: Journey, visit: Visit, movement: StageMovement, left: Sequence[str]
) -> list[tuple[TriggerKind, str]]:
    """List the triggers that a visit pulls, as (kind, key of the touchpoint or stage); it has ``left`` these stages."""
    triggers = [(TriggerKind.TOUCHPOINT, visit.touchpoint)] if visit.touchpoint else []
    if (visit.customer_id, visit.stage, visit.at) in movement.entered:
        triggers.append((TriggerKind.ENTER, visit.stage))
    triggers += [(TriggerKind.LEAVE, stage) for stage in left]
    # A stage that was left may have been taken out of the journey since; nothing can be asked about it.
    return [
        (kind, subject)
        for kind, subject in triggers
        if subject in journey.touchpoints or subject in journey.stages_by_key
    ]
