"""What a case is about, and under what it is therefore counted: said by its customer, or put right by the team."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.clock import Clock
from bot.db.cases import cases
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Connection, Database
from bot.db.figures import cohorts
from bot.db.journeys import journeys, visits
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.usecases.cases.admit_to_case import Actor, CaseSnapshot, CaseStepRefused, shown, step
from cjm.address import Address
from cjm.cases.case import Case, CaseRefusal, CaseRefused
from cjm.journeys.journey import Journey

ELSEWHERE = "other"
"""The channel of what is not about a touchpoint."""


@dataclass(frozen=True, slots=True)
class CasePlace:
    """What a case is frozen with."""

    journey: str | None
    stage: str | None
    touchpoint: str | None
    day: date
    channel: str
    cohort_id: int | None


def place(tx: Connection, person: Customer, journey: Journey | None, subject: str | None, now: datetime) -> CasePlace:
    """The person's latest visit there gives day, channel and cohort; without one it is today and they as they are.

    ``subject`` is a touchpoint's or a stage's key, or None for "not said"; a key of no meaning is None too.
    """
    if journey is None:
        return CasePlace(None, None, None, now.date(), ELSEWHERE, None)
    found = journey.place(subject) if subject else None
    stage, point = found or (None, None)
    keys = (stage.key if stage else None, point.key if point else None)
    for visit in visits.latest(tx, person.id, 30) if found else ():
        if visit.journey == journey.key and journey.place(visit.subject) == found:
            return CasePlace(journey.key, *keys, visit.day, visit.channel, visit.cohort_id)
    cohort = journey.cohort(person.attributes)
    cohort_id = cohorts.ensure(tx, journey.key, [cohort])[cohorts.written(cohort)]
    day = now.astimezone(journey.zone).date()
    return CasePlace(journey.key, *keys, day, point.channel if point else ELSEWHERE, cohort_id)


class PlaceCase:
    def __init__(self, db: Database, clock: Clock, desk: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._desk = desk

    async def look(self, hand: Actor, number: int) -> CaseSnapshot | CaseStepRefused:
        """The case for one of the team, to choose its place."""
        now = self._clock.now()
        return await self._db.write(lambda tx: step(tx, self._desk, hand, number, now, lambda case: case))

    async def __call__(self, hand: Actor, number: int, subject: str) -> CaseSnapshot | CaseStepRefused:
        """The team puts it where it belongs."""
        now = self._clock.now()
        return await self._db.write(
            lambda tx: step(tx, self._desk, hand, number, now, lambda case: _placed(tx, case, subject, now))
        )

    async def mine(self, who: Address, number: int, subject: str) -> CaseSnapshot | CaseStepRefused:
        """The customer says what their own case is about."""
        now = self._clock.now()

        def put(tx: Connection) -> CaseSnapshot | CaseStepRefused:
            case, person = cases.get_to_change(tx, number), customers.by_address(tx, who)
            if case is None or person is None or case.customer_id != person.id:
                return CaseStepRefused(CaseRefusal.STRANGER)
            cases.save(tx, case, _placed(tx, case, subject, now))
            return shown(tx, self._desk, number)

        try:
            return await self._db.write(put)
        except CaseRefused as refused:
            return CaseStepRefused(refused.reason)


def _placed(tx: Connection, case: Case, subject: str, now: datetime) -> Case:
    """Raises CaseRefused when the journey has no such place (any more)."""
    journey = journeys.get(tx, case.journey) if case.journey else None
    person = customers.by_id(tx, case.customer_id)
    if person is None or journey is None or journey.place(subject) is None:
        raise CaseRefused(CaseRefusal.UNKNOWN)
    if case.subject == subject:
        return case
    new = place(tx, person, journey, subject, now)
    return replace(
        case, stage=new.stage, touchpoint=new.touchpoint, day=new.day, channel=new.channel, cohort_id=new.cohort_id
    )
