"""Retention: old rows are deleted, and no figure of their weeks changes."""

from datetime import UTC, datetime, timedelta

from bot.clock import FrozenClock
from bot.db.asking.answers import NewAnswer, insert_new_answers
from bot.db.engine.database import Connection, Database
from bot.db.journeys import cohorts, journeys
from bot.db.people import customers
from bot.db.upkeep import counter_check
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.maps.make_map import MakeMap, MapRequest
from bot.usecases.upkeep.retire_rows import RetireRows
from cjm.asking.decision import AskingRules
from cjm.errors import Mistake
from cjm.figures.journey_map import map_as_json
from cjm.journeys.visit import Event
from tests.journeys import SMALL

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONG_AGO = datetime(2026, 10, 12, 12, tzinfo=UTC)  # a Monday: settled counts stand on the first day of their week
KEEP = timedelta(days=30)


def store_answers(tx: Connection) -> None:
    """Store the answers of twelve people long ago and of one yesterday."""
    cohort = next(iter(cohorts.ensure_cohorts(tx, "small", [{"class": "gold"}]).values()))
    people = customers.ensure_external_ids(tx, [f"p{n}" for n in range(13)], LONG_AGO)
    for n, person in enumerate(people.values()):
        at = NOW - timedelta(days=1) if n == 12 else LONG_AGO
        one = NewAnswer(
            customer_id=person.id,
            journey="small",
            version=1,
            question="pay_csat",
            kind="csat",
            value=1 + n % 5,
            subject="pay",
            stage="buy",
            day=at.date(),
            channel="site",
            cohort_id=cohort,
            at=at,
        )
        insert_new_answers(tx, [one])


async def test_old_rows_are_deleted_and_the_map_of_their_weeks_stays(any_db: Database) -> None:
    clock = FrozenClock(NOW)
    await ApplyJourney(any_db, clock).apply(SMALL, "small.toml")
    record_visits = RecordVisits(any_db, clock, AskingRules(), KEEP)
    await RecordVisits(any_db, clock, AskingRules())([Event("old", "p1", "small", LONG_AGO, touchpoint="pay")])
    await any_db.write(store_answers)
    make_map = MakeMap(any_db, clock, 5)
    request = MapRequest("small", first=LONG_AGO.date(), last=NOW.date())
    before = await make_map(request)
    assert before.stages[1].scores

    for _ in range(2):
        await RetireRows(any_db, clock, KEEP)()

    after = await make_map(request)
    assert map_as_json(after)["stages"] == map_as_json(before)["stages"]
    assert after.totals.answers == before.totals.answers
    journey = (await any_db.read(journeys.list_current))["small"]
    assert await any_db.read(lambda tx: counter_check.list_wrong_counters(tx, journey)) == []
    contributions = await any_db.read(lambda tx: counter_check.list_contributions(tx, journey))
    assert len(contributions) == 3  # yesterday's answer, and the two of its person-day
    refused = (await record_visits([Event("old", "p1", "small", LONG_AGO, touchpoint="pay")]))[0]
    assert refused.mistakes == (Mistake("at", "is older than the 30 days that are kept"),)


async def test_nothing_is_deleted_without_a_retention(db: Database) -> None:
    clock = FrozenClock(NOW)
    await ApplyJourney(db, clock).apply(SMALL, "small.toml")
    await db.write(store_answers)
    await RetireRows(db, clock, timedelta())()
    journey = (await db.read(journeys.list_current))["small"]
    assert len(await db.read(lambda tx: counter_check.list_contributions(tx, journey))) == 13 * 3
