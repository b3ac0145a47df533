"""Store what is told about people, and say who they were at each moment.

Helper for the use cases that bring facts in; it runs in its caller's transaction, after the people were locked.

Invariants:

* Visits and imported answers of the moment that something is told for count under it, whichever comes first.
* It moves nothing else that is counted already, so importing an old table moves no newer visit into another segment.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.db.asking import cohort_moves
from bot.db.asking.cohort_moves import CountedFact
from bot.db.engine.database import Connection
from bot.db.imports import imported_rows
from bot.db.journeys import cohorts
from bot.db.people import attributes
from bot.db.people.attributes import AttributeChange, AttributePlace
from cjm.journeys.attributes import KnownAttributes, ToldAttribute, canonical_value
from cjm.journeys.journey import Journey

_LAST = datetime.max.replace(tzinfo=UTC)

Moment = tuple[int, datetime]
"""Customer's id, and a time at which something happened to them or was told about them."""


def tell_attributes(
    tx: Connection,
    told: Sequence[ToldAttribute],
    moments: Collection[Moment],
    journeys: Mapping[str, Journey],
) -> KnownAttributes:
    """Store what is told, and return who people were at these moments, of facts that will be stored next.

    Facts of the moments that something new is told for are counted again.
    """
    times = [at for _, at in moments] + [one.since for one in told]
    if not times:
        return KnownAttributes()
    people = {person for person, _ in moments} | {one.customer_id for one in told}
    known = attributes.list_known(tx, people, min(times), max(times))
    new = attributes.save_new(tx, known, told)
    facts = cohort_moves.list_at_moments(tx, {(one.customer_id, one.since) for one in new})
    _count_again(tx, [fact for fact in facts if fact.journey in journeys], known, journeys)
    return known


def untell_attributes(tx: Connection, told: Iterable[ToldAttribute], journeys: Mapping[str, Journey]) -> None:
    """Take back what rows of imports told, once they are deleted or corrected.

    What other rows tell for the same moments holds then. A value that something else told too stays. Facts of the
    moments, and later ones up to the next value, are counted again where they count under the value that goes.
    """
    places = {one[:3] for one in told}
    if not places:
        return
    remaining: dict[AttributePlace, Any] = {}
    for row in imported_rows.list_telling(tx, {place[0] for place in places}):
        for one in row.list_told():
            if one[:3] in places:
                values = [one.value, *([remaining[one[:3]]] if one[:3] in remaining else [])]
                remaining[one[:3]] = max(values, key=canonical_value)
    changes = attributes.take_back(tx, places, remaining)
    if changes:
        _count_since(tx, changes, journeys)


def _count_since(tx: Connection, changes: Sequence[AttributeChange], journeys: Mapping[str, Journey]) -> None:
    first: dict[int, datetime] = {}
    by_person: defaultdict[int, list[AttributeChange]] = defaultdict(list)
    for change in changes:
        person, since = change.before.customer_id, change.before.since
        first[person] = min(since, first.get(person, since))
        by_person[person].append(change)
    known = attributes.list_known(tx, first, min(first.values()), _LAST)
    facts = cohort_moves.list_since(tx, first)
    for key in sorted({fact.journey for fact in facts} & journeys.keys()):
        here = [fact for fact in facts if fact.journey == key]
        counted = cohorts.list_by_journey(tx, key)
        known_then = [
            _know_again(journeys[key], counted[fact.cohort_id], fact, by_person[fact.customer_id], known)
            for fact in here
        ]
        _move(tx, journeys[key], here, known_then)


def _know_again(
    journey: Journey,
    counted: Mapping[str, str],
    fact: CountedFact,
    changes: Sequence[AttributeChange],
    known: KnownAttributes,
) -> Mapping[str, object]:
    """Return the attributes under which a fact counts after these changes about its customer."""
    now = known.find_at(fact.customer_id, fact.at)
    if any(change.before.since == fact.at for change in changes):
        return now
    attributes_then: dict[str, object] = dict(counted)
    for change in changes:
        person, key, since, value, _ = change.before
        until = known.find_next_time(person, key, since)
        is_within = since < fact.at and (until is None or fact.at < until)
        # A fact that came before the value was told counts under another one: that stays.
        if is_within and counted.get(key, "") == journey.cohort({key: value}).get(key, ""):
            attributes_then[key] = now.get(key, "")
    return attributes_then


def _count_again(
    tx: Connection, facts: Sequence[CountedFact], known: KnownAttributes, journeys: Mapping[str, Journey]
) -> None:
    for key in sorted({fact.journey for fact in facts}):
        here = [fact for fact in facts if fact.journey == key]
        _move(tx, journeys[key], here, [known.find_at(fact.customer_id, fact.at) for fact in here])


def _move(
    tx: Connection, journey: Journey, facts: Sequence[CountedFact], known_then: Sequence[Mapping[str, object]]
) -> None:
    """Count facts of a journey under the cohorts of these attributes, where that changes anything."""
    ids = cohorts.ensure_ids(tx, journey, known_then)
    moved = {fact: number for fact, number in zip(facts, ids, strict=True) if fact.cohort_id != number}
    if moved:
        cohort_moves.move_to_cohorts(tx, journey, moved)
