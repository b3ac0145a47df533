"""Limits and days of a survey or a segment, and staff, hold for every letter: when it is planned, due, and leaves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from cjm.asking.decision import AskingReason, AskingRules, AskingVerdict
from cjm.journeys.visit import Event
from cjm.weekly import WEEKDAYS
from tests.usecases.asking.test_departures import apply_journey, find_last_decision, happen, restart
from tests.usecases.asking.world import ALICE, FELT, JOURNEY, NO_LIMITS, NOON, QUIET, World, make_world

DAY = timedelta(days=1)
MONDAY_MORNING = NOON + timedelta(hours=20)  # NOON is on a Sunday, 13:00 in Warsaw
WEEKLY = AskingRules(same_touchpoint=timedelta(), nps=timedelta(), per_month=0, quiet_hours=QUIET)
WITH_SEGMENT = JOURNEY.replace(
    "\n[[stages]]",
    """
attributes = [{ key = "tariff", title = "Tariff" }]
segments = [{ key = "gold", title = "Gold", where = { tariff = ["gold"] }, limits = { any_survey_days = 1 } }]

[[stages]]""",
    1,
)
OF_WORKING_DAYS = (
    'on = { touchpoint = "delivery" }\ngreatest_age = "3d"\nweekdays = ["mon", "tue", "wed", "thu", "fri"]'
)


def with_survey(keys: str) -> str:
    return JOURNEY.replace('on = { touchpoint = "delivery" }', keys, 1)


async def deliver_again(world: World, tariff: str) -> tuple[AskingVerdict, AskingReason, object]:
    """Bring a second delivery two days after the first, to somebody of this tariff; return what is decided about it."""
    await world.visit()
    await world.answer(1, FELT, 1)
    await world.stop.stop(world.make_tap(1))
    await world.stop.ask_again(ALICE)
    world.clock.advance(2 * DAY)
    attributes = {"tariff": tariff}
    await world.record([Event("e2", "77", "shop", world.clock.now(), touchpoint="delivery", attributes=attributes)])
    await world.ask_due()
    return await find_last_decision(world)


@pytest.mark.parametrize(
    ("tariff", "decision"),
    [
        ("gold", (AskingVerdict.ASK, AskingReason.FINE, None)),
        ("basic", (AskingVerdict.SKIP, AskingReason.ASKED_RECENTLY, None)),
    ],
)
async def test_limit_of_a_segment_holds_for_its_customers_alone(
    db: Database, tariff: str, decision: tuple[AskingVerdict, AskingReason, object]
) -> None:
    world = await make_world(db, rules=WEEKLY)
    await apply_journey(world, WITH_SEGMENT)
    assert await deliver_again(world, tariff) == decision
    await world.deliver()
    assert (world.last == "2") is (decision[0] is AskingVerdict.ASK), "the letter is decided by the same limit"


async def test_question_of_working_days_waits_for_monday_morning(db: Database) -> None:
    world = await make_world(db)
    await apply_journey(world, with_survey(OF_WORKING_DAYS))
    await happen(world, "e1")
    assert await find_last_decision(world) == (AskingVerdict.HOLD, AskingReason.WEEKDAY, MONDAY_MORNING)
    world.clock.advance(MONDAY_MORNING - NOON)
    await world.visit("e2")
    assert world.last == "1"


@pytest.mark.parametrize(("is_wanted", "arrives"), [(False, MONDAY_MORNING), (True, NOON)])
async def test_reminder_waits_for_an_allowed_day_unless_the_customer_wanted_it(
    db: Database, is_wanted: bool, arrives: object
) -> None:
    working_days = replace(NO_LIMITS, weekdays=frozenset(WEEKDAYS[:5]))
    world = await make_world(db)
    world.clock.advance(-2 * DAY)
    await world.visit()  # on Friday
    if is_wanted:
        world.clock.advance(DAY)
        await world.stop.snooze(world.make_tap(1))
        world.clock.advance(DAY)
    else:
        world.clock.advance(2 * DAY)
        await world.remind()
    world = restart(world, working_days)
    await world.outbox.take_over(2)
    await world.deliver()
    if not is_wanted:
        assert world.last == "1", "it is Sunday"
        world.clock.advance(MONDAY_MORNING - world.clock.now())
        await world.deliver()
    assert (world.last, world.clock.now()) == ("2", arrives)


async def mark_staff(world: World, is_staff: bool) -> None:
    def write(tx: Connection) -> None:
        customers.update_customer(tx, world.person.id, is_staff=is_staff)

    await world.db.write(write)


async def test_staff_are_not_asked_until_the_business_says_that_they_are_none(db: Database) -> None:
    world = await make_world(db, rules=NO_LIMITS)
    await mark_staff(world, True)
    await happen(world, "e1")
    assert await find_last_decision(world) == (AskingVerdict.SKIP, AskingReason.STAFF, None)
    await mark_staff(world, False)
    await world.visit("e2")
    assert world.last == "1"


async def test_question_that_waits_is_dropped_when_its_reader_is_staff_by_then(world: World) -> None:
    await world.record([Event("e1", "77", "shop", NOON, touchpoint="delivery")])
    await mark_staff(world, True)
    await world.ask_due()
    assert await find_last_decision(world) == (AskingVerdict.SKIP, AskingReason.STAFF, None)
