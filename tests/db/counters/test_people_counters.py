"""Random answers, changes, withdrawals, late imports, renamed places: counters and gap counters equal their rows."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.db.asking import answers
from bot.db.asking.answers import Answer, NewAnswer
from bot.db.counters import tallies
from bot.db.counters.tables import gap_tally_table, tally_table
from bot.db.engine.database import Connection, Database
from bot.db.journeys import cohorts, journeys, visits
from bot.db.people import customers
from bot.db.upkeep import counter_check
from bot.usecases.asking.record_visits import record_events
from bot.usecases.people.forget_customer import forget_customer
from cjm.figures.facts.presence import WHOLE_JOURNEY
from cjm.figures.tally import CUSTOMERS
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from cjm.scales import Scale
from tests.depth import choose_depth

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PEOPLE = ("anna", "boris")
BEFORE = """
key = "shop"
title = "Shop"
attributes = [{ key = "class", title = "Class" }]
[[stages]]
key = "purchase"
title = "Buy"
touchpoints = [{ key = "desk", title = "Desk" }, { key = "site", title = "Site" }]
"""
RENAMED = BEFORE.replace('key = "purchase"', 'key = "buy"\nwas = ["purchase"]').replace(
    '{ key = "desk",', '{ key = "till", was = ["desk"],'
)
ANONYMOUS = BEFORE.replace('title = "Shop"', 'title = "Shop"\nanonymous = true')
KINDS = (Scale.CSAT, Scale.NPS)


class ShopLife:
    """Some days of two customers, in one transaction. Each method is one step that may happen to them."""

    def __init__(self, tx: Connection, random: Random, source: str = BEFORE) -> None:
        self.tx, self.random, self.number = tx, random, 0
        self.apply(source)
        ids = cohorts.ensure_cohorts(tx, "shop", [{"class": name} for name in ("gold", "silver")])
        self.cohorts = [ids[form] for form in sorted(ids)]  # gold first

    def apply(self, source: str) -> None:
        self.journey: Journey = read_journey(source, "shop.toml")
        journeys.apply(self.tx, self.journey, source, now=NOON)

    def make_answer(self, customer_id: int, day: date, cohort_id: int, channel: str, visit_id: int | None) -> NewAnswer:
        self.number += 1
        stage = self.journey.stages[0]
        kind = self.random.choice([*KINDS, "choice", "text"])
        is_scale = kind in KINDS
        return NewAnswer(
            customer_id=customer_id,
            journey="shop",
            version=1,
            question=f"q{self.number}",
            kind=kind,
            subject=self.random.choice([*(point.key for point in stage.touchpoints), stage.key]),
            stage=stage.key,
            day=day,
            channel=channel,
            cohort_id=cohort_id,
            at=NOON,
            value=self.random.choice([1, 5]) if is_scale else None,
            choice="late" if kind == "choice" else None,
            text="words" if kind == "text" else None,
            delay=self.random.choice([0, 3]),
            visit_id=visit_id,
        )

    def choose_day(self) -> date:
        return NOON.date() - timedelta(days=self.random.choice([0, 1, 1, 6, 200, 364, 366, 500]))

    def choose_person(self) -> int:
        return customers.ensure_external_ids(self.tx, [name := self.random.choice(PEOPLE)], NOON)[name].id

    def import_batch(self) -> None:
        batch = [
            self.make_answer(
                self.choose_person(),
                self.choose_day(),
                self.random.choice(self.cohorts),
                self.random.choice(["site", "shop"]),
                None,
            )
            for _ in range(self.random.randint(1, 6))
        ]
        answers.insert_new_answers(self.tx, self.journey, batch)

    def visit(self) -> None:
        self.number += 1
        at = datetime.combine(self.choose_day(), NOON.timetz())
        event = Event(
            f"e{self.number}",
            self.random.choice(PEOPLE),
            "shop",
            at,
            touchpoint=self.journey.stages[0].touchpoints[0].key,
            channel=self.random.choice(["site", "shop"]),
            attributes={"class": self.random.choice(["gold", "silver"])},
        )
        record_events(self.tx, [event], None, NOON)
        visit = visits.list_by_event_ids(self.tx, [event.id])[event.id]
        new = self.make_answer(visit.customer_id, visit.day, visit.cohort_id, visit.channel, visit.id)
        day_answers = answers.list_of_day(self.tx, visit.customer_id, visit.day)
        answers.save_day(self.tx, self.journey, day_answers, new=[new])
        if self.random.random() < 0.3:
            record_events(self.tx, [replace(event, withdrawn=True)], None, NOON)

    def change(self) -> None:
        """Change one answer of a day and withdraw another; nothing but an answer in the chat can be withdrawn."""
        day_answers = answers.list_of_day(self.tx, self.choose_person(), self.choose_day())
        picked = self.random.sample(day_answers, min(2, len(day_answers)))
        changed: list[Answer] = [replace(a, value=6 - a.value) for a in picked[:1] if a.value is not None]
        withdrawn = [a for a in picked[1:] if a.visit_id is not None]
        answers.save_day(self.tx, self.journey, day_answers, changed=changed, withdrawn=withdrawn)

    def forget(self) -> None:
        forget_customer(self.tx, self.choose_person(), None, 5, NOON)

    def live(self) -> None:
        for _ in range(self.random.randint(2, 8)):
            self.random.choice([self.import_batch, self.import_batch, self.visit, self.visit, self.change])()
        assert counter_check.list_wrong_counters(self.tx, self.journey) == []


class ExampleOverError(Exception):
    """Ends an example: the next one begins with an empty database again."""


@settings(max_examples=choose_depth(8, 150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_counters_equal_rows_before_and_after_a_renaming(db: Database, seed: int) -> None:
    def write(tx: Connection) -> None:
        life = ShopLife(tx, Random(seed))
        life.live()
        life.apply(RENAMED)
        life.live()
        life.forget()
        assert counter_check.list_wrong_counters(tx, life.journey) == []
        raise ExampleOverError

    with pytest.raises(ExampleOverError):
        await db.write(write)


async def test_both_engines_count_people_alike(any_db: Database) -> None:
    def write(tx: Connection) -> None:
        life = ShopLife(tx, Random(7))
        life.live()
        life.live()

    await any_db.write(write)


async def test_an_anonymous_journey_has_no_gap_counters(any_db: Database) -> None:
    await any_db.write(lambda tx: ShopLife(tx, Random(7), ANONYMOUS).live())
    assert await any_db.read(lambda tx: tallies.list_gap_counters(tx, "shop")) == {}
    assert await any_db.read(lambda tx: tx.scalar(select(func.sum(tally_table.c.n))))


async def test_a_rebuild_replaces_both_kinds_of_counters(any_db: Database) -> None:
    def write(tx: Connection) -> tuple[int, int]:
        life = ShopLife(tx, Random(7))
        life.live()
        tx.execute(tally_table.update().values(n=tally_table.c.n + 1))
        tx.execute(gap_tally_table.update().values(products=gap_tally_table.c.products + 1))
        wrong = len(counter_check.list_wrong_counters(tx, life.journey))
        return wrong, counter_check.rebuild_counters(tx, life.journey)

    wrong, corrected = await any_db.write(write)
    assert wrong == corrected > 10
    journey = (await any_db.read(journeys.list_current))["shop"]
    assert await any_db.read(lambda tx: counter_check.list_wrong_counters(tx, journey)) == []


def import_one(tx: Connection, life: ShopLife) -> None:
    person = customers.ensure_external_ids(tx, ["anna"], NOON)["anna"].id
    answers.insert_new_answers(
        tx, life.journey, [life.make_answer(person, NOON.date(), life.cohorts[0], "other", None)]
    )


def visit_once(tx: Connection, _life: ShopLife) -> None:
    record_events(tx, [Event("e", "anna", "shop", NOON, touchpoint="desk", attributes={"class": "gold"})], None, NOON)


@pytest.mark.parametrize("steps", [(visit_once, import_one), (import_one, visit_once)])
async def test_a_visit_and_an_imported_answer_of_one_day_are_one_customer(
    db: Database, steps: Sequence[Callable[[Connection, ShopLife], None]]
) -> None:
    def write(tx: Connection) -> Counter[str]:
        life = ShopLife(tx, Random(1))
        for step in steps:
            step(tx, life)
        counted: Counter[str] = Counter()
        for key, sums in tallies.list_counters(tx, "shop").items():
            counted[key.subject] += sums.n if key.measure == CUSTOMERS else 0
        return counted

    counted = await db.write(write)
    assert (counted["purchase"], counted[WHOLE_JOURNEY]) == (1, 1)


async def test_moves_are_gathered_into_one_statement_a_table(db: Database) -> None:
    def write(tx: Connection) -> None:
        life = ShopLife(tx, Random(3))
        with tallies.gather_moves(tx):
            life.import_batch()
            life.visit()
            assert tallies.list_counters(tx, "shop") == {}
        assert counter_check.list_wrong_counters(tx, life.journey) == []

    await db.write(write)


async def test_what_is_taken_back_leaves_no_gap_counter(db: Database) -> None:
    def write(tx: Connection) -> bool:
        life = ShopLife(tx, Random(5))
        life.live()
        assert tallies.list_gap_counters(tx, "shop")
        for moves in list(counter_check.list_contributions(tx, life.journey)):
            tallies.add_facts(tx, -moves)
        return not tallies.list_gap_counters(tx, "shop") and not tallies.list_counters(tx, "shop")

    assert await db.write(write)
