"""Simulated customers and their walks through the shop's journey, all drawn from one generator of random numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.demo.journey import JOURNEY
from cjm.journeys.visit import Event

PEOPLE_A_WEEK = 55
GROWTH = 1.4  # 1: as many customers begin in every week; more: the newer the week, the more
# A map of four weeks shows that deliveries slowed down, and the digest of the last week that they broke down.
SLUMP, BREAKDOWN = timedelta(weeks=4), timedelta(days=8)  # so long before now
RECOVERY = timedelta(days=3)  # so long after the beginning of the demo deliveries are quick again
_TELL_AMOUNT = {"checkout", "payment"}
SLOW = 0.45  # how slow deliveries are from the slump to the breakdown; 1 after it


@dataclass(frozen=True, slots=True)
class SimulatedCustomer:
    """Simulated customer. ``patience`` is added to all their moods; ``number`` counts from 0."""

    number: int
    patience: float
    attributes: dict[str, str]

    @property
    def id(self) -> str:
        return f"past-{self.number}"


def delivery_delay(at: datetime, now: datetime) -> float:
    """Return how slow deliveries are at ``at``: 0 before the slump, 1 after the breakdown, 0 after the recovery."""
    ago = now - at
    if -RECOVERY <= ago <= BREAKDOWN:
        return 1.0
    return SLOW if BREAKDOWN < ago <= SLUMP else 0.0


def create_customers(weeks: int, random: Random, first_week: int = 0) -> list[SimulatedCustomer]:
    """Return the customers of so many weeks, PEOPLE_A_WEEK for each; those of earlier weeks have lower numbers."""
    return [
        SimulatedCustomer(number, random.gauss(0, 0.4), _choose_attributes(random))
        for number in range(PEOPLE_A_WEEK * first_week, PEOPLE_A_WEEK * (first_week + weeks))
    ]


def _choose_attributes(random: Random) -> dict[str, str]:
    customer = random.choices(["new", "returning"], [0.6, 0.4])[0]
    persona = random.choices(["chooser", "giver", "regular"], [0.45, 0.3, 0.25])[0]
    return {
        "customer": customer,
        "persona": "regular" if customer == "returning" and random.random() < 0.6 else persona,
        "region": random.choices(["capital", "city", "country"], [0.35, 0.4, 0.25])[0],
        "source": random.choices(["ad", "search", "social", "friend"], [0.3, 0.35, 0.2, 0.15])[0],
    }


def simulate_events(
    people: list[SimulatedCustomer], weeks: int, now: datetime, zone: ZoneInfo, random: Random
) -> list[Event]:
    """Return the events of people who began in the ``weeks`` weeks before ``now``, in order of time.

    A walk that is not over by ``now`` goes on after it, as in real data.
    """
    events: list[Event] = []
    for person in people:
        begin = now - timedelta(weeks=weeks) * random.random() ** GROWTH  # spread over all weeks
        events += _make_events(person, _simulate_walk(begin, now, zone, random))
    return _sort_events(events)


def simulate_week(
    people: list[SimulatedCustomer], begin: datetime, now: datetime, zone: ZoneInfo, random: Random
) -> list[Event]:
    """Return the events of people who begin within a week from ``begin``; ``now`` is the beginning of the demo."""
    events: list[Event] = []
    for person in people:
        events += _make_events(person, _simulate_walk(begin + timedelta(weeks=1) * random.random(), now, zone, random))
    return _sort_events(events)


def _make_events(person: SimulatedCustomer, walk: Iterator[tuple[datetime, str]]) -> list[Event]:
    steps = list(walk)
    basket = round(Random(person.id).lognormvariate(4.2, 0.6), 2)  # of its own: other draws stay what they are
    return [
        Event(
            id=f"{person.id}-{number}",
            customer=person.id,
            journey=JOURNEY,
            at=at,
            touchpoint=touchpoint,
            # Attributes hold from a customer's first event on; later events need not repeat them.
            attributes=person.attributes if number == 0 else None,
            amount=basket if touchpoint in _TELL_AMOUNT else None,
            measures={"delivery_days": _days_since_payment(steps, at)} if touchpoint == "delivery" else None,
        )
        for number, (at, touchpoint) in enumerate(steps)
    ]


def _days_since_payment(steps: list[tuple[datetime, str]], at: datetime) -> float:
    paid = next(when for when, touchpoint in steps if touchpoint == "payment")
    return round((at - paid) / timedelta(days=1), 1)


def _sort_events(events: list[Event]) -> list[Event]:
    return sorted(events, key=lambda event: (event.at, event.id))


def _simulate_walk(at: datetime, now: datetime, zone: ZoneInfo, random: Random) -> Iterator[tuple[datetime, str]]:
    def pick_time(days: float, spread: float) -> datetime:
        day = (at + timedelta(days=random.uniform(days, days + spread))).astimezone(zone)
        return day.replace(hour=random.randint(9, 20), minute=random.randrange(60))

    if random.random() < 0.35:
        yield (at := pick_time(0, 0.5)), "advert"
    yield (at := pick_time(0, 1)), "first_visit"
    # One of five leaves after the first visit.
    if random.random() > 0.8:
        return
    for _ in range(random.choice([1, 1, 2])):
        yield (at := pick_time(0.2, 2)), "product_page"
    if random.random() < 0.3:
        yield (at := pick_time(0.1, 1)), "advice"
    # A third does not buy.
    if random.random() > 0.68:
        return
    yield (at := pick_time(0.1, 3)), "checkout"
    # A few give up at the payment.
    if random.random() > 0.94:
        return
    yield (at := at + timedelta(minutes=random.randint(2, 9))), "payment"
    delay = delivery_delay(at, now)
    yield (at := pick_time(1.5 + delay, 2 + delay)), "delivery"
    # Late deliveries bring customers to the help desk, and keep them from ordering again.
    if random.random() < 0.1 + 0.25 * delay:
        yield (at := pick_time(0.2, 2)), "help"
    if random.random() < 0.08:
        yield (at := pick_time(2, 6)), "returns"
    if random.random() < 0.5:
        yield (at := pick_time(5, 10)), "offers"
    if random.random() < 0.42 - 0.15 * delay:
        yield (at := pick_time(6, 14)), "repeat_order"
