"""Correct visits that a row of an import told otherwise before.

It runs in its caller's transaction, after what the row tells about its customer was exchanged.

Invariants:

* Visits, counters, presence and passages are afterwards as if the visits had come as they are now.
* What was asked and answered about a visit follows it to its day, channel and cohort. A question that was not sent yet
  is dropped when its visit was at another time or place.
* A visit that was withdrawn over HTTP stays withdrawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.db.asking import visit_corrections
from bot.db.asking.recounting import recount
from bot.db.engine.database import Connection
from bot.db.journeys import cohorts, visits
from bot.db.journeys.visits import Visit, visit_columns
from bot.db.people import customers
from bot.usecases.asking.visit_changes import drop_unsent_invitations, make_visit
from cjm.journeys.attributes import KnownAttributes
from cjm.journeys.journey import Journey
from cjm.journeys.visit import Event


@dataclass(frozen=True, slots=True)
class VisitCorrection:
    """Stored visit of a customer, and the event that says what it is now."""

    visit_id: int
    event: Event
    customer_id: int
    import_row_id: int


def correct_visits(
    tx: Connection, journey: Journey, corrections: Sequence[VisitCorrection], known: KnownAttributes
) -> None:
    """Make visits what their events say; ``known`` tells who the customers were at the events' times."""
    if not corrections:
        return
    # Read now: what was just told or taken back may have moved them to another cohort.
    before = {visit.id: visit for visit in visits.list_by_ids(tx, [c.visit_id for c in corrections])}
    then = cohorts.ensure_ids(tx, journey, [known.find_at(c.customer_id, c.event.at) for c in corrections])
    zones = customers.list_known_zones(tx, (c.customer_id for c in corrections))
    after = [
        _correct(before[c.visit_id], c, journey, cohort, zones.get(c.customer_id))
        for c, cohort in zip(corrections, then, strict=True)
    ]
    moved = [visit.id for visit in after if _place(visit) != _place(before[visit.id])]
    drop_unsent_invitations(tx, moved)
    with recount(tx, journey, [*before.values(), *after]):
        visit_corrections.save_corrected(tx, after)


def _correct(
    before: Visit, correction: VisitCorrection, journey: Journey, cohort_id: int, own_zone: str | None
) -> Visit:
    event, row_id = correction.event, correction.import_row_id
    is_restored = before.event_id != event.id
    if event.at == before.at and not is_restored:
        cohort_id = before.cohort_id
    made = make_visit(event, journey, correction.customer_id, cohort_id, before.received_at, row_id, own_zone)
    columns = visit_columns(made) | {"withdrawn": before.withdrawn and not is_restored}
    return Visit(**columns, id=before.id)


def _place(visit: Visit) -> tuple[object, ...]:
    return visit.at, visit.subject
