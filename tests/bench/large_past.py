"""Past of millions of answers, stored in bulk: the write path of the product would take longer than what is measured.

People come back: some often, most seldom, and the answers of one person are alike. The counters are computed with
numpy; `tests/bench/test_large_past.py` proves that they are those of the product.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

import numpy as np
from sqlalchemy import Table, insert

from bot.db.asking.tables import answer_table
from bot.db.counters.tables import gap_tally_table, tally_table
from bot.db.engine.database import Connection
from bot.db.journeys import cohorts, journeys
from bot.db.journeys.cohorts import canonical_form
from bot.db.people.tables import customer_table
from cjm.figures.gaps import GAP_CLASSES
from cjm.figures.people import PeopleSums, PersonClusters, PersonDaySums
from cjm.figures.tally import value_bucket
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey

LAST_DAY = date(2026, 11, 20)
STAGES, POINTS_A_STAGE = 8, 3
POINTS = STAGES * POINTS_A_STAGE
CHANNELS = ("site", "app")
COHORTS = ("basic", "silver", "gold")
AT_ONCE = 20_000
Rows = Iterator[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PastPlan:
    """Size of a past. ``delays`` are the chances of the delay classes; one in ``per_words`` answers has words."""

    answers: int
    people: int
    days: int = 730
    delays: tuple[float, ...] = (1.0,)
    per_words: int = 40


class LargePast:
    """Answers of a plan, a column each, and all that is counted of them."""

    def __init__(self, plan: PastPlan, seed: int = 20261126) -> None:
        self.plan = plan
        rng, n = np.random.default_rng(seed), plan.answers
        often = rng.exponential(size=plan.people)
        self.person = rng.choice(plan.people, n, p=often / often.sum())
        self.day = rng.integers(0, plan.days, n)
        self.point = rng.integers(0, POINTS, n)
        self.channel = (rng.random(n) < 0.2).astype(int)
        self.cohort = self.person % len(COHORTS)
        self.delay = rng.choice(len(plan.delays), n, p=plan.delays)
        taste = rng.random(plan.people)
        self.value = np.minimum(5, 1 + (5 * (0.5 * rng.random(n) + 0.5 * taste[self.person])).astype(int))

    def list_answers(self, cohort_ids: Sequence[int]) -> Rows:
        """Yield the rows of the answers, and of the words beside some of them."""
        days = [self.day_of(number) for number in range(self.plan.days)]
        noons = [datetime.combine(day, time(12), UTC) for day in days]
        columns = (self.person, self.day, self.point, self.channel, self.cohort, self.delay, self.value)
        for number, each in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
            person, day, point, channel, cohort, delay, value = each
            row = {
                "customer_id": person + 1,
                "journey": "large",
                "version": 1,
                "question": f"t{point}_csat",
                "kind": "csat",
                "value": value,
                "text": None,
                "subject": f"t{point}",
                "stage": f"s{point // POINTS_A_STAGE}",
                "day": days[day],
                "channel": CHANNELS[channel],
                "cohort_id": cohort_ids[cohort],
                "source": "import",
                "at": noons[day],
                "delay": delay,
            }
            yield row
            if number % self.plan.per_words == 0:
                words = {"kind": "text", "value": None, "text": "It took long.", "delay": 0}
                yield row | words

    def day_of(self, number: int) -> date:
        return LAST_DAY - timedelta(days=self.plan.days - 1 - number)

    def list_counters(self, cohort_ids: Sequence[int]) -> Rows:
        """Yield the rows of the counters."""
        keys, counts = _count_equal(self.day, self.point, self.value, self.delay, self.cohort, self.channel)
        for (day, point, value, delay, cohort, channel), n in zip(keys, counts.tolist(), strict=True):
            bucket = value_bucket(value, delay)
            yield self._counter(
                day, f"t{point}", "csat", bucket, cohort_ids[cohort], CHANNELS[channel], [n, 0, 0, 0, 0]
            )
        for place, of_place, measure in self._list_places():
            for key, sums in self._sum_person_days(of_place, is_presence=place == "").items():
                day, cohort, channel_key = key
                yield self._counter(day, place, measure, "", cohort_ids[cohort], channel_key, sums)

    def _counter(
        self, day: int, subject: str, measure: str, bucket: str, cohort_id: int, channel: str, sums: Sequence[float]
    ) -> dict[str, Any]:
        n, total, squares, raw, mean_squares = sums
        return {
            "journey": "large",
            "day": self.day_of(day),
            "subject": subject,
            "measure": measure,
            "bucket": bucket,
            "cohort_id": cohort_id,
            "channel": channel,
            "settled": False,
            "n": int(n),
            "total": total,
            "squares": squares,
            "raw": raw,
            "mean_squares": mean_squares,
        }

    def _list_places(self) -> Iterator[tuple[str, np.ndarray, str]]:
        """Yield each place with the answers that count there, and the measure of their person-days."""
        for point in range(POINTS):
            yield f"t{point}", self.point == point, "csat.people"
        for stage in range(STAGES):
            yield f"s{stage}", self.point // POINTS_A_STAGE == stage, "csat.people"
        yield "", np.ones(self.plan.answers, bool), "customers"

    def _sum_person_days(self, chosen: np.ndarray, *, is_presence: bool) -> Mapping[tuple[int, int, str], list[float]]:
        """Return the sums over person-days by day, cohort and channel, "" being the correction."""
        sums: dict[tuple[int, int, str], np.ndarray] = {}
        parts = [(name, chosen & (self.channel == number)) for number, name in enumerate(CHANNELS)]
        for name, part in [("", chosen), *parts]:
            days = self._group_days(part)
            columns = [np.ones(len(days.day)), days.x, days.x**2, days.raw, days.x_squares]
            keys, numbers = _number_equal(days.day, days.person % len(COHORTS))
            added = np.stack([np.bincount(numbers, column, len(keys)) for column in columns], axis=1)
            if is_presence:
                added[:, 1:] = 0
            for (day, cohort), row in zip(keys, added, strict=True):
                sums[day, cohort, name] = row
        for (day, cohort, name), row in list(sums.items()):
            if name:
                sums[day, cohort, ""] = sums[day, cohort, ""] - row
        return {key: [float(each) for each in row] for key, row in sums.items() if np.abs(row).sum() > 1e-9}

    def _group_days(self, chosen: np.ndarray) -> "_PersonDays":
        keys, numbers = _number_equal(self.person[chosen], self.day[chosen])
        n = np.bincount(numbers)
        u = (self.value[chosen] >= 4).astype(float)
        means = [np.bincount(numbers, column) / n for column in (u, self.value[chosen], u**2)]
        pairs = np.array(keys, int).reshape(-1, 2)
        return _PersonDays(pairs[:, 0], pairs[:, 1], *means)

    def count_people(self, place: str, first: int, last: int) -> PeopleSums:
        """Return the person-days of a place from day ``first`` to day ``last``, with every person counted."""
        chosen = next(part for name, part, _ in self._list_places() if name == place)
        days = self._group_days(chosen & (self.day >= first) & (self.day <= last))
        _, numbers = np.unique(days.person, return_inverse=True)
        k, s = np.bincount(numbers), np.bincount(numbers, days.x)
        columns = (days.x, days.x**2, days.raw, days.x_squares)
        sums = PersonDaySums(len(days.x), *(float(column.sum()) for column in columns))
        clusters = PersonClusters(len(k), len(k), float((s * s).sum()), float((s * k).sum()), float((k * k).sum()))
        return PeopleSums(sums, clusters)

    def list_gaps(self) -> Rows:
        """Yield the rows of the gap counters."""
        classes = np.zeros(GAP_CLASSES[-1][-1] + 1, int)
        for number, gaps in enumerate(GAP_CLASSES):
            classes[gaps[0] : gaps[-1] + 1] = number
        for place, chosen, measure in self._list_places():
            days = self._group_days(chosen)  # by person, then by day
            x = np.ones(len(days.day)) if place == "" else days.x
            table = np.zeros((self.plan.days, len(GAP_CLASSES), 4))
            for back in range(1, len(x)):
                gap = days.day[back:] - days.day[:-back]
                is_pair = (days.person[back:] == days.person[:-back]) & (gap < len(classes))
                if not is_pair.any():
                    break
                later, earlier = x[back:][is_pair], x[:-back][is_pair]
                at = days.day[back:][is_pair], classes[gap[is_pair]]
                added = (np.full(len(later), float(back == 1)), np.ones(len(later)), later + earlier, later * earlier)
                for column, values in enumerate(added):
                    np.add.at(table[:, :, column], at, values)
            for day, gap_class in np.argwhere(table[:, :, 1] > 0).tolist():
                previous, pairs, total, products = table[day, gap_class].tolist()
                yield {
                    "journey": "large",
                    "day": self.day_of(day),
                    "subject": place,
                    "measure": measure.removesuffix(".people"),
                    "gap": gap_class,
                    "previous": int(previous),
                    "pairs": int(pairs),
                    "total": total,
                    "products": products,
                }


@dataclass(frozen=True, slots=True)
class _PersonDays:
    """Person-days by person and day: the means of x, of the raw value and of u²."""

    person: np.ndarray
    day: np.ndarray
    x: np.ndarray
    raw: np.ndarray
    x_squares: np.ndarray


def _number_equal(*columns: np.ndarray) -> tuple[list[tuple[int, ...]], np.ndarray]:
    """Return the different rows of some columns, sorted, and for each row its number among them."""
    sizes = [int(column.max(initial=0)) + 1 for column in columns]
    codes = np.ravel_multi_index(columns, sizes) if len(columns[0]) else np.zeros(0, int)
    found, numbers = np.unique(codes, return_inverse=True)
    return list(zip(*(part.tolist() for part in np.unravel_index(found, sizes)), strict=True)), numbers


def _count_equal(*columns: np.ndarray) -> tuple[list[tuple[int, ...]], np.ndarray]:
    keys, numbers = _number_equal(*columns)
    return keys, np.bincount(numbers)


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
    """Store the journey, its people, their answers and words, and the counters."""
    source, journey = make_large_journey()
    now = datetime.combine(LAST_DAY, time(12), UTC)
    journeys.apply(tx, journey, source, now=now)
    met = cohorts.ensure_cohorts(tx, journey.key, [{"class": name} for name in COHORTS])
    cohort_ids, past = [met[canonical_form({"class": name})] for name in COHORTS], LargePast(plan)
    people = ({"id": number, "external_id": f"p{number}", "created_at": now} for number in range(1, plan.people + 1))
    _store(tx, customer_table, people)
    _store(tx, answer_table, past.list_answers(cohort_ids))
    _store(tx, tally_table, past.list_counters(cohort_ids))
    _store(tx, gap_tally_table, past.list_gaps())
    return journey


def _store(tx: Connection, table: Table, rows: Rows) -> None:
    while batch := list(islice(rows, AT_ONCE)):
        tx.execute(insert(table), batch)
