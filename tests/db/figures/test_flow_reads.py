"""Flow as it is read: through the product's own writers, against walks that are counted from plain events."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, func, select

from bot.clock import FrozenClock
from bot.db.engine.database import Connection, Database
from bot.db.figures.flow.flow_moves import list_flow_moves
from bot.db.figures.flow_reads import read_flow
from bot.db.figures.map_sums import MapScope, find_cohorts
from bot.db.journeys import journeys
from bot.db.journeys.tables import stage_entry_table
from bot.usecases.asking.record_visits import record_events
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.people.forget_customer import ForgetCustomer
from cjm.figures.tally import AMOUNT, ENTERED, WENT_ON
from cjm.figures.walks.entry_times import EntryDetail
from cjm.figures.walks.flow_counters import WHOLE_DAY, WHOLE_WEEK, FlowCounters, StageWalk, walk_moves
from cjm.figures.walks.stage_flow import StageFlow
from cjm.figures.walks.walk_facts import HourSums
from cjm.journeys.journey import Segment
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.journeys import SMALL
from tests.statements import listen_to_statements

NOW = datetime(2026, 11, 20, 12, 7, 33, tzinfo=UTC)
FIRST, LAST = date(2026, 10, 24), date(2026, 11, 20)
WINDOW = timedelta(days=14)
RENAMED = SMALL.replace('key = "buy"\n', 'key = "purchase"\nwas = ["buy"]\n')


def random_events(n: int, seed: int = 1, days: int = 27) -> list[Event]:
    """Return events of walks of two stages, of two classes of customers, through two channels."""
    rng, events = random.Random(seed), []
    for number in range(n):
        at = NOW - timedelta(seconds=rng.randrange(days * 86_400))
        took = timedelta(seconds=int(rng.lognormvariate(10, 1.8)))
        first = Event(
            f"a{number}",
            f"c{number % max(1, n // 2)}",
            "small",
            at,
            touchpoint="search",
            channel=rng.choice(["search", "ad"]),
            passage=f"p{number}",
            attributes={"class": "gold" if number % 2 else "blue"},
        )
        events.append(first)
        if rng.random() < 0.7 and at + took <= NOW:
            events.append(
                replace(first, id=f"b{number}", at=at + took, touchpoint="pay", channel="site", attributes=None)
            )
    return events


async def store_events(db: Database, n: int = 400) -> None:
    await ApplyJourney(db, FrozenClock(NOW)).apply(SMALL, "small.toml")
    await db.write(lambda tx: record_events(tx, random_events(n), None, NOW))


@pytest.fixture
async def past(db: Database) -> Database:
    await store_events(db)
    return db


def read(
    tx: Connection, most_rows: int = 1000, segment: str | None = None, channel: str | None = None, **days: date
) -> dict[str, StageFlow]:
    journey = journeys.list_current(tx)["small"]
    cohorts = find_cohorts(tx, journey, journey.find_segment(segment) if segment else None)
    scope = MapScope(journey, days.get("first", FIRST), days.get("last", LAST), cohorts, channel)
    return read_flow(tx, scope, NOW, 5, most_rows)


_COUNT_SEARCHES = select(func.count()).select_from(stage_entry_table).where(stage_entry_table.c.stage == "find")


async def read_find(db: Database, *choice: Any, **scope: Any) -> StageFlow:
    return (await db.read(lambda tx: read(tx, *choice, **scope)))["find"]


def count_plainly(events: list[Event], first: date = FIRST, last: date = LAST) -> tuple[int, int, int, int]:
    """Return walks, those whose time is over, those of them that went on in time, and those on the way, at *find*."""
    next_at = {e.passage: e.at for e in events if e.touchpoint == "pay"}
    found = [e for e in events if e.touchpoint == "search" and first <= e.at.date() <= last]
    over = [e for e in found if NOW - e.at > WINDOW]
    went_on = sum(e.passage in next_at and next_at[e.passage] - e.at <= WINDOW for e in over)
    return len(found), len(over), went_on, sum(e.passage not in next_at and NOW - e.at <= WINDOW for e in found)


def numbers(flow: StageFlow) -> tuple[int, int, int, int]:
    return flow.walks, flow.over, flow.went_on, flow.on_the_way


async def test_few_walks_are_counted_exactly(past: Database) -> None:
    flow = await past.read(read)
    assert numbers(flow["find"]) == count_plainly(random_events(400))
    assert flow["find"].time.n == 400
    assert flow["buy"].over + flow["buy"].on_the_way == flow["buy"].walks
    assert "use" not in flow


async def test_many_walks_are_counted_as_the_few_up_to_an_hour_without_a_row(past: Database) -> None:
    with listen_to_statements() as statements:
        counted = await read_find(past, 100)
    assert not any("stage_entry" in statement.text for statement in statements)
    exact = await read_find(past)
    assert numbers(counted) == pytest.approx(numbers(exact), abs=2)
    assert counted.time.median_s == pytest.approx(exact.time.median_s, rel=0.025)
    assert counted.time.median_high_s == pytest.approx(exact.time.median_high_s, rel=0.025)
    assert counted.time.p90_s is exact.time.p90_s is None


async def test_segments_and_channels_are_parts_of_everyone(any_db: Database) -> None:
    await store_events(any_db)
    for most_rows in (1000, 60):
        everyone = await read_find(any_db, most_rows)
        ads = await read_find(any_db, most_rows, channel="ad")
        search = await read_find(any_db, most_rows, channel="search")
        gold = await read_find(any_db, most_rows, segment="gold")
        both = await read_find(any_db, most_rows, segment="gold", channel="ad")
        added = tuple(a + b for a, b in zip(numbers(ads), numbers(search), strict=True))
        assert added == pytest.approx(numbers(everyone), abs=0 if most_rows == 1000 else 3)
        assert gold.walks == 200
        assert 0 < both.walks < gold.walks


def count_searches(events: list[Event], detail: EntryDetail) -> FlowCounters:
    """Count the walks of these events at *find*, each by itself."""
    next_at = {e.passage: e.at for e in events if e.touchpoint == "pay"}
    counters, zone = FlowCounters(detail), read_journey(SMALL, "small.toml").zone
    for e in events:
        if e.touchpoint == "search":
            walk = StageWalk(e.at.astimezone(zone).date(), e.at, next_at.get(e.passage), amount=e.amount)
            for move in walk_moves(walk, WINDOW):
                counters.add(move)
    return counters


def drop_moments_of_days(entered: HourSums) -> HourSums:
    """Return the entries without moments where these are not looked at: of a day, only its number of people matters."""
    return {
        (day, bucket): replace(sums, squares=0.0, raw=0.0) if bucket == WHOLE_DAY else sums
        for (day, bucket), sums in entered.items()
    }


async def test_days_in_blocks_and_in_weeks_are_read_as_their_walks_are_counted(any_db: Database) -> None:
    events = [replace(e, amount=int(e.id[1:]) + 0.5) for e in random_events(120, days=300)]
    await ApplyJourney(any_db, FrozenClock(NOW)).apply(SMALL, "small.toml")
    await any_db.write(lambda tx: record_events(tx, events, None, NOW))
    first = date(2026, 2, 3)
    detail = EntryDetail.at(NOW, WINDOW, first, LAST)

    def read_counters(tx: Connection, segment: Segment | None) -> FlowCounters:
        journey, counters = journeys.list_current(tx)["small"], FlowCounters(detail)
        scope = MapScope(journey, first, LAST, find_cohorts(tx, journey, segment))
        for stage, move in list_flow_moves(tx, scope, detail, (ENTERED, WENT_ON, AMOUNT)):
            if stage == "find":
                counters.add(move)
        return counters

    is_gold = {e.customer for e in events if e.attributes == {"class": "gold"}}
    of_gold, since = [e for e in events if e.customer in is_gold], datetime.combine(first, time(), UTC)
    gold = read_journey(SMALL, "small.toml").find_segment("gold")
    for segment, chosen in ((None, events), (gold, of_gold)):
        found = await any_db.read(partial(read_counters, segment=segment))
        wanted = count_searches([e for e in chosen if e.at >= since], detail)
        assert drop_moments_of_days(found.entered) == drop_moments_of_days(wanted.entered)
        assert (found.amounts, found.went_on) == (wanted.amounts, wanted.went_on)
        assert {WHOLE_WEEK, WHOLE_DAY} < {bucket for _, bucket in found.entered}


async def test_a_window_that_ended_long_ago_knows_who_went_on_since(past: Database) -> None:
    ended = date(2026, 10, 30)
    flow = await read_find(past, first=FIRST, last=ended)
    assert numbers(flow)[0] == pytest.approx(count_plainly(random_events(400), FIRST, ended)[0], abs=2)  # by zone
    assert flow.on_the_way == 0


async def test_a_renamed_stage_keeps_its_walks(past: Database) -> None:
    before = await past.read(read)
    await ApplyJourney(past, FrozenClock(NOW)).apply(RENAMED, "small.toml")
    after = await past.read(read)
    assert (after["find"], after["purchase"]) == (before["find"], before["buy"])


async def test_forgetting_moves_no_walk_of_everyone(past: Database) -> None:
    before = await read_find(past)
    forget = ForgetCustomer(past, FrozenClock(NOW), 5)
    for number in range(0, 200, 3):
        assert (await forget.by_external_id(f"c{number}")).was_known
    rows_left = await past.read(lambda tx: tx.scalar(_COUNT_SEARCHES))
    after = await read_find(past)
    assert rows_left == 400 - 2 * 67
    assert numbers(after) == pytest.approx(numbers(before), abs=1)
    assert after.time.median_s == pytest.approx(before.time.median_s, rel=0.025)
    assert after.time.n == before.time.n


@pytest.mark.parametrize(
    ("choice", "index"),
    [
        ({}, "ix_stage_entry_journey_stage_at"),
        ({"segment": "gold"}, "ix_stage_entry_narrow"),
        ({"channel": "search"}, "ix_stage_entry_narrow"),
        ({"segment": "gold", "channel": "ad"}, "ix_stage_entry_narrow"),
    ],
)
async def test_an_index_leads_to_the_rows_that_are_read(db: Database, choice: dict[str, Any], index: str) -> None:
    await store_events(db, 300)
    plans: list[str] = []

    def note_plan(_: Any, cursor: Any, statement: str, parameters: Any, *__: Any) -> None:
        if "stage_entry" in statement:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in cursor.fetchall() if "stage_entry" in row[3])

    def explain(tx: Connection) -> None:
        event.listen(tx, "before_cursor_execute", note_plan)
        read(tx, **choice)
        event.remove(tx, "before_cursor_execute", note_plan)

    await db.read(explain)
    assert plans
    assert all(plan.startswith("SEARCH") and index in plan for plan in plans), plans
