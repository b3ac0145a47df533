"""Retention: old rows are deleted, and no figure of everyone changes, of no window."""

from datetime import date, timedelta
from functools import partial
from random import Random

import pytest
from sqlalchemy import func, select

from bot.clock import FrozenClock
from bot.db.asking.tables import answer_table
from bot.db.cases.tables import case_table
from bot.db.counters import tallies
from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.journeys.tables import stage_entry_table, visit_table
from bot.db.upkeep import counter_check, old_rows
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.maps.make_map import MakeMap, MapRequest
from bot.usecases.upkeep.retire_rows import RetireRows, retire_until
from cjm.asking.decision import AskingRules
from cjm.cases.case import CaseState
from cjm.errors import Mistake
from cjm.figures.map_json import map_as_json
from cjm.journeys.visit import Event
from cjm.scales import Scale
from tests.journeys import SMALL
from tests.usecases.past import store_answers, store_case
from tests.usecases.upkeep.random_past import LAST, NOW, everyones_sums, store_random_past

KEEP = timedelta(days=30)
LONG_AGO = LAST - timedelta(days=39)
MINIMUM = 5


def list_wrong(tx: Connection) -> list[object]:
    return list(counter_check.list_wrong_counters(tx, journeys.list_current(tx)["small"]))


def count_old_rows(tx: Connection, before: date) -> int:
    tables = (visit_table, answer_table, stage_entry_table)
    return sum(tx.scalar(select(func.count()).select_from(t).where(t.c.day < before)) or 0 for t in tables)


async def store_past_of_twelve(db: Database) -> None:
    """Store the answers of twelve people long ago and of one yesterday."""
    await ApplyJourney(db, FrozenClock(NOW)).apply(SMALL, "small.toml")

    def store(tx: Connection) -> None:
        journey = journeys.list_current(tx)["small"]
        store_answers(tx, journey, "pay", LONG_AGO, [1 + n % 5 for n in range(12)])
        store_answers(tx, journey, "pay", LAST - timedelta(days=1), [5])

    await db.write(store)


async def test_old_rows_are_deleted_and_the_map_stays(any_db: Database) -> None:
    await store_past_of_twelve(any_db)
    make_map = MakeMap(any_db, FrozenClock(NOW), MINIMUM)
    request = MapRequest("small", first=LONG_AGO, last=LAST)
    before = await make_map(request)
    for _ in range(2):
        await RetireRows(any_db, FrozenClock(NOW), KEEP, MINIMUM)()
    after = await make_map(request)
    assert await any_db.read(list_wrong) == []
    assert await any_db.read(lambda tx: count_old_rows(tx, LAST - KEEP)) == 0
    assert after.totals.answers == before.totals.answers == 13
    score, kept = before.stages[1].scores[Scale.CSAT], after.stages[1].scores[Scale.CSAT]
    assert (kept.value, kept.n) == (score.value, score.n)
    alone = await make_map(MapRequest("small", first=LONG_AGO, last=LONG_AGO))
    assert alone.totals.answers == 12, "settled counts stand under their day, not under the Monday of their week"
    for segment, channel in ((None, "site"), ("gold", None)):  # of days without any row
        await make_map(MapRequest("small", first=LONG_AGO, last=LONG_AGO, segment=segment, channel=channel))


async def test_event_older_than_the_retention_is_refused(db: Database) -> None:
    await ApplyJourney(db, FrozenClock(NOW)).apply(SMALL, "small.toml")
    record_visits = RecordVisits(db, FrozenClock(NOW), AskingRules(), KEEP)
    refused = (await record_visits([Event("old", "p1", "small", NOW - timedelta(days=39), touchpoint="pay")]))[0]
    assert refused.mistakes == (Mistake("at", "is older than the 30 days that are kept"),)


async def test_nothing_is_deleted_without_a_retention(db: Database) -> None:
    await store_past_of_twelve(db)
    await RetireRows(db, FrozenClock(NOW), timedelta(), MINIMUM)()
    assert await db.read(lambda tx: count_old_rows(tx, LAST + timedelta(days=1))) == 13


async def test_no_sum_of_everyone_changes_on_any_day_and_counters_agree_with_the_rows_that_stay(
    any_db: Database,
) -> None:
    """Also where a day that goes pairs with days that stay, with withdrawn visits, and with answers without a visit."""
    random = Random(1)
    await store_random_past(any_db, random, people=15, days=60)
    before = await any_db.read(everyones_sums)
    assert await any_db.read(list_wrong) == []
    gaps = []
    for keep in (45, 20, 3):  # bit by bit, as time goes on
        await RetireRows(any_db, FrozenClock(NOW), timedelta(days=keep), MINIMUM)()
        assert await any_db.read(list_wrong) == []
        assert await any_db.read(everyones_sums) == before
        assert await any_db.read(partial(count_old_rows, before=LAST - timedelta(days=keep))) == 0
        gaps.append(await any_db.read(lambda tx: len(tallies.list_gap_counters(tx, "small"))))
    assert gaps[0] > gaps[1] > gaps[2], "fewer and fewer days pair"


async def test_maps_of_everyone_show_the_same_values_in_random_windows(db: Database) -> None:
    random = Random(7)
    await store_random_past(db, random, people=15, days=60)
    make_map = MakeMap(db, FrozenClock(NOW), 1)
    windows = [sorted(random.sample(range(60), 2), reverse=True) for _ in range(6)]
    requests = [MapRequest("small", first=LAST - timedelta(a), last=LAST - timedelta(b)) for a, b in windows]
    before = [figures_of(map_as_json(await make_map(request))) for request in requests]
    await RetireRows(db, FrozenClock(NOW), timedelta(days=25), 1)()
    assert [figures_of(map_as_json(await make_map(request))) for request in requests] == before


def figures_of(json: dict[str, object]) -> list[object]:
    """Return the values of all scores and the counts of visits of a map, of stages and of touchpoints."""
    found: list[object] = []

    def walk(part: object) -> None:
        if isinstance(part, dict):
            found.extend(
                (key, round(value, 6) if isinstance(value, float) else value)
                for key, value in sorted(part.items())
                if key in {"value", "visits", "complaints", "answers"}
            )
            for child in part.values():
                walk(child)
        elif isinstance(part, list):
            for child in part:
                walk(child)

    walk(json["stages"])
    return found


async def test_segment_and_channel_of_few_answers_are_dropped_and_of_many_are_kept(any_db: Database) -> None:
    await ApplyJourney(any_db, FrozenClock(NOW)).apply(SMALL, "small.toml")

    def store(tx: Connection) -> None:
        journey = journeys.list_current(tx)["small"]
        store_answers(tx, journey, "pay", LONG_AGO, [5] * MINIMUM)
        store_answers(tx, journey, "call", LONG_AGO, [1] * (MINIMUM - 1))

    await any_db.write(store)
    await RetireRows(any_db, FrozenClock(NOW), KEEP, MINIMUM)()

    def list_channels(tx: Connection) -> set[tuple[str, str, str]]:
        rows = tx.execute(select(tally_table).where(tally_table.c.measure == "csat", tally_table.c.n != 0))
        return {(row.subject, row.channel, row.bucket) for row in rows}

    assert await any_db.read(list_channels) == {("pay", "site", "5"), ("call", "", "1")}


async def test_answers_of_a_withdrawn_visit_are_retired_with_it(db: Database) -> None:
    clock = FrozenClock(NOW)
    await ApplyJourney(db, clock).apply(SMALL, "small.toml")
    record_visits = RecordVisits(db, clock, AskingRules())
    visit = Event("v", "p1", "small", NOW - timedelta(days=39), touchpoint="pay")
    await record_visits([visit])
    await db.write(lambda tx: attach_answer(tx, visit))
    await record_visits([Event("v", "p1", "small", visit.at, touchpoint="pay", withdrawn=True)])
    before = await db.read(everyones_sums)
    await RetireRows(db, clock, KEEP, MINIMUM)()
    assert await db.read(everyones_sums) == before
    assert await db.read(list_wrong) == []
    assert await db.read(lambda tx: count_old_rows(tx, LAST)) == 0


def attach_answer(tx: Connection, visit: Event) -> None:
    """Store an answer that hangs on the visit, as one from the chat does."""
    journey = journeys.list_current(tx)["small"]
    store_answers(tx, journey, "pay", visit.at.date(), [2])
    visit_id = tx.scalar(select(visit_table.c.id))
    # As if it had been given in a chat: it is no sign of presence of its own.
    counter_check.rebuild_counters(tx, journey)
    tx.execute(answer_table.update().values(visit_id=visit_id))
    counter_check.rebuild_counters(tx, journey)


async def test_complaint_that_is_open_stays_with_its_count(db: Database) -> None:
    await store_past_of_twelve(db)
    at = NOW - timedelta(days=39)

    def store(tx: Connection) -> None:
        journey = journeys.list_current(tx)["small"]
        numbers = [store_case(tx, journey, "pay", at) for _ in range(2)]
        tx.execute(case_table.update().where(case_table.c.id == numbers[0]).values(state=CaseState.CLOSED))

    await db.write(store)
    before = await db.read(everyones_sums)
    await RetireRows(db, FrozenClock(NOW), KEEP, MINIMUM)()
    assert await db.read(lambda tx: tx.scalars(select(case_table.c.state)).all()) == [CaseState.OPEN]
    assert await db.read(list_wrong) == []
    assert await db.read(everyones_sums) == before


async def test_rows_that_an_import_stores_meanwhile_stay_for_the_next_time(
    any_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are of people whose counts were not settled: deleted, they would count for ever."""
    await store_random_past(any_db, Random(3), people=6, days=40)
    before = await any_db.read(everyones_sums)
    lock_people = old_rows.lock_people

    def retire(tx: Connection) -> None:
        retire_until(tx, journeys.list_current(tx)["small"], LAST - timedelta(days=5), MINIMUM)

    with monkeypatch.context() as patch:
        patch.setattr(old_rows, "lock_people", lambda *args: lock_people(*args)[1:])
        await any_db.write(retire)
    assert await any_db.read(list_wrong) == []
    await any_db.write(retire)
    assert await any_db.read(list_wrong) == []
    assert await any_db.read(everyones_sums) == before
    assert await any_db.read(lambda tx: count_old_rows(tx, LAST - timedelta(days=5))) == 0
