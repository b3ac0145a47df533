"""Store what is told about people, and say who they were at each moment.

Helper for the use cases that bring facts in; it runs in its caller's transaction, after the people were locked.

Invariants:

* Visits and imported answers of the moment that something is told for count under it, whichever comes first.
* It moves nothing else that is counted already, so importing an old table moves no newer visit into another segment.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.db.asking import cohort_moves
from bot.db.asking.cohort_moves import CountedFact
from bot.db.engine.database import Connection
from bot.db.journeys import cohorts
from bot.db.people import attributes
from cjm.journeys.attributes import KnownAttributes, ToldAttribute
from cjm.journeys.journey import Journey

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


def _count_again(
    tx: Connection, facts: Sequence[CountedFact], known: KnownAttributes, journeys: Mapping[str, Journey]
) -> None:
    for key in sorted({fact.journey for fact in facts}):
        here = [fact for fact in facts if fact.journey == key]
        ids = cohorts.ensure_ids(tx, journeys[key], [known.find_at(fact.customer_id, fact.at) for fact in here])
        moved = {fact: number for fact, number in zip(here, ids, strict=True) if fact.cohort_id != number}
        if moved:
            cohort_moves.move_to_cohorts(tx, journeys[key], moved)
