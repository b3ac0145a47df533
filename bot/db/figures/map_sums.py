"""Sums of counters for a map: what was counted in a period, a segment and a channel.

Reading costs the same after ten million answers as after ten thousand, except for :func:`count_customers`, which looks
at the rows of the period.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Table, and_, func, or_, select, union

from bot.db.asking.tables import answer_table
from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection
from bot.db.journeys import cohorts
from bot.db.journeys.tables import visit_table
from cjm.figures.flow import FlowCount
from cjm.figures.map_builder import CountTable
from cjm.figures.tally import ENTERED, PEOPLE, TOOK, WENT_ON, CounterSums
from cjm.journeys.journey import Journey, Segment
from cjm.scales import Scale

_PEOPLE = [scale + PEOPLE for scale in Scale]
_FLOW = (ENTERED, WENT_ON, TOOK)


@dataclass(frozen=True, slots=True)
class MapScope:
    """Part of a journey that a map covers: days, both included; the cohorts of a segment, or all; a channel, or all."""

    journey: Journey
    first: date
    last: date
    cohorts: tuple[int, ...] | None = None
    channel: str | None = None


def find_cohorts(tx: Connection, journey: Journey, segment: Segment | None) -> tuple[int, ...] | None:
    """Return the ids of the cohorts that a segment includes; None without a segment."""
    if segment is None:
        return None
    return tuple(
        number for number, cohort in cohorts.list_by_journey(tx, journey.key).items() if segment.includes(cohort)
    )


def _is_in_scope(scope: MapScope) -> ColumnElement[bool]:
    condition = (tally_table.c.journey == scope.journey.key) & tally_table.c.day.between(scope.first, scope.last)
    return condition if scope.cohorts is None else condition & tally_table.c.cohort_id.in_(scope.cohorts)


def sum_counters(tx: Connection, scope: MapScope) -> CountTable:
    """Return the sums of all counters of a scope but durations: (place, measure) -> bucket -> sums.

    Former keys of a place count under its present key.
    """
    is_counted = _is_in_scope(scope) & _is_of_channel(scope.channel) & (tally_table.c.measure != TOOK)
    key = (tally_table.c.subject, tally_table.c.measure, tally_table.c.bucket)
    sums = [func.sum(tally_table.c[name]).label(name) for name in ("n", "total", "squares", "raw")]
    counts: defaultdict[tuple[str, str], defaultdict[str, CounterSums]] = defaultdict(
        lambda: defaultdict(lambda: CounterSums(0))
    )
    for row in tx.execute(select(*key, *sums).where(is_counted).group_by(*key)):
        buckets = counts[current_key(scope.journey, row.subject), row.measure]
        # PostgreSQL returns Decimal for a sum, SQLite int or float.
        buckets[row.bucket] += CounterSums(int(row.n), float(row.total), float(row.squares), float(row.raw))
    return counts


def _is_of_channel(channel: str | None) -> ColumnElement[bool]:
    if channel is not None:
        return tally_table.c.channel == channel
    # Over all channels, people have a counter of their own under "": somebody may have used two channels on one day.
    is_people = tally_table.c.measure.in_(_PEOPLE)
    return or_(and_(is_people, tally_table.c.channel == ""), and_(~is_people, tally_table.c.channel != ""))


def current_key(journey: Journey, subject: str) -> str:
    """Return the present key of a place that may have been renamed; a key that the journey lost stays as it is."""
    place = journey.find_place(subject)
    return subject if place is None else place.part.key


def list_flow(tx: Connection, scope: MapScope) -> Iterator[FlowCount]:
    """Return flow counters by day of entry: the day decides whether a passage still has time to go on."""
    is_counted = _is_in_scope(scope) & tally_table.c.measure.in_(_FLOW)
    if scope.channel is not None:  # flow has no counters of people, so all channels simply add up
        is_counted &= tally_table.c.channel == scope.channel
    key = (tally_table.c.subject, tally_table.c.day, tally_table.c.measure, tally_table.c.bucket)
    for row in tx.execute(select(*key, func.sum(tally_table.c.n).label("n")).where(is_counted).group_by(*key)):
        yield FlowCount(current_key(scope.journey, row.subject), row.day, row.measure, row.bucket, int(row.n))


def find_latest_day(tx: Connection, journey: str) -> date | None:
    """Return the latest day that anything was counted for; None while nothing was."""
    latest: date | None = tx.scalar(select(func.max(tally_table.c.day)).where(tally_table.c.journey == journey))
    return latest


def count_customers(tx: Connection, scope: MapScope) -> int:
    """Return how many different people visited or answered, by the rows that are not deleted."""
    visitors = select(visit_table.c.customer_id).where(
        row_condition(scope, visit_table), visit_table.c.withdrawn.is_(False)
    )
    respondents = select(answer_table.c.customer_id).where(row_condition(scope, answer_table))
    people = union(visitors, respondents).subquery()
    return tx.scalar(select(func.count()).select_from(people)) or 0


def row_condition(scope: MapScope, table: Table) -> ColumnElement[bool]:
    """Return the condition on rows of a table of facts: they belong to the scope."""
    condition = (table.c.journey == scope.journey.key) & table.c.day.between(scope.first, scope.last)
    if scope.cohorts is not None:
        condition &= table.c.cohort_id.in_(scope.cohorts)
    if scope.channel is not None:
        condition &= table.c.channel == scope.channel
    return condition
