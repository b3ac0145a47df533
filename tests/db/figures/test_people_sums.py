"""People behind figures: exact where figures are small, about where they are large."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.db.engine.database import Connection, Database
from bot.db.figures.map_sums import MapScope, read_counters
from bot.db.figures.people_sums import choose_small_figures, read_people
from bot.db.figures.person_rows import MOST_ROWS, MOST_ROWS_IN_ALL, PeopleKey, group_people
from cjm.figures.people import CountBasis, PeopleSums
from cjm.figures.period_figures import PeopleTable
from cjm.figures.tally import CUSTOMERS
from cjm.journeys.journey import Journey
from cjm.scales import Scale
from tests.db.figures.returning_rows import (
    START,
    Counted,
    Fact,
    apply_journey,
    count_people,
    random_facts,
    store_facts,
)
from tests.statements import listen_to_statements

KEYS_OF_NOW = {"till": "pay", "checkout": "buy"}


def in_scope(fact: Fact, scope: MapScope, ids: dict[int, int]) -> bool:
    is_theirs = scope.cohorts is None or ids[fact.cohort] in scope.cohorts
    return is_theirs and scope.channel in (None, fact.channel) and scope.first <= fact.day <= scope.last


def recount(facts: list[Fact]) -> Iterator[tuple[tuple[str, str], Counted]]:
    """Yield the people of these facts, by place and measure, where there are any."""

    def present_keys(key: str) -> str:
        return KEYS_OF_NOW.get(key, key)

    def count(place: str, measure: str, counted: list[Fact], of: Callable[[Fact], str | None]) -> Iterator[Any]:
        if (people := count_people(counted, of)).people:
            yield (place, measure), people

    for place in {present_keys(key) for fact in facts for key in (fact.subject, fact.stage)}:

        def stored_key(fact: Fact, place: str = place) -> str | None:
            return next((key for key in (fact.subject, fact.stage) if present_keys(key) == place), None)

        for scale in Scale:
            yield from count(place, scale, [fact for fact in facts if fact.scale == scale], stored_key)
    present = [fact._replace(scale=Scale.CSAT, value=5) for fact in facts]
    visits = [fact for fact in present if not fact.is_imported]
    for stage in ("find", "buy", "use"):
        of_stage = [fact for fact in visits if present_keys(fact.stage) == stage]
        yield from count(stage, CUSTOMERS, of_stage, lambda fact: fact.stage)
    yield from count("", CUSTOMERS, present, lambda fact: "")


def read(tx: Connection, scope: MapScope) -> PeopleTable:
    return read_people(tx, read_counters(tx, scope))


def as_counted(people: PeopleSums) -> Counted:
    clusters = people.clusters
    return Counted(
        people.sums.n,
        int(clusters.people),
        clusters.total_squares,
        clusters.total_days,
        int(clusters.days_squares),
    )


def random_scopes(journey: Journey, ids: dict[int, int], n: int) -> Iterator[MapScope]:
    rng = random.Random(7)
    for _ in range(n):
        first = START + timedelta(days=rng.randrange(100))
        last = first + timedelta(days=rng.choice([0, 1, 6, 27, 120]))
        cohorts = rng.choice([None, (ids[0],), (ids[1],), ()])
        yield MapScope(journey, first, last, cohorts, rng.choice([None, None, "site", "app", "store"]))


async def test_people_of_small_figures_are_exact_in_any_scope(any_db: Database) -> None:
    facts = random_facts(people=60, days=90, each=8, seed=1)
    journey, ids = await any_db.write(lambda tx: (journey := apply_journey(tx), store_facts(tx, journey, facts)))
    everyone = MapScope(journey, START, START + timedelta(days=120))
    for scope in [everyone, *random_scopes(journey, ids, 25)]:
        found = await any_db.read(lambda tx, scope=scope: read(tx, scope))  # type: ignore[misc]  # the default binds the scope of this turn
        expected = dict(recount([fact for fact in facts if in_scope(fact, scope, ids)]))
        assert found.keys() == expected.keys()
        for key, people in found.items():
            assert as_counted(people) == pytest.approx(expected[key]), key
            assert people.clusters.basis is CountBasis.EXACT


LARGE = random_facts(
    people=300, days=120, each=8, seed=2, places=[("pay", "buy"), ("call", "buy")], scales=[Scale.CSAT]
)
RARE = [fact._replace(person=1000 + number % 7, cohort=2) for number, fact in enumerate(LARGE[:20])]


async def test_large_figures_are_about_right_and_a_small_segment_of_them_is_exact(any_db: Database) -> None:
    facts = LARGE + RARE
    journey, ids = await any_db.write(lambda tx: (journey := apply_journey(tx), store_facts(tx, journey, facts)))
    scope = MapScope(journey, START, START + timedelta(days=110))

    def expect_about(found: PeopleSums, narrow: MapScope, within: float) -> None:
        of = dict(recount([fact for fact in facts if in_scope(fact, narrow, ids)]))["buy", Scale.CSAT]
        assert found.clusters.basis is CountBasis.ABOUT
        assert found.sums.n == of.person_days
        assert 20 <= found.clusters.at_least <= of.people
        assert found.clusters.people == pytest.approx(of.people, rel=within)

    found = await any_db.read(lambda tx: read(tx, scope))
    expect_about(found["buy", Scale.CSAT], scope, 0.06)
    # Of a channel's people it is not known which come back to the channel: everyone's returns are taken over.
    app = replace(scope, channel="app")
    expect_about((await any_db.read(lambda tx: read(tx, app)))["buy", Scale.CSAT], app, 0.6)
    rare = replace(scope, cohorts=(ids[2],))
    small = await any_db.read(lambda tx: read(tx, rare))
    for key, counted in recount([fact for fact in RARE if fact.day <= scope.last]):
        assert as_counted(small[key]) == pytest.approx(counted), key
        assert small[key].clusters.basis is CountBasis.EXACT


async def test_rows_of_small_figures_are_found_without_passing_over_others(db: Database) -> None:
    """PostgreSQL goes by statistics, so its plans for small tables tell nothing."""
    facts = LARGE[:100] + RARE
    journey, _ = await db.write(lambda tx: (journey := apply_journey(tx), store_facts(tx, journey, facts)))
    scope = MapScope(journey, START, START + timedelta(days=110))

    def explain(tx: Connection, narrow: MapScope) -> list[str]:
        counters = read_counters(tx, narrow)
        with listen_to_statements() as statements:
            group_people(tx, counters, [PeopleKey("pay", "csat"), PeopleKey("buy", "csat"), PeopleKey("", CUSTOMERS)])
        statement, parameters = statements[-1]
        plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row.detail for row in plan if " answer" in row.detail or " visit" in row.detail]

    for narrow in (scope, replace(scope, cohorts=tuple(range(60))), replace(scope, channel="app")):
        scans = await db.read(lambda tx, narrow=narrow: explain(tx, narrow))  # type: ignore[misc]  # as above
        assert len(scans) == 4
        for scan in scans:
            assert "cohort_id=? AND day>? AND day<?)" in scan


def test_rows_of_the_smallest_figures_are_read_and_never_more_than_the_limit_in_all() -> None:
    full = MOST_ROWS_IN_ALL // MOST_ROWS
    row_counts = {PeopleKey(f"place {n:03}", Scale.CSAT): MOST_ROWS - n for n in range(full + 5)}
    too_large = PeopleKey("large", Scale.CSAT)
    row_counts[too_large] = MOST_ROWS + 1
    chosen = choose_small_figures(row_counts, row_counts)
    assert too_large not in chosen
    assert chosen == sorted(row_counts, key=row_counts.__getitem__)[: len(chosen)]
    assert full <= len(chosen) < full + 5
    assert sum(row_counts[key] for key in chosen) <= MOST_ROWS_IN_ALL
