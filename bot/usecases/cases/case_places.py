"""Place of a case: what it is about, and the day, channel and cohort it is counted under.

Helpers for the use cases of this room; each runs in its caller's transaction.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.db.engine.database import Connection
from bot.db.journeys import cohorts, journeys, visits
from bot.db.people import attributes, customers
from bot.db.people.customers import Customer
from cjm.cases.case import Case, CaseRefusal, CaseRefused
from cjm.figures.day.parts import PartOfDay
from cjm.journeys.journey import Journey

NO_CHANNEL = "other"
"""Channel of a case when neither a visit nor a touchpoint gives one."""

RECENT_VISITS = 30
"""The latest visits that are searched for the one a case is about."""


@dataclass(frozen=True, slots=True)
class CasePlace:
    """Place and counting keys that a case is stored with."""

    journey: str | None
    stage: str | None
    touchpoint: str | None
    day: date
    channel: str
    cohort_id: int | None
    part: PartOfDay | None = None


def find_case_place(
    tx: Connection, person: Customer, journey: Journey | None, subject: str | None, now: datetime
) -> CasePlace:
    """Return the place of a case about ``subject``: a touchpoint's or a stage's key, None for "not said".

    The latest visit there, of their last RECENT_VISITS, gives day, part of the day, channel and cohort. Without such a
    visit the case counts today, in the journey's zone, under the touchpoint's channel and the person's present
    attributes. A key that the journey does not have is taken as None.
    """
    if journey is None:
        return CasePlace(None, None, None, now.date(), NO_CHANNEL, None)
    place = journey.find_place(subject) if subject else None
    stage, touchpoint = place or (None, None)
    keys = (stage.key if stage else None, touchpoint.key if touchpoint else None)
    for visit in visits.list_latest(tx, person.id, RECENT_VISITS) if place else ():
        if visit.journey == journey.key and journey.find_place(visit.subject) == place:
            return CasePlace(journey.key, *keys, visit.day, visit.channel, visit.cohort_id, visit.part)
    # Nobody is turned away for lack of a visit: the complaint counts where its customer says, as of today.
    cohort = journey.cohort(attributes.find_latest(tx, person.id))
    cohort_id = cohorts.ensure_cohorts(tx, journey.key, [cohort])[cohorts.canonical_form(cohort)]
    day = now.astimezone(journey.zone).date()
    return CasePlace(journey.key, *keys, day, touchpoint.channel if touchpoint else NO_CHANNEL, cohort_id)


def move_case(tx: Connection, case: Case, subject: str, now: datetime) -> Case:
    """Return the case moved to ``subject``. Raise CaseRefused if its journey is gone or has no such place."""
    journey = journeys.find_current(tx, case.journey) if case.journey else None
    person = customers.find_by_id(tx, case.customer_id)
    if person is None or journey is None or journey.find_place(subject) is None:
        raise CaseRefused(CaseRefusal.UNKNOWN)
    # Repeating the tap must not move the case to another day, so it stays as it is.
    if case.subject is not None and journey.current_key(case.subject) == journey.current_key(subject):
        return case
    place = find_case_place(tx, person, journey, subject, now)
    return replace(
        case,
        stage=place.stage,
        touchpoint=place.touchpoint,
        day=place.day,
        channel=place.channel,
        cohort_id=place.cohort_id,
        part=place.part,
    )
