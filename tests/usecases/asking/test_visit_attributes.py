"""Who somebody was at a visit: what was told by then, in whichever order events, tables and customers come."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import FrozenClock
from bot.db.counters import tallies
from bot.db.engine.database import Connection, Database
from bot.db.imports import table_imports
from bot.db.journeys import cohorts, journeys
from bot.db.journeys.tables import stage_entry_table, visit_table
from bot.db.people import attributes, customers
from bot.db.upkeep import counter_check
from bot.usecases.asking.event_checks import EventStatus
from bot.usecases.asking.record_visits import RecordVisits, record_events
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.maps.make_map import MakeMap, MapRequest
from bot.usecases.people.save_customer import SaveCustomer
from bot.usecases.tables.rows.import_answers import import_answers
from cjm.asking.decision import AskingRules
from cjm.journeys.visit import Event
from cjm.tables.answer_rows import AnswerRow
from tests.journeys import SMALL, small_journey
from tests.statements import listen_to_statements
from tests.usecases.asking.world import FELT, JOURNEY, make_world
from tests.usecases.tables.random_answers import make_answer, make_row

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PAY = Event("pay", "anna", "small", NOW - HOUR, touchpoint="pay")
SEARCH = Event("search", "anna", "small", NOW - 3 * HOUR, touchpoint="search")
GOLD, SILVER = {"class": "gold"}, {"class": "silver"}


@pytest.fixture
async def record_visits(any_db: Database) -> RecordVisits:
    return await open_small(any_db)


async def open_small(db: Database) -> RecordVisits:
    await ApplyJourney(db, FrozenClock(NOW)).apply(SMALL, "small.toml")
    return RecordVisits(db, FrozenClock(NOW), AskingRules())


def list_classes(tx: Connection) -> dict[str, str]:
    """Return the class that each visit counts under, by the id of its event."""
    known = cohorts.list_by_journey(tx, "small")
    rows = tx.execute(select(visit_table.c.event_id, visit_table.c.cohort_id))
    return {row.event_id: known[row.cohort_id]["class"] for row in rows}


def list_wrong(tx: Connection) -> list[object]:
    return [
        wrong
        for journey in journeys.list_current(tx).values()
        for wrong in counter_check.list_wrong_counters(tx, journey)
    ]


def list_figures(tx: Connection) -> list[object]:
    """Return all counters and the stage entries, with cohorts by name: their numbers depend on who came first."""
    names = {number: str(known) for number, known in cohorts.list_by_journey(tx, "small").items()}
    entries = sorted((r.stage, r.at, str(r.next_at), names[r.cohort_id]) for r in tx.execute(select(stage_entry_table)))
    counters = tallies.list_counters(tx, "small").items()
    named = {(key._replace(cohort_id=0), names[key.cohort_id]): sums for key, sums in counters}
    return [named, tallies.list_gap_counters(tx, "small"), entries]


async def test_importing_an_old_event_moves_no_newer_visit(any_db: Database, record_visits: RecordVisits) -> None:
    await record_visits([replace(SEARCH, attributes=SILVER), PAY])
    old = replace(SEARCH, id="old", at=NOW - timedelta(days=400), attributes=GOLD)
    await record_visits([old, replace(PAY, id="open", touchpoint="open", at=NOW)])
    assert await any_db.read(list_classes) == {"search": "silver", "pay": "silver", "old": "gold", "open": "silver"}
    between = replace(SEARCH, id="between", at=NOW - 2 * HOUR, attributes=GOLD)
    await record_visits([between])
    assert (await any_db.read(list_classes))["pay"] == "silver", "a visit that is counted stays where it is"
    await record_visits([replace(PAY, id="next", at=NOW)])
    assert (await any_db.read(list_classes))["next"] == "gold", "a new one is counted under what is known now"
    gold = await MakeMap(any_db, FrozenClock(NOW), 5)(MapRequest("small", segment="gold"))
    assert (gold.stages[0].visits, gold.stages[1].visits) == (1, 1)
    assert await any_db.read(list_wrong) == []


async def test_event_before_the_first_known_attribute_counts_as_unknown(
    any_db: Database, record_visits: RecordVisits
) -> None:
    await record_visits([replace(PAY, attributes=GOLD), SEARCH])
    await record_visits([replace(SEARCH, id="later", at=PAY.at + timedelta(microseconds=1))])
    assert await any_db.read(list_classes) == {"pay": "gold", "search": "", "later": "gold"}


AT_ONCE = (
    PAY,
    replace(PAY, id="told", attributes=GOLD),
    replace(PAY, id="told otherwise", touchpoint="open", attributes=SILVER),
)


@pytest.mark.parametrize("at_once", [True, False], ids=["one batch", "three batches"])
async def test_events_of_one_moment_give_the_same_figures_in_any_order(db: Database, *, at_once: bool) -> None:
    await open_small(db)

    class Enough(Exception): ...  # noqa: N818 - it ends an order, it is no error

    found: list[object] = []

    def record(tx: Connection, order: Sequence[Event]) -> None:
        for batch in [list(order)] if at_once else [[event] for event in order]:
            record_events(tx, batch, None, NOW)
        assert set(list_classes(tx).values()) == {"silver"}, "of two values the last in order holds"
        assert list_wrong(tx) == []
        found.append(list_figures(tx))
        raise Enough  # the next order begins with an empty database again

    for order in permutations(AT_ONCE):
        with pytest.raises(Enough):
            await db.write(partial(record, order=order))
    assert all(figures == found[0] for figures in found)


async def test_later_event_of_one_moment_moves_all_that_rests_on_the_earlier_one(any_db: Database) -> None:
    world = await make_world(any_db)
    grouped = JOURNEY.replace('title = "Shop"', 'title = "Shop"\nattributes = [{ key = "class", title = "Class" }]')
    await ApplyJourney(any_db, world.clock).apply(grouped, "shop.toml")
    await world.answer(await world.visit(), FELT, 2)
    event = Event("profile", "77", "shop", world.clock.now(), stage="get", attributes=GOLD)
    await world.record([event])

    def count_by_class(tx: Connection) -> set[tuple[str, str]]:
        known = cohorts.list_by_journey(tx, "shop")
        return {(key.measure, known[key.cohort_id]["class"]) for key in tallies.list_counters(tx, "shop")}

    measures = ("visits", "entered", "customers", "invited", "answered", "emotion", "emotion.people")
    asked = ("asked:delivered", "asked_at")
    assert await any_db.read(count_by_class) == {(measure, "gold") for measure in (*measures, *asked)}
    assert await any_db.read(list_wrong) == []


WITHDRAWAL = replace(PAY, withdrawn=True)


async def test_withdrawn_event_tells_the_same_before_and_after_its_withdrawal(any_db: Database) -> None:
    record_visits = await open_small(any_db)
    for customer, order in (("anna", (False, True)), ("boris", (True, False))):
        event = replace(PAY, id=customer, customer=customer, attributes=GOLD)
        for withdrawn in order:
            await record_visits([replace(event, withdrawn=withdrawn)])
        await record_visits([replace(event, id=f"{customer} later", at=NOW, attributes=None)])
    assert set((await any_db.read(list_classes)).values()) == {"gold"}
    assert await any_db.read(list_wrong) == []


async def test_event_that_comes_again_with_other_attributes_differs_and_changes_nothing(
    any_db: Database, record_visits: RecordVisits
) -> None:
    await record_visits([replace(PAY, attributes=GOLD)])
    assert [r.status for r in await record_visits([replace(PAY, attributes=SILVER)])] == [EventStatus.DIFFERS]
    assert await any_db.read(list_classes) == {"pay": "gold"}


async def test_withdrawal_that_tells_something_takes_its_visit_back_from_its_new_cohort(
    any_db: Database, record_visits: RecordVisits
) -> None:
    await record_visits([PAY])
    await record_visits([replace(WITHDRAWAL, attributes=GOLD), replace(WITHDRAWAL, attributes=GOLD)])
    assert await any_db.read(lambda tx: tallies.list_counters(tx, "small")) == {}
    assert await any_db.read(list_wrong) == []


async def test_what_the_business_tells_about_a_customer_holds_from_then_on(
    any_db: Database, record_visits: RecordVisits
) -> None:
    await record_visits([PAY, replace(PAY, id="now", at=NOW)])
    save = SaveCustomer(any_db, FrozenClock(NOW), "secret")
    await save("anna", GOLD)
    await save("anna", {"orders": 3})
    assert await any_db.read(list_classes) == {"pay": "", "now": "gold"}
    anna = await any_db.read(lambda tx: customers.find_by_external_id(tx, "anna"))
    assert anna is not None
    assert await any_db.read(lambda tx: attributes.find_latest(tx, anna.id)) == {"class": "gold", "orders": 3}
    assert await any_db.read(list_wrong) == []


def answer_row(number: int, at: datetime, told: Mapping[str, str]) -> AnswerRow:
    return make_row(f"r{number}", at, [make_answer("pay_csat", 5)], customer="anna", attributes=told)


def take_rows(tx: Connection, rows: Sequence[AnswerRow]) -> None:
    unit = table_imports.start_run(tx, "small", "old answers", "answers", None, NOW)
    import_answers(tx, unit, small_journey(), rows, ["pay_csat"], NOW)


async def test_imported_answers_count_under_what_was_told_by_their_time(any_db: Database) -> None:
    record_visits = await open_small(any_db)
    await record_visits([replace(PAY, attributes=SILVER)])
    old = NOW - timedelta(days=30)
    batches = [
        [answer_row(1, old, {}), answer_row(2, old - HOUR, {})],
        [answer_row(3, old, GOLD)],
        [answer_row(4, NOW, {})],
    ]
    for batch in batches:
        await any_db.write(partial(take_rows, rows=batch))

    def count_by_class(tx: Connection) -> dict[str, int]:
        known = cohorts.list_by_journey(tx, "small")
        counters = tallies.list_counters(tx, "small").items()
        return {known[key.cohort_id]["class"]: sums.n for key, sums in counters if key.measure == "csat"}

    # Two of one moment, one before anything was known, one after the visit that told "silver".
    assert await any_db.read(count_by_class) == {"gold": 2, "": 1, "silver": 1}
    assert await any_db.read(list_wrong) == []


async def test_statements_of_a_batch_do_not_grow_with_its_events(db: Database) -> None:
    record_visits = await open_small(db)

    def make_events(number: int, begin: int, told: Mapping[str, Any] | None) -> list[Event]:
        return [
            replace(PAY, id=f"{begin + n}", customer=f"c{n % 40}", at=NOW - n * HOUR, attributes=told)
            for n in range(number)
        ]

    await record_visits(make_events(200, 0, None))
    counts = []
    for begin, number, told in ((1000, 40, None), (2000, 200, None), (3000, 40, GOLD), (4000, 200, SILVER)):
        with listen_to_statements() as statements:
            await record_visits(make_events(number, begin, told))
        counts.append(len(statements))
    assert counts[0] == counts[1]
    # Values for moments at which visits are counted already move those: once for the whole batch.
    assert counts[3] <= counts[2] + 2 <= counts[0] + 20  # two more where stage entries move too
    assert await db.read(list_wrong) == []
