"""Events and other writes about the same people at the same time: none fails, and the counters equal the rows."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot.clock import FrozenClock
from bot.db.engine.database import Database
from bot.db.journeys import journeys
from bot.db.upkeep import counter_check
from bot.usecases.asking.event_checks import EventStatus
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.people.forget_customer import ForgetCustomer
from cjm.asking.decision import AskingRules
from cjm.journeys.visit import Event
from tests.journeys import SMALL

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAY = Event("pay", "anna", "small", NOW - timedelta(hours=1), touchpoint="pay")


@pytest.fixture
async def record_visits(any_db: Database) -> RecordVisits:
    clock = FrozenClock(NOW)
    await ApplyJourney(any_db, clock).apply(SMALL, "small.toml")
    return RecordVisits(any_db, clock, AskingRules())


def wrong_counters(tx: Connection) -> list[object]:
    return [
        wrong
        for journey in journeys.list_current(tx).values()
        for wrong in counter_check.list_wrong_counters(tx, journey)
    ]


async def test_the_same_new_event_posted_ten_times_at_once_is_accepted_once(
    any_db: Database, record_visits: RecordVisits
) -> None:
    answers = await asyncio.gather(*(record_visits([PAY]) for _ in range(10)))
    statuses = sorted(result.status for [result] in answers)
    assert statuses == [EventStatus.ACCEPTED, *[EventStatus.REPEATED] * 9]
    assert await any_db.read(wrong_counters) == []


async def test_first_events_of_one_walk_posted_at_once_are_counted_once_each(
    any_db: Database, record_visits: RecordVisits
) -> None:
    for person in range(12):  # whether two of ten meet at the wrong moment is a matter of luck
        events = [
            replace(PAY, id=f"pay {person} {n}", customer=f"customer {person}", at=PAY.at - timedelta(minutes=n))
            for n in range(10)
        ]
        answers = await asyncio.gather(*(record_visits([event]) for event in events))
        assert {result.status for [result] in answers} == {EventStatus.ACCEPTED}
    assert await any_db.read(wrong_counters) == []


async def test_events_that_come_while_their_customers_are_forgotten_leave_the_counters_right(
    any_db: Database, record_visits: RecordVisits
) -> None:
    events = [replace(PAY, id=f"pay {n}", customer=f"customer {n % 3}") for n in range(24)]
    forget = ForgetCustomer(any_db, FrozenClock(NOW), 5)
    people = sorted({event.customer for event in events})
    posts = (record_visits([event]) for event in events)
    await asyncio.gather(*posts, *(forget.by_external_id(person) for _ in range(3) for person in people))
    assert await any_db.read(wrong_counters) == []


async def test_counters_that_are_rebuilt_while_events_come_lose_none_of_them(
    any_db: Database, record_visits: RecordVisits
) -> None:
    async def rebuild() -> None:
        await any_db.write(lambda tx: counter_check.rebuild_counters(tx, journeys.list_current(tx)["small"]))

    async def post(person: int) -> None:
        for n in range(6):
            at = PAY.at - timedelta(days=n)
            await record_visits([replace(PAY, id=f"pay {person} {n}", customer=f"customer {person}", at=at)])
            if person % 3 == 0:
                await rebuild()

    await asyncio.gather(*(post(person) for person in range(9)))
    assert await any_db.read(wrong_counters) == []
