"""People who chose an option, and answers by cohort."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from bot.db.engine.database import Database
from bot.db.figures.choosers import count_choosers
from bot.db.figures.map_sums import MapScope, read_counters, sum_by_cohort
from cjm.figures.choices.chosen_options import ChosenOption
from cjm.scales import Scale
from tests.db.figures.returning_rows import START, Fact, apply_journey, random_facts, store_facts

FACTS = random_facts(people=80, days=60, each=8, seed=3)
OF_NOW = {"checkout": "buy"}


def choosers_of(facts: list[Fact]) -> dict[ChosenOption, int]:
    people: defaultdict[ChosenOption, set[int]] = defaultdict(set)
    for fact in facts:
        if fact.choice:
            key = ChosenOption(OF_NOW.get(fact.stage, fact.stage), f"{fact.subject}_choice", fact.choice)
            people[key].add(fact.person)
    return {key: len(each) for key, each in people.items()}


async def test_people_of_each_option_are_counted_in_any_scope(any_db: Database) -> None:
    journey, ids = await any_db.write(lambda tx: (journey := apply_journey(tx), store_facts(tx, journey, FACTS)))
    scope = MapScope(journey, START, START + timedelta(days=40))
    inside = [fact for fact in FACTS if fact.day <= scope.last]
    for narrow, theirs in (
        (scope, inside),
        (replace(scope, cohorts=(ids[1],)), [fact for fact in inside if fact.cohort == 1]),
        (replace(scope, channel="app"), [fact for fact in inside if fact.channel == "app"]),
    ):
        found = await any_db.read(lambda tx, narrow=narrow: count_choosers(tx, read_counters(tx, narrow)))  # type: ignore[misc]  # the default binds the scope of this turn
        assert found == choosers_of(theirs)


async def test_of_very_many_choices_some_are_read_and_so_many_people_there_are_at_least(db: Database) -> None:
    facts = [
        Fact(number % 400, START + timedelta(days=number % 50), "pay", "buy", Scale.CSAT, 5, 0, "site", "slow")
        for number in range(1200)
    ]
    journey, _ = await db.write(lambda tx: (journey := apply_journey(tx), store_facts(tx, journey, facts)))
    scope = MapScope(journey, START, START + timedelta(days=50))
    found = await db.read(lambda tx: count_choosers(tx, read_counters(tx, scope)))
    assert 200 <= found[ChosenOption("buy", "pay_choice", "slow")] <= 400


async def test_values_are_told_by_cohort(any_db: Database) -> None:
    journey, ids = await any_db.write(lambda tx: (journey := apply_journey(tx), store_facts(tx, journey, FACTS)))
    scope = MapScope(journey, START, START + timedelta(days=40))
    found = await any_db.read(lambda tx: sum_by_cohort(tx, scope, ["pay", "call"], Scale.CSAT))
    for cohort in (0, 1):
        of_pay = [
            fact
            for fact in FACTS
            if fact.subject in ("pay", "till") and fact.cohort == cohort and fact.scale is Scale.CSAT
        ]
        values = [str(fact.value) for fact in of_pay if fact.day <= scope.last]
        assert found[ids[cohort]]["pay"] == {value: values.count(value) for value in values}
