"""Figures of a map computed again from raw rows, by code that shares nothing with the product but the scales' meaning.

`RawRows` is a copy of the tables. Rows that were erased or retired are kept in a copy of their own: their counts stay.
"""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import select

from bot.db.asking.tables import answer_table, invitation_table, response_table
from bot.db.engine.database import Connection
from bot.db.journeys.tables import cohort_table, stage_entry_table, visit_table

Row = dict[str, Any]
Z = 1.959963984540054
FAVOURABLE = {"csat": {4, 5}, "success": {2}}
DIFFERENCE = {"nps": ({9, 10}, set(range(7))), "expectation": ({1}, {-1})}
SPREAD = {"emotion": range(-2, 3), "ces": range(1, 8)}
TABLES = (visit_table, answer_table, invitation_table, stage_entry_table)


@dataclass
class RawRows:
    """Rows by table name: those that are there, and those that are gone."""

    live: dict[str, list[Row]]
    gone: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    cohorts: dict[int, dict[str, str]] = field(default_factory=dict)

    def take_over(self, before: "RawRows") -> None:
        """Keep the rows that were there before and are not any more."""
        for table, rows in before.live.items():
            there = {row["id"] for row in self.live[table]}
            self.gone[table] = before.gone[table] + [row for row in rows if row["id"] not in there]


def read_rows(tx: Connection, journey: str) -> RawRows:
    live = {
        table.name: [dict(row._mapping) for row in tx.execute(select(table).where(table.c.journey == journey))]
        for table in TABLES
    }
    started = {row.invitation_id for row in tx.execute(select(response_table)) if row.started_at is not None}
    for invitation in live["invitation"]:
        invitation["answered"] = invitation["id"] in started
    rows = tx.execute(select(cohort_table).where(cohort_table.c.journey == journey))
    return RawRows(live, cohorts={row.id: json.loads(row.attributes) for row in rows})


@dataclass(frozen=True)
class RawScope:
    """Days, both included; one value of an attribute, or everyone; a channel, or all."""

    first: date
    last: date
    segment: Callable[[dict[str, str]], bool] | None = None
    channel: str | None = None

    def select(self, rows: RawRows, table: str, *, gone: bool = False) -> list[Row]:
        return [row for row in (rows.gone if gone else rows.live)[table] if self._has(rows, row)]

    def _has(self, rows: RawRows, row: Row) -> bool:
        return (
            self.first <= row["day"] <= self.last
            and (self.segment is None or self.segment(rows.cohorts[row["cohort_id"]]))
            and (self.channel is None or row["channel"] == self.channel)
        )


def unit(scale: str, value: int) -> float:
    """Return what one answer counts in the figure, before the factor 100."""
    if scale in FAVOURABLE:
        return float(value in FAVOURABLE[scale])
    if scale in DIFFERENCE:
        promoters, detractors = DIFFERENCE[scale]
        return float(value in promoters) - float(value in detractors)
    return float(value)


@dataclass
class RawScore:
    """Score of one subject on one scale."""

    n: int
    answers: int
    value: float
    low: float | None
    high: float | None
    mean: float
    counts: dict[str, int]
    has_gone: bool


def score(rows: RawRows, scope: RawScope, scale: str, is_meant: Callable[[Row], bool]) -> RawScore | None:
    days: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for gone in (False, True):
        for a in scope.select(rows, "answer", gone=gone):
            if a["kind"] == scale and a["value"] is not None and is_meant(a):
                # A person-day whose rows are gone names nobody: it counts as a person of its own.
                person = ("gone", a["customer_id"], a["day"], a["cohort_id"]) if gone else ("live", a["customer_id"])
                days[(person, a["day"], a["cohort_id"])].append(a["value"])
    if not days:
        return None
    xs = {key: [unit(scale, v) for v in values] for key, values in days.items()}
    m = sum(sum(x) / len(x) for x in xs.values()) / len(xs)
    of_person: defaultdict[object, float] = defaultdict(float)
    for key, x in xs.items():
        of_person[key[0]] += sum(x) / len(x) - m
    q = sum(sum(u * u for u in x) / len(x) for x in xs.values()) / len(xs)
    c, k, answers = len(of_person), len(xs), sum(map(len, xs.values()))
    factor = 1 if scale in SPREAD else 100
    low = high = None
    if c >= 2:
        variance = c / (c - 1) / k**2 * sum(d * d for d in of_person.values())
        n_eff = c if variance < 1e-12 else min(answers, max(1.0, (q - m * m) / variance))
        if answers == c:
            n_eff = c
        low, high = (factor * end for end in _interval(scale, m, q, n_eff, c, is_plain=answers == c))
    every = [v for values in days.values() for v in values]
    return RawScore(
        n=c,
        answers=answers,
        value=factor * m,
        low=low,
        high=high,
        mean=sum(sum(v) / len(v) for v in days.values()) / k,
        counts={str(v): every.count(v) for v in set(every)},
        has_gone=any(key[0][0] == "gone" for key in days),  # type: ignore[index]  # a person is a pair or more
    )


def _interval(scale: str, m: float, q: float, n_eff: float, c: int, *, is_plain: bool) -> tuple[float, float]:
    t = student_quantile(c - 1)
    if scale in SPREAD:
        values = SPREAD[scale]
        t = student_quantile(c + 1) if is_plain else t
        n = n_eff + 2
        centre = (n_eff * m + 2 * sum(values) / len(values)) / n
        squares = (n_eff * q + 2 * sum(v * v for v in values) / len(values)) / n
        half = t * math.sqrt(max(0.0, squares - centre * centre) / (n - 1))
        return max(values[0], min(m, centre - half)), min(values[-1], max(m, centre + half))
    n = n_eff if is_plain else n_eff * (Z / t) ** 2
    if scale in DIFFERENCE:
        centre, squares = m * n / (n + 3), (q * n + 1.5) / (n + 3)
        half = Z * math.sqrt(max(0.0, squares - centre * centre) / (n + 3))
        return max(-1.0, min(m, centre - half)), min(1.0, max(m, centre + half))
    d = 1 + Z * Z / n
    centre = (m + Z * Z / 2 / n) / d
    half = Z * math.sqrt(max(0.0, m * (1 - m) / n + Z * Z / 4 / n / n)) / d
    return max(0.0, min(m, centre - half)), min(1.0, max(m, centre + half))


@cache
def student_quantile(df: int) -> float:
    """Return the 97.5 % quantile of Student's distribution by integrating its density (Simpson) and bisection."""
    factor = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(df * math.pi)

    def upper_half(t: float) -> float:
        # With x = √df·tan(a) the density becomes a power of a cosine, smooth up to infinity.
        end, steps = math.atan(t / math.sqrt(df)), 2000
        h = end / steps
        terms = [math.cos(i * h) ** (df - 1) * (1 if i in (0, steps) else 4 if i % 2 else 2) for i in range(steps + 1)]
        return factor * math.sqrt(df) * h / 3 * sum(terms)

    least, most = 1.9, 13.0
    for _ in range(60):
        middle = (least + most) / 2
        least, most = (middle, most) if upper_half(middle) < 0.475 else (least, middle)
    return (least + most) / 2


# ---- visits, walks, invitations --------------------------------------------------------------------------------------


def count_people(live: Iterable[Row], gone: Iterable[Row]) -> int:
    """Count different people; of rows that are gone each day of a person counts."""
    return len({row["customer_id"] for row in live}) + len(
        {(row["customer_id"], row["day"], row["cohort_id"]) for row in gone}
    )


@dataclass
class RawFlow:
    """Walks of one stage; times in seconds, None where the data do not reach."""

    walks: int
    over: int
    went_on: int
    on_the_way: int
    median: float | None
    p90: float | None


def flow(entries: Sequence[Row], now: datetime, window: timedelta) -> RawFlow:
    over = [e for e in entries if now - e["at"] > window]
    went_on = [e for e in over if e["next_at"] is not None and e["next_at"] - e["at"] <= window]
    young = [e for e in entries if now - e["at"] <= window]
    ends = [
        ((e["next_at"] or now) - e["at"], e["next_at"] is None)  # those who went on come first among equal times
        for e in entries
    ]
    median, p90 = _kaplan_meier([(took.total_seconds(), waits) for took, waits in ends])
    on_the_way = sum(e["next_at"] is None for e in young)
    return RawFlow(len(entries), len(over), len(went_on), on_the_way, median, p90)


def _kaplan_meier(ends: Iterable[tuple[float, bool]]) -> tuple[float | None, float | None]:
    from fractions import Fraction

    ends = sorted(ends)
    staying, at_risk = Fraction(1), len(ends)
    found: dict[Fraction, float] = {}
    for seconds, waits in ends:
        if not waits:
            staying *= 1 - Fraction(1, at_risk)
            for share in (Fraction(1, 2), Fraction(1, 10)):
                if staying <= share:
                    found.setdefault(share, seconds)
        at_risk -= 1
    return found.get(Fraction(1, 2)), found.get(Fraction(1, 10))


@dataclass
class RawEntry:
    """Entry of a walk into a stage."""

    customer: int
    stage: str
    at: datetime
    next_at: datetime | None
    channel: str
    cohort_id: int
    started_at: datetime
    amount: float | None


def find_entries(visits: Iterable[Row], stages: Sequence[str], window: timedelta) -> list[RawEntry]:
    """Return the entries of all walks, from the visits alone."""
    of_person: defaultdict[int, list[Row]] = defaultdict(list)
    for visit in visits:
        if not visit["withdrawn"]:
            of_person[visit["customer_id"]].append(visit)
    entries = []
    for person, theirs in of_person.items():
        theirs.sort(key=lambda v: (v["at"], stages.index(v["stage"]), v["event_id"]))
        for walk in _split(theirs, stages, window):
            seen: set[str] = set()
            for place, step in enumerate(walk):
                if step["stage"] in seen:
                    continue
                seen.add(step["stage"])
                here = stages.index(step["stage"])
                later = [n for n in range(place + 1, len(walk)) if stages.index(walk[n]["stage"]) > here]
                told = [other["amount"] for other in walk[: min(later, default=None)] if other["amount"] is not None]
                entries.append(
                    RawEntry(
                        customer=person,
                        stage=step["stage"],
                        at=step["at"],
                        next_at=walk[later[0]]["at"] if later else None,
                        channel=step["channel"],
                        cohort_id=step["cohort_id"],
                        started_at=walk[0]["at"],
                        amount=told[-1] if told else None,
                    )
                )
    return entries


def _split(visits: Sequence[Row], stages: Sequence[str], window: timedelta) -> list[list[Row]]:
    named: defaultdict[str, list[Row]] = defaultdict(list)
    walks: list[list[Row]] = []
    for visit in visits:
        if visit["passage"] is not None:
            named[visit["passage"]].append(visit)
            continue
        goes_on = walks and stages.index(visit["stage"]) >= stages.index(walks[-1][-1]["stage"])
        if goes_on and visit["at"] - walks[-1][-1]["at"] <= window:
            walks[-1].append(visit)
        else:
            walks.append([visit])
    return walks + list(named.values())
