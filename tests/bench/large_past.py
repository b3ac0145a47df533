"""Past of millions of answers, stored in bulk: the write path of the product would take longer than what is measured.

People come back: some often, most seldom, and the answers of one person are alike. Answers and visits are stored in the
order of their days, as they come in. Their counters are computed with numpy (`tests.bench.past_counters`);
`tests/bench/test_large_past.py` proves that they are those of the product.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

import numpy as np
from sqlalchemy import Table, text

from bot.db.asking.tables import answer_table
from bot.db.counters import tiers
from bot.db.counters.tables import gap_tally_table, tally_table
from bot.db.engine.database import Connection
from bot.db.journeys import cohorts, journeys
from bot.db.journeys.cohorts import canonical_form
from bot.db.journeys.tables import stage_entry_table, visit_table
from bot.db.people.tables import customer_table
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey

LAST_DAY = date(2026, 11, 20)
STAGES, POINTS_A_STAGE = 8, 3
POINTS = STAGES * POINTS_A_STAGE
CHANNELS = ("site", "app")
COHORTS = ("basic", "silver", "gold")
AT_ONCE = 20_000
A_DAY = 86_400
GOES_ON = 0.6
"""Chance that somebody goes on from one stage to the next."""

Rows = Iterator[tuple[Any, ...]]
Column = np.ndarray
"""Array of whole numbers, one a fact."""


@dataclass(frozen=True, slots=True)
class PastPlan:
    """Size of a past. ``delays`` are the chances of the delay classes; one in ``per_words`` answers has words.

    ``visits`` is about the number of visits, each of which is the first one of its walk at a stage.
    """

    answers: int
    people: int
    days: int = 730
    delays: tuple[float, ...] = (1.0,)
    per_words: int = 40
    visits: int = 0


class LargePast:
    """Answers of a plan, a column each."""

    def __init__(self, plan: PastPlan, seed: int = 20261126) -> None:
        self.plan = plan
        rng, n = np.random.default_rng(seed), plan.answers
        often = rng.exponential(size=plan.people)
        self._shares = often / often.sum()
        self.person = rng.choice(plan.people, n, p=self._shares).astype(np.int32)
        self.day = np.sort(rng.integers(0, plan.days, n, dtype=np.int16))
        self.point = rng.integers(0, POINTS, n, dtype=np.int8)
        self.channel = (rng.random(n) < 0.2).astype(np.int8)
        self.delay = rng.choice(len(plan.delays), n, p=plan.delays).astype(np.int8)
        taste = rng.random(plan.people)
        mixed = 0.5 * rng.random(n) + 0.5 * taste[self.person]
        self.value = np.minimum(5, 1 + (5 * mixed).astype(np.int8))
        self.visits = PastVisits(plan, rng, self._shares)

    def list_answers(self, cohort_ids: Sequence[int]) -> Rows:
        """Yield the rows of the answers, and of the words beside some of them."""
        days = [self.day_of(number).isoformat() for number in range(self.plan.days)]
        columns = (self.person, self.day, self.point, self.channel, self.delay, self.value)
        for number, each in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
            person, day, point, channel, delay, value = each
            place = (f"t{point}", f"s{point // POINTS_A_STAGE}", days[day], CHANNELS[channel])
            end = (cohort_ids[person % len(COHORTS)], "import", f"{days[day]} 12:00:00.000000")
            start = (person + 1, "large", 1, f"t{point}_csat")
            yield (*start, "csat", value, None, *place, *end, delay, False, False)
            if number % self.plan.per_words == 0:
                yield (*start, "text", None, "It took long.", *place, *end, 0, False, False)

    def day_of(self, number: int) -> date:
        return LAST_DAY - timedelta(days=self.plan.days - 1 - number)


class PastVisits:
    """Visits of a plan, a column each, in the order of their time: seconds since the first day began."""

    def __init__(self, plan: PastPlan, rng: np.random.Generator, shares: np.ndarray) -> None:
        walks = max(1, round(plan.visits * (1 - GOES_ON) / (1 - GOES_ON**STAGES))) if plan.visits else 0
        person = rng.choice(plan.people, walks, p=shares).astype(np.int32)
        # People come between 6 and 22 o'clock; the last day has not ended at 20.
        at = rng.integers(0, plan.days, walks) * A_DAY + rng.integers(6 * 60, 22 * 60, walks) * 60
        end = (plan.days - 1) * A_DAY + 20 * 3600
        began, walk = at, np.arange(walks, dtype=np.int32)
        parts = []
        for stage in range(STAGES):
            is_there = at < end
            person, at, began, walk = (column[is_there] for column in (person, at, began, walk))
            took = (60 * np.maximum(1, rng.lognormal(5.5, 1.5, len(at)))).astype(np.int64)
            goes_on = (rng.random(len(at)) < GOES_ON) & (at + took < end) & (stage < STAGES - 1)
            parts.append((person, walk, np.full(len(at), stage), at, began, np.where(goes_on, took, -1)))
            person, at, began, walk = (column[goes_on] for column in (person, at + took, began, walk))
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        order = np.argsort(columns[3], kind="stable")
        self.person, self.walk, self.stage, self.at, self.began, self.took = (column[order] for column in columns)
        self.day = self.at // A_DAY
        self.point = self.stage * POINTS_A_STAGE + rng.integers(0, POINTS_A_STAGE, len(self.at))
        self.channel = (rng.random(len(self.at)) < 0.2).astype(np.int8)

    def list_visits(self, first_day: date, cohort_ids: Sequence[int]) -> Rows:
        """Yield the rows of the visits."""
        moment = _moment_writer(first_day)
        columns = (self.person, self.walk, self.stage, self.at, self.point, self.channel)
        for number, each in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
            person, walk, stage, at, point, channel = each
            when = moment(at)
            cohort = cohort_ids[person % len(COHORTS)]
            yield (
                f"e{number:09}", person + 1, "large", f"s{stage}", f"t{point}", when, when[:10], CHANNELS[channel],
                f"w{walk}", cohort, False, when,
            )  # fmt: skip

    def list_entries(self, first_day: date, cohort_ids: Sequence[int]) -> Rows:
        """Yield the rows of the first visits of walks at their stages."""
        moment = _moment_writer(first_day)
        columns = (self.person, self.walk, self.stage, self.at, self.began, self.took, self.channel)
        for person, walk, stage, at, began, took, channel in zip(*(each.tolist() for each in columns), strict=True):
            when = moment(at)
            cohort = cohort_ids[person % len(COHORTS)]
            yield (
                "large", person + 1, f"p:w{walk}", f"s{stage}", when, when[:10],
                moment(at + took) if took >= 0 else None, CHANNELS[channel], cohort, moment(began) if stage else None,
            )  # fmt: skip


def _moment_writer(first_day: date) -> Callable[[int], str]:
    start = datetime.combine(first_day, time())
    return lambda seconds: f"{start + timedelta(seconds=seconds)}.000000"


_COLUMNS = {
    answer_table: (
        "customer_id, journey, version, question, kind, value, text, subject, stage, day, channel, cohort_id, source,"
        " at, delay, not_applicable, recalled"
    ),
    visit_table: (
        "event_id, customer_id, journey, stage, touchpoint, at, day, channel, passage, cohort_id, withdrawn,"
        " received_at"
    ),
    stage_entry_table: "journey, customer_id, passage, stage, at, day, next_at, channel, cohort_id, started_at",
    customer_table: "id, external_id, created_at",
    tally_table: (
        "journey, day, subject, measure, bucket, cohort_id, channel, settled, n, total, squares, raw, mean_squares"
    ),
    gap_tally_table: "journey, day, subject, measure, gap, previous, pairs, total, products",
}


def make_large_journey() -> tuple[str, Journey]:
    """Return the source of a journey of 24 touchpoints, and the journey."""
    lines = [
        'key = "large"\ntitle = "A large journey"\nscale = "csat"',
        'attributes = [{ key = "class", title = "Class" }]',
        'segments = [{ key = "gold", title = "Gold", where = { class = ["gold"] } }]',
    ]
    for stage in range(STAGES):
        points = [f't{point}", title = "Point {point}' for point in range(POINTS) if point // POINTS_A_STAGE == stage]
        touchpoints = ", ".join(f'{{ key = "{point}", channel = "site" }}' for point in points)
        lines.append(f'[[stages]]\nkey = "s{stage}"\ntitle = "Stage {stage}"\ntouchpoints = [{touchpoints}]')
    source = "\n".join(lines)
    return source, read_journey(source, "large.toml")


def store_large_past(tx: Connection, plan: PastPlan) -> Journey:
    """Store the journey, its people, their answers, words and visits, and the counters, on SQLite."""
    for store in list_store_steps(LargePast(plan)):
        store(tx)
    return make_large_journey()[1]


def list_store_steps(past: LargePast) -> list[Callable[[Connection], None]]:
    """Return what stores a past, in transactions of a bounded size; each needs those before it."""
    from tests.bench.past_counters import PastCounters

    counters = PastCounters(past)
    now = datetime.combine(LAST_DAY, time(12), UTC)
    people = ((n, f"p{n}", f"{now:%Y-%m-%d %H:%M:%S}.000000") for n in range(1, past.plan.people + 1))
    return [
        lambda tx: _store(tx, customer_table, people),
        _apply_journey,
        lambda tx: _store(tx, answer_table, past.list_answers(_find_cohort_ids(tx))),
        lambda tx: _store(tx, visit_table, past.visits.list_visits(past.day_of(0), _find_cohort_ids(tx))),
        lambda tx: _store(tx, stage_entry_table, past.visits.list_entries(past.day_of(0), _find_cohort_ids(tx))),
        lambda tx: _store(tx, tally_table, counters.list_counters(_find_cohort_ids(tx))),
        lambda tx: _store(tx, gap_tally_table, counters.list_gaps()),
        lambda tx: tiers.rebuild_tiers(tx, "large"),
    ]


def _apply_journey(tx: Connection) -> None:
    source, journey = make_large_journey()
    journeys.apply(tx, journey, source, now=datetime.combine(LAST_DAY, time(12), UTC))


def _find_cohort_ids(tx: Connection) -> list[int]:
    met = cohorts.ensure_cohorts(tx, "large", [{"class": name} for name in COHORTS])
    return [met[canonical_form({"class": name})] for name in COHORTS]


def _store(tx: Connection, table: Table, rows: Rows) -> None:
    """Insert rows, without SQLAlchemy and before the indexes: with either it would take hours."""
    is_index_of = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql <> ''")
    indexes = tx.execute(is_index_of, {"table": table.name}).all()
    for index in indexes:
        tx.exec_driver_sql(f"DROP INDEX {index.name}")
    names = _COLUMNS[table].split(", ")
    insert = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    while batch := list(islice(rows, AT_ONCE)):
        tx.exec_driver_sql(insert, batch)
    for index in indexes:
        tx.exec_driver_sql(index.sql)
