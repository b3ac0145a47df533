"""Doubled, late and withdrawn events give the same figures in any order, and presence equals a plain recount."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.db.counters import tallies
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.journeys.tables import visit_table
from bot.db.upkeep import counter_check
from bot.usecases.asking.record_visits import record_events
from cjm.figures.tally import CUSTOMERS
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.journeys import SMALL
from tests.usecases.asking.test_visit_attributes import list_figures

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RENAMED = SMALL.replace('key = "buy"', 'key = "purchase"\nwas = ["buy"]')
LAST_CLASSES = (None, {"class": "gold"}, {"class": "silver"})
CLASS_ENDS = (0, 1, 2, 3, 4, 6, 8, 11, 15, 20, 27, 36, 48, 64, 90, 135, 182, 270, 365)


class ExampleOverError(Exception):
    """Ends an example: the next one begins with an empty database again."""


def make_events(random: Random) -> list[Event]:
    """Return events, some withdrawn; what is told is told at the last moment, and so holds for no earlier visit."""
    events = []
    for number in range(random.randint(2, 9)):
        days = random.choice([0, 0, 0, 1, 1, 5, 300, 365, 366])
        event = Event(
            f"e{number}",
            random.choice(["anna", "boris"]),
            "small",
            NOW - timedelta(days=days),
            touchpoint=random.choice(["search", "advert", "pay", "call", "open"]),
            channel=random.choice(["site", "phone"]),
            passage=random.choice([None, None, "order-1"]),
            attributes=random.choice(LAST_CLASSES) if days == 0 else None,
        )
        events.append(event)
        if random.random() < 0.3:
            attributes = random.choice(LAST_CLASSES) if days == 0 else None
            events.append(replace(event, withdrawn=True, attributes=attributes))
    return events


def record_in_batches(tx: Connection, events: Sequence[Event], random: Random) -> None:
    left = list(events)
    while left:
        size = random.randint(1, len(left))
        record_events(tx, left[:size], None, NOW)
        left = left[size:]


async def run_and_undo(db: Database, write: Callable[[Connection], None]) -> None:
    def write_and_end(tx: Connection) -> None:
        journeys.apply(tx, read_journey(SMALL, "small.toml"), SMALL, now=NOW)
        write(tx)
        raise ExampleOverError

    with pytest.raises(ExampleOverError):
        await db.write(write_and_end)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_events_give_the_same_figures_in_any_order(db: Database, seed: int) -> None:
    random = Random(seed)
    events = make_events(random)
    found: list[object] = []

    def record(tx: Connection) -> None:
        doubled = events + random.choices(events, k=2)
        record_in_batches(tx, random.sample(doubled, len(doubled)), random)
        assert counter_check.list_wrong_counters(tx, journeys.list_current(tx)["small"]) == []
        found.append(list_figures(tx))

    for _ in range(3):
        await run_and_undo(db, record)
    assert found[0] == found[1] == found[2]


# ---- presence --------------------------------------------------------------------------------------------------------


def recount_presence(tx: Connection) -> tuple[Counter[tuple[object, ...]], Counter[tuple[object, ...]]]:
    """Count person-days of presence and their pairs from the visits alone, as `docs/figures.md` defines them."""
    days: Counter[tuple[object, ...]] = Counter()
    theirs: defaultdict[tuple[int, str], set[tuple[date, int, str]]] = defaultdict(set)
    channels: defaultdict[tuple[int, date, str, int], set[str]] = defaultdict(set)
    for v in tx.execute(select(visit_table).where(visit_table.c.withdrawn.is_(False))):
        for subject in (v.stage, ""):
            channels[v.customer_id, v.day, subject, v.cohort_id].add(v.channel)
            theirs[v.customer_id, "buy" if subject == "purchase" else subject].add((v.day, v.cohort_id, subject))
    for (_, day, subject, cohort), met in channels.items():
        for channel in met:
            days[day, subject, cohort, channel] += 1
        if len(met) > 1:
            days[day, subject, cohort, ""] += 1 - len(met)
    pairs: Counter[tuple[object, ...]] = Counter()
    for of_person in theirs.values():
        ordered = sorted(of_person)
        for earlier, later in combinations(range(len(ordered)), 2):
            gap = (ordered[later][0] - ordered[earlier][0]).days
            if gap <= 365:
                gap_class = next(place for place, end in enumerate(CLASS_ENDS) if gap <= end)
                pairs[ordered[later][0], ordered[later][2], gap_class, "pairs"] += 1
                pairs[ordered[later][0], ordered[later][2], gap_class, "previous"] += later == earlier + 1
    return days, +pairs


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_presence_equals_a_plain_recount_of_the_visits(db: Database, seed: int) -> None:
    random = Random(seed)

    def live(tx: Connection) -> None:
        record_in_batches(tx, make_events(random), random)
        journeys.apply(tx, read_journey(RENAMED, "small.toml"), RENAMED, now=NOW)
        later = [replace(e, id=f"later {e.id}", at=e.at - timedelta(days=2)) for e in make_events(random)]
        record_in_batches(tx, later, random)
        counters = tallies.list_counters(tx, "small").items()
        stored_days = {(k.day, k.subject, k.cohort_id, k.channel): s.n for k, s in counters if k.measure == CUSTOMERS}
        gaps = [(k, s) for k, s in tallies.list_gap_counters(tx, "small").items() if k.measure == CUSTOMERS]
        stored_pairs = {(k.day, k.subject, k.gap, "pairs"): s.pairs for k, s in gaps}
        stored_pairs |= {(k.day, k.subject, k.gap, "previous"): s.previous for k, s in gaps if s.previous}
        days, pairs = recount_presence(tx)
        assert stored_days == {key: n for key, n in days.items() if n}
        assert stored_pairs == pairs

    await run_and_undo(db, live)
