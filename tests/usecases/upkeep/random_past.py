"""Random past of the journey `SMALL`: visits, imported answers, several channels and cohorts a day, former keys."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sqlalchemy import select

from bot.clock import FrozenClock
from bot.db.asking.answers import NewAnswer, insert_new_answers
from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection, Database
from bot.db.journeys import cohorts, journeys
from bot.db.journeys.cohorts import canonical_form
from bot.db.people import customers
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.journeys.apply_journey import ApplyJourney
from cjm.asking.decision import AskingRules
from cjm.figures.tally import RETURNED
from cjm.journeys.visit import Event
from tests.journeys import SMALL

LAST = date(2026, 11, 20)
NOW = datetime.combine(LAST, time(20), UTC)
POINTS = {"search": "find", "advert": "find", "pay": "buy", "call": "buy", "open": "use"}
CLASSES = ("gold", "silver", "")


async def store_random_past(db: Database, random: Random, people: int, days: int) -> None:
    """Store what ``people`` people did on the last ``days`` days, by the product's own write path."""
    clock = FrozenClock(NOW)
    await ApplyJourney(db, clock).apply(SMALL, "small.toml")
    events = [_random_event(random, number, people, days) for number in range(3 * people)]
    results = await RecordVisits(db, clock, AskingRules())(events)
    assert not [result.mistakes for result in results if result.mistakes]
    withdrawn = [Event(e.id, e.customer, e.journey, e.at, e.touchpoint, withdrawn=True) for e in events[::9]]
    await RecordVisits(db, clock, AskingRules())(withdrawn)
    await db.write(lambda tx: _store_answers(tx, random, people, days))


def _random_moment(random: Random, days: int) -> datetime:
    day = LAST - timedelta(days=random.randrange(days))
    return datetime.combine(day, time(random.randint(6, 19)), UTC)


def _random_event(random: Random, number: int, people: int, days: int) -> Event:
    return Event(
        id=f"e{number}",
        customer=f"p{random.randrange(people)}",
        journey="small",
        at=_random_moment(random, days),
        touchpoint=random.choice(list(POINTS)),
        channel=random.choice(["site", "app", None]),
        attributes={"class": random.choice(CLASSES)},
        measures={"wait": (number * 7 % 41 - 5) / 2, "not declared": number} if number % 3 else None,
        amount=number * 12.34 if number % 2 else None,
    )


def _store_answers(tx: Connection, random: Random, people: int, days: int) -> None:
    journey = journeys.list_current(tx)["small"]
    ids = cohorts.ensure_cohorts(tx, "small", [{"class": name} for name in CLASSES])
    known = customers.ensure_external_ids(tx, [f"p{n}" for n in range(people)], NOW)
    new = []
    for _ in range(6 * people):
        point = random.choice([*POINTS, *set(POINTS.values())])
        at = _random_moment(random, days)
        question = random.choice(["csat", "csat", "nps", "choice"])
        new.append(
            NewAnswer(
                customer_id=known[f"p{random.randrange(people)}"].id,
                journey="small",
                version=1,
                question=f"{point}_{question}",
                kind=question,
                value=None if question == "choice" else random.randint(1, 5),
                choice=random.choice(["slow", "dear"]) if question == "choice" else None,
                subject=point,
                stage=POINTS.get(point, point),
                day=at.date(),
                channel=random.choices(["site", "app", "phone"], [6, 4, 1])[0],
                cohort_id=ids[canonical_form({"class": random.choice(CLASSES)})],
                at=at,
                source="import",
            )
        )
    insert_new_answers(tx, journey, new)


DaySums = Mapping[tuple[str, date, str, str, str], Sequence[float]]
"""n and sums by journey, day, subject, measure and bucket, over all cohorts and channels, live and settled."""


def everyones_sums(tx: Connection) -> DaySums:
    """Return what the figures of everyone are made of. Days with the same sums make the same figures of any window."""
    sums: defaultdict[tuple[str, date, str, str, str], list[float]] = defaultdict(lambda: [0.0] * 5)
    for row in tx.execute(select(tally_table).where(tally_table.c.measure.not_like(RETURNED + "%"))):
        amounts = (row.n, row.total, row.squares, row.raw, row.mean_squares)
        of_day = sums[row.journey, row.day, row.subject, row.measure, row.bucket]
        for place, amount in enumerate(amounts):
            of_day[place] += amount
    rounded = {key: [round(amount, 6) + 0.0 for amount in amounts] for key, amounts in sums.items()}
    return {key: amounts for key, amounts in rounded.items() if any(amounts)}
