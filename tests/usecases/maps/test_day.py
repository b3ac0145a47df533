"""Day in the life from the database: counted by the part of the day of visits, and not where nobody may know it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.cli.map_description import describe_map
from bot.db.asking.tables import answer_table, invitation_table
from bot.db.counters import tallies
from bot.db.engine.database import Connection, Database
from bot.db.figures.day.part_facts import read_part_facts
from bot.db.figures.map_sums import MapScope
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.db.upkeep.schema import migrate
from bot.usecases.maps.make_map import CompareError, MapRequest, make_map
from bot.usecases.people.forget_customer import ForgetCustomer
from cjm.figures.day.day_figures import DayFigures
from cjm.figures.day.part_scores import score_parts
from cjm.figures.day.parts import PartOfDay
from cjm.figures.journey_map import JourneyMap, MapKind
from cjm.figures.map_json import map_as_json
from cjm.figures.part_disclosure import SEVERAL_CHANNELS, UNKNOWN_CHANNEL
from cjm.figures.score import Thresholds
from cjm.figures.tally import CounterKey, CounterSums
from cjm.journeys.visit import Event
from tests.db.engine.test_upgrade_steps import go_back
from tests.usecases.asking.world import CSAT, FELT, JOURNEY, NOON, PACKED, World, make_world

EVENING = datetime(2026, 11, 21, 19, tzinfo=UTC)  # 20:00 in Warsaw
ANONYMOUS = JOURNEY.replace('title = "Shop"', 'title = "Shop"\nanonymous = true')


async def read_day(world: World, **request: object) -> tuple[JourneyMap, DayFigures]:
    asked = MapRequest("shop", kind=MapKind.DAY, **request)  # type: ignore[arg-type]  # each of its own type
    made = await world.db.read(lambda tx: make_map(tx, asked, 1, world.clock.now()))
    assert made.day is not None
    return made, made.day


def delivered(number: int, at: datetime, customer: str = "", touchpoint: str = "delivery") -> Event:
    return Event(f"v{number}", customer or f"c{number}", "shop", at, touchpoint=touchpoint)


async def answer_all(world: World, invitation: int) -> None:
    for place, value in ((FELT, 1), (CSAT, 5), (PACKED, 9)):
        await world.answer(invitation, place, value)


async def test_visits_and_answers_count_by_the_customers_part_of_the_day(any_db: Database) -> None:
    world = await make_world(any_db)
    await any_db.write(lambda tx: customers.update_customer(tx, world.person.id, timezone="Asia/Dubai"))
    invitation = await world.visit()  # 13:00 in Warsaw, 16:00 by the customer's own clock
    await answer_all(world, invitation)
    await world.record([delivered(1, EVENING), delivered(2, EVENING, touchpoint="box"), delivered(3, NOON)])
    made, day = await read_day(world)
    visits = {part.part: part.visits for part in day.parts}
    assert visits == {
        part: {PartOfDay.AFTERNOON: 1, PartOfDay.EVENING: 2, PartOfDay.MIDDAY: 1}.get(part, 0) for part in PartOfDay
    }
    assert [(place.key, place.visits) for place in day.parts[4].places] == [("box", 1), ("delivery", 1)]
    score = day.parts[3].score
    assert score is not None
    assert (score.n, day.parts[2].score) == (1, None)
    parts = await any_db.read(lambda tx: dict(tx.execute(select(answer_table.c.kind, answer_table.c.part)).all()))
    assert parts == {"emotion": PartOfDay.AFTERNOON, "csat": PartOfDay.AFTERNOON, "nps": None}  # about another place
    assert await world.wrong_counters() == []
    assert map_as_json(made)["parts_of_day"]["parts"][4]["visits"] == 2
    assert "Evening (18–24)\n   2 visits, 50%" in "\n".join(describe_map(made))


async def test_days_beside_the_parts_are_known_so_that_nobody_can_subtract_them(any_db: Database) -> None:
    world = await make_world(any_db)
    await answer_all(world, await world.visit())
    world.clock.advance(timedelta(hours=6))
    await answer_all(world, await world.visit("e2"))
    world.clock.advance(timedelta(hours=15))
    await world.record([delivered(1, NOON + timedelta(hours=11), "77")])  # 0:00 in Warsaw: only its day is known
    await world.ask_due()
    await world.deliver()
    [asked] = await any_db.read(lambda tx: tx.execute(select(func.max(invitation_table.c.id))).one())
    await answer_all(world, asked)

    def read(tx: Connection) -> list[str]:
        last = world.clock.now().date()
        scope = MapScope(journeys.list_current(tx)["shop"], last - timedelta(days=1), last)
        return sorted(each.rest for each in read_part_facts(tx, scope).rest_days)

    assert await any_db.read(read) == [UNKNOWN_CHANNEL, SEVERAL_CHANNELS]


async def test_forgotten_customer_leaves_visits_and_scores_of_each_part(any_db: Database) -> None:
    world = await make_world(any_db)
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    await world.answer(invitation, CSAT, 5)
    _, before = await read_day(world)
    await ForgetCustomer(any_db, world.clock, 1).by_external_id("77")
    _, after = await read_day(world)
    assert [(part.visits, part.score and part.score.value) for part in after.parts] == [
        (part.visits, part.score and part.score.value) for part in before.parts
    ]
    assert await world.wrong_counters() == []


async def test_anonymous_answers_keep_no_part_and_the_day_has_no_scores(any_db: Database) -> None:
    world = await make_world(any_db)
    await world.apply(ANONYMOUS)
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    kept = await any_db.read(
        lambda tx: [*tx.scalars(select(answer_table.c.part)), *tx.scalars(select(invitation_table.c.part))]
    )
    assert kept == [None, None]
    made, day = await read_day(world)
    assert (day.timed_visits, day.is_scored, [part.score for part in day.parts]) == (1, False, [None] * 5)
    assert "answers are anonymous" in "\n".join(describe_map(made))
    assert not [key for key in await any_db.read(list_counters) if key.subject.startswith("@")]


async def test_days_without_a_time_never_count_as_night(db: Database) -> None:
    world = await make_world(db)
    midnight = datetime(2026, 11, 20, 23, tzinfo=UTC)  # 0:00 in Warsaw
    await world.record([delivered(1, midnight), delivered(2, midnight + timedelta(hours=1))])
    made, day = await read_day(world)
    assert (day.timed_visits, day.unknown) == (0, 2)
    assert "No visit of these days has a time" in "\n".join(describe_map(made))


def list_counters(tx: Connection) -> dict[CounterKey, CounterSums]:
    return tallies.list_counters(tx, "shop")


async def test_upgrade_counts_earlier_visits_and_answers_by_the_part_of_the_day(any_db: Database) -> None:
    world = await make_world(any_db)
    for days in range(2):  # two days of one person, which make a pair
        invitation = await world.visit(f"e{days}")
        await answer_all(world, invitation)
        world.clock.advance(timedelta(days=1))
    await world.record([delivered(1, EVENING), delivered(2, EVENING.replace(hour=23))])
    before = await any_db.read(list_counters), await any_db.read(lambda tx: tallies.list_gap_counters(tx, "shop"))
    await any_db.write(lambda tx: go_back(tx, "0025"))
    await migrate(any_db)
    assert before == (
        await any_db.read(list_counters),
        await any_db.read(lambda tx: tallies.list_gap_counters(tx, "shop")),
    )
    assert await world.wrong_counters() == []


async def test_of_many_answers_people_are_counted_at_least_and_never_too_many(db: Database) -> None:
    world = await make_world(db)
    for days in range(3):
        invitation = await world.visit(f"e{days}")
        await answer_all(world, invitation)
        world.clock.advance(timedelta(days=1))

    def read(tx: Connection, most: int) -> list[tuple[int, float | None]]:
        journey = journeys.list_current(tx)["shop"]
        last = world.clock.now().date()
        facts = read_part_facts(tx, MapScope(journey, last - timedelta(days=27), last), most)
        assert facts.is_cut is (most < 3)
        return [(score.n, score.value) for score in score_parts(facts, None, None, Thresholds(1, 1)).values()]

    assert await db.read(lambda tx: read(tx, 3)) == await db.read(lambda tx: read(tx, 1)) == [(1, 100.0)]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"channel": "courier"}, "a day map is about all channels"),
        ({"compare": "before"}, "a day map has no other side"),
    ],
)
async def test_day_of_a_channel_or_with_another_side_is_refused(
    db: Database, request_: dict[str, str], message: str
) -> None:
    world = await make_world(db)
    with pytest.raises(CompareError, match=message):
        await read_day(world, **request_)
