"""The check of the counters finds what is wrong in any table, mends it, and needs no memory for all rows."""

from datetime import timedelta
from random import Random

from sqlalchemy import delete, insert, update

from bot.clock import FrozenClock
from bot.db.asking.tables import answer_table
from bot.db.counters.tables import duration_table, gap_tally_table, tally_table, total_table, week_table
from bot.db.engine.chunks import CHUNK
from bot.db.engine.database import Connection, Database
from bot.db.journeys import cohorts, journeys
from bot.db.people import customers
from bot.db.upkeep import counter_check
from bot.usecases.journeys.apply_journey import ApplyJourney
from cjm.figures.facts.duration_blocks import BlockKey
from cjm.figures.facts.spans import DAY, GapWeekKey, TotalKey, WeekKey
from cjm.figures.gaps import GapKey
from cjm.figures.tally import CUSTOMERS, TOOK, VISITS, CounterKey
from cjm.journeys.journey import Journey
from tests.journeys import SMALL
from tests.statements import listen_to_statements
from tests.usecases.upkeep.random_past import LAST, NOW, store_random_past

PEOPLE, DAYS = 2 * CHUNK + 100, 2


def in_force(tx: Connection) -> Journey:
    return journeys.list_current(tx)["small"]


async def test_wrong_counters_are_found_in_all_tables_and_mended(any_db: Database) -> None:
    await store_random_past(any_db, Random(1), people=8, days=20)

    def spoil(tx: Connection) -> None:
        tx.execute(
            update(tally_table).where(tally_table.c.measure == CUSTOMERS, tally_table.c.subject == "").values(n=99)
        )
        tx.execute(delete(gap_tally_table).where(gap_tally_table.c.measure == "csat"))
        tx.execute(update(gap_tally_table).where(gap_tally_table.c.measure == CUSTOMERS).values(products=-1.0))
        tx.execute(update(week_table).where(week_table.c.measure == VISITS).values(n=week_table.c.n + 1))
        tx.execute(delete(total_table).where(total_table.c.measure == VISITS, total_table.c.span == DAY))
        tx.execute(delete(duration_table).where(duration_table.c.measure == TOOK, duration_table.c.span == DAY))

    await any_db.write(spoil)
    wrong = await any_db.read(lambda tx: counter_check.list_wrong_counters(tx, in_force(tx)))
    kinds = {(type(each.key), each.key.measure) for each in wrong}
    in_days = {(CounterKey, CUSTOMERS), (GapKey, "csat"), (GapKey, CUSTOMERS)}
    in_sums = {(kind, CUSTOMERS) for kind in (TotalKey, WeekKey, GapWeekKey)} | {(GapWeekKey, "csat")}
    assert kinds == in_days | in_sums | {(WeekKey, VISITS), (TotalKey, VISITS), (BlockKey, TOOK)}
    assert await any_db.write(lambda tx: counter_check.rebuild_counters(tx, in_force(tx))) == len(wrong)
    assert await any_db.read(lambda tx: counter_check.list_wrong_counters(tx, in_force(tx))) == []


async def test_rows_are_read_for_some_hundred_people_at_a_time(db: Database) -> None:
    await ApplyJourney(db, FrozenClock(NOW)).apply(SMALL, "small.toml")
    await db.write(store_many_answers)

    def check(tx: Connection) -> None:
        with listen_to_statements() as statements:
            contributions = counter_check.list_contributions(tx, in_force(tx))
            next(contributions)
            of_first = len(statements)
            assert sum(1 for _ in contributions) > 2 * PEOPLE
        assert max(len(each.parameters) for each in statements) <= 2 * CHUNK + 10
        assert of_first < len(statements) / 3, "the first people are counted before the last are read"

    await db.write(check)


def store_many_answers(tx: Connection) -> None:
    """Store answers without their counters, which takes no time."""
    cohort = cohorts.ensure_unknown_cohort(tx, in_force(tx))
    people = customers.ensure_external_ids(tx, [f"p{n}" for n in range(PEOPLE)], NOW)
    tx.execute(
        insert(answer_table),
        [
            {
                "customer_id": person.id,
                "journey": "small",
                "version": 1,
                "question": "pay_csat",
                "kind": "csat",
                "value": 1 + (person.id + ago) % 5,
                "subject": "pay",
                "stage": "buy",
                "day": LAST - timedelta(days=ago * 30),
                "channel": "site",
                "cohort_id": cohort,
                "source": "import",
                "at": NOW,
            }
            for person in people.values()
            for ago in range(DAYS)
        ],
    )
