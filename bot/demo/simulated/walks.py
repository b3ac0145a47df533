"""Simulated customers and their walks by the plan of a template, all drawn from one generator of random numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.demo.simulated.walk_plan import WalkPlan, WalkStep, find_trouble
from cjm.journeys.visit import Event

GROWTH = 1.4  # 1: as many customers begin in every week; more: the newer the week, the more
FIRST_HOUR, LAST_HOUR = 9, 20  # of visits, in the journey's zone
TELLING_SHARE = 0.7  # of those who go no further, whose last event tells why
_AMOUNT_SPREAD = 0.6


@dataclass(frozen=True, slots=True)
class SimulatedCustomer:
    """Simulated customer. ``patience`` is added to all their moods; ``number`` counts from 0."""

    number: int
    patience: float
    attributes: dict[str, str]

    @property
    def id(self) -> str:
        return f"past-{self.number}"


class PlannedVisit(NamedTuple):
    """Visit of a walk, with how great the trouble was when the walk got there."""

    at: datetime
    step: WalkStep
    trouble: float


@dataclass(frozen=True, slots=True)
class SimulatedWalks:
    """Walks through the journey ``journey`` by ``plan``; ``begin`` is the beginning of the demo."""

    plan: WalkPlan
    journey: str
    begin: datetime
    zone: ZoneInfo

    def create_customers(self, weeks: int, random: Random, first_week: int = 0) -> list[SimulatedCustomer]:
        """Return the customers of so many weeks; those of earlier weeks have lower numbers."""
        size = self.plan.people_a_week
        return [
            SimulatedCustomer(number, random.gauss(0, 0.4), _choose_attributes(self.plan, random))
            for number in range(size * first_week, size * (first_week + weeks))
        ]

    def simulate_past(self, people: list[SimulatedCustomer], weeks: int, random: Random) -> list[Event]:
        """Return the events of people who began in the ``weeks`` weeks before the demo, in order of time.

        A walk that is not over when the demo begins goes on after it, as in real data.
        """
        events: list[Event] = []
        for person in people:
            start = self.begin - timedelta(weeks=weeks) * random.random() ** GROWTH  # spread over all weeks
            events += self._make_events(person, start, random)
        return _sort_events(events)

    def simulate_week(self, people: list[SimulatedCustomer], start: datetime, random: Random) -> list[Event]:
        """Return the events of people who begin within a week from ``start``."""
        week = timedelta(weeks=1)
        return _sort_events([e for p in people for e in self._make_events(p, start + week * random.random(), random)])

    def _make_events(self, person: SimulatedCustomer, start: datetime, random: Random) -> list[Event]:
        visits, left_at = self._simulate_walk(start, random)
        own = Random(person.id)  # so that other draws stay what they are
        amount = None if self.plan.amount is None else round(self.plan.amount * own.lognormvariate(0, _AMOUNT_SPREAD))
        events = [
            Event(
                id=f"{person.id}-{number}",
                customer=person.id,
                journey=self.journey,
                at=visit.at,
                touchpoint=visit.step.at,
                # Attributes hold from a customer's first event on; later events need not repeat them.
                attributes=person.attributes if number == 0 and person.attributes else None,
                amount=amount if visit.step.tells_amount else None,
                measures=_measure(visit, visits, own),
            )
            for number, visit in enumerate(visits)
        ]
        if events and left_at is not None and left_at.lost and own.random() < TELLING_SHARE:
            events[-1] = replace(events[-1], lost_reason=own.choice(left_at.lost))
        return events

    def _simulate_walk(self, start: datetime, random: Random) -> tuple[list[PlannedVisit], WalkStep | None]:
        """Return the visits of a walk, and the step at which it ended before its time."""
        visits: list[PlannedVisit] = []
        at, worst = start, 0.0
        for step in self.plan.steps:
            trouble = find_trouble(at, self.begin)
            worst = max(worst, trouble)  # people remember it when it has passed
            if random.random() < step.share + step.share_in_trouble * worst:
                for _ in range(2 if random.random() < step.again else 1):
                    at = self._pick_time(step, at, trouble, random)
                    visits.append(PlannedVisit(at, step, trouble))
            if random.random() < step.leaving:
                return visits, step
        return visits, None

    def _pick_time(self, step: WalkStep, before: datetime, trouble: float, random: Random) -> datetime:
        if step.minutes is not None:
            return before + timedelta(minutes=random.randint(*step.minutes))
        least, most = (days + more * trouble for days, more in zip(step.days, step.days_in_trouble, strict=True))
        day = (before + timedelta(days=random.uniform(least, most))).astimezone(self.zone)
        at = day.replace(hour=random.randint(FIRST_HOUR, LAST_HOUR), minute=random.randrange(60))
        return at if at > before else at + timedelta(days=1)


def _choose_attributes(plan: WalkPlan, random: Random) -> dict[str, str]:
    return {key: random.choices([*weights], [*weights.values()])[0] for key, weights in plan.attributes.items()}


def _measure(visit: PlannedVisit, visits: Sequence[PlannedVisit], random: Random) -> dict[str, float] | None:
    """Return what the event of a visit measures; None where the plan names nothing."""
    values = {}
    for measure in visit.step.measures:
        if measure.since is None:
            values[measure.key] = round(random.uniform(*measure.between) + measure.in_trouble * visit.trouble, 1)
        else:
            since = next(earlier.at for earlier in visits if earlier.step.at == measure.since)
            values[measure.key] = round((visit.at - since) / timedelta(days=1), 1)
    return values or None


def _sort_events(events: list[Event]) -> list[Event]:
    return sorted(events, key=lambda event: (event.at, event.id))
