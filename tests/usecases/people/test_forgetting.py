"""Forgetting: the rows of a person go, everyone's figures stay, and nothing that stays tells who the person was."""

from datetime import timedelta
from functools import partial
from random import Random

from sqlalchemy import select

from bot.clock import FrozenClock
from bot.db.asking.answers import NewAnswer, insert_new_answers
from bot.db.counters import tallies
from bot.db.counters.tables import gap_tally_table, tally_table
from bot.db.engine.database import Connection, Database
from bot.db.journeys import cohorts, journeys
from bot.db.journeys.cohorts import canonical_form
from bot.db.people import customers
from bot.db.upkeep import counter_check
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.people.forget_customer import ForgetCustomer, forget_customer
from tests.journeys import SMALL
from tests.statements import listen_to_statements
from tests.usecases.upkeep.random_past import LAST, NOW, everyones_sums, store_random_past

MINIMUM = 5
TOLD_BY_ANSWERS = ("csat", "csat.people", "nps", "nps.people", "choice")


def list_wrong(tx: Connection) -> list[object]:
    return [
        wrong
        for journey in journeys.list_current(tx).values()
        for wrong in counter_check.list_wrong_counters(tx, journey)
    ]


def store_answers_of(tx: Connection, name: str, days: int, journey: str = "small", cohort: str = "gold") -> None:
    """Store one answer of a person on each of the last ``days`` days, about one touchpoint."""
    in_force = journeys.list_current(tx)[journey]
    wanted = {"class": cohort}
    met = cohorts.ensure_cohorts(tx, journey, [wanted])[canonical_form(wanted)]
    person = customers.ensure_external_ids(tx, [name], NOW)[name]
    new = [
        NewAnswer(
            customer_id=person.id,
            journey=journey,
            version=1,
            question="pay_csat",
            kind="csat",
            value=1 + ago % 5,
            subject="pay",
            stage="buy",
            day=LAST - timedelta(days=ago),
            channel="site",
            cohort_id=met,
            at=NOW - timedelta(days=ago),
            source="import",
        )
        for ago in range(days)
    ]
    insert_new_answers(tx, in_force, new)


async def test_no_sum_of_everyone_changes_on_any_day(any_db: Database) -> None:
    random = Random(1)
    await store_random_past(any_db, random, people=20, days=40)
    before = await any_db.read(everyones_sums)
    forget = ForgetCustomer(any_db, FrozenClock(NOW), MINIMUM)
    for number in random.sample(range(20), 12):
        assert (await forget.by_external_id(f"p{number}")).was_known
        assert await any_db.read(list_wrong) == []
    assert await any_db.read(everyones_sums) == before


async def test_settled_answers_of_one_person_name_no_segment_and_no_channel(db: Database) -> None:
    await store_random_past(db, Random(3), people=10, days=20)
    await ForgetCustomer(db, FrozenClock(NOW), MINIMUM).by_external_id("p1")

    def list_places(tx: Connection) -> set[tuple[int, str]]:
        settled = select(tally_table).where(tally_table.c.settled, tally_table.c.n != 0)
        rows = [row for row in tx.execute(settled) if row.measure.startswith(TOLD_BY_ANSWERS)]
        return {(row.cohort_id, row.channel) for row in rows}

    journey = (await db.read(journeys.list_current))["small"]
    unknown = await db.write(lambda tx: cohorts.ensure_unknown_cohort(tx, journey))
    assert await db.read(list_places) == {(unknown, "")}


async def test_pairs_of_a_forgotten_person_are_gone(any_db: Database) -> None:
    await ApplyJourney(any_db, FrozenClock(NOW)).apply(SMALL, "small.toml")
    await any_db.write(lambda tx: store_answers_of(tx, "anna", 3))
    assert await any_db.read(lambda tx: tallies.list_gap_counters(tx, "small"))
    await ForgetCustomer(any_db, FrozenClock(NOW), MINIMUM).by_external_id("anna")
    assert await any_db.read(lambda tx: tallies.list_gap_counters(tx, "small")) == {}
    assert all(row.pairs == 0 for row in await any_db.read(lambda tx: tx.execute(select(gap_tally_table)).all()))


async def test_person_in_two_journeys_is_forgotten_in_both(any_db: Database) -> None:
    other = SMALL.replace('key = "small"', 'key = "other"')
    for source in (SMALL, other):
        await ApplyJourney(any_db, FrozenClock(NOW)).apply(source, "journey.toml")

    def store(tx: Connection) -> None:
        for name, journey in (("anna", "small"), ("anna", "other"), ("boris", "other")):
            store_answers_of(tx, name, 4, journey)

    await any_db.write(store)
    before = await any_db.read(everyones_sums)
    await ForgetCustomer(any_db, FrozenClock(NOW), MINIMUM).by_external_id("anna")
    assert await any_db.read(list_wrong) == []
    assert await any_db.read(everyones_sums) == before
    assert await any_db.read(lambda tx: tallies.list_counters(tx, "small")) == {}
    assert {counter.journey for counter in await any_db.read(lambda tx: tallies.list_counters(tx, "other"))} == {
        "other"
    }


async def test_forgetting_somebody_without_any_row_changes_nothing(db: Database) -> None:
    await store_random_past(db, Random(5), people=3, days=5)
    await db.write(lambda tx: customers.ensure_external_ids(tx, ["nobody"], NOW) and None)
    before = await db.read(everyones_sums)
    assert (await ForgetCustomer(db, FrozenClock(NOW), MINIMUM).by_external_id("nobody")).was_known
    assert not (await ForgetCustomer(db, FrozenClock(NOW), MINIMUM).by_external_id("nobody")).was_known
    assert await db.read(everyones_sums) == before


async def test_400_answers_are_forgotten_with_as_many_statements_as_four(db: Database) -> None:
    await ApplyJourney(db, FrozenClock(NOW)).apply(SMALL, "small.toml")
    for name, days in (("seldom", 4), ("often", 400)):
        await db.write(partial(store_answers_of, name=name, days=days))
    before = await db.read(everyones_sums)

    def forget(tx: Connection, name: str) -> int:
        person = customers.find_by_external_id(tx, name)
        assert person is not None
        with listen_to_statements() as statements:
            forget_customer(tx, person.id, None, MINIMUM, NOW)
        return len(statements)

    counts = [await db.write(partial(forget, name=name)) for name in ("seldom", "often")]
    assert counts[1] <= counts[0]
    assert await db.read(everyones_sums) == before
    assert await db.read(list_wrong) == []
