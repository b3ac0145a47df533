"""The read side: sums of counters over a window, and the few things that need single people, within it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union

from bot.db.asking.tables import answer_table
from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection
from bot.db.journeys import cohorts
from bot.db.journeys.tables import visit_table
from cjm.figures.flow import FlowCount
from cjm.figures.map_builder import CountTable, Quote
from cjm.figures.tally import ENTERED, PEOPLE, TOOK, WENT_ON, CounterSums
from cjm.journeys.journey import Journey, Segment
from cjm.scales import Scale

_PEOPLE = [scale + PEOPLE for scale in Scale]
_FLOW = (ENTERED, WENT_ON, TOOK)


@dataclass(frozen=True, slots=True)
class MapScope:
    """What a report is about: days, both included; the cohorts of a segment, or everyone; a channel, or all."""

    journey: Journey
    first: date
    last: date
    cohorts: tuple[int, ...] | None = None
    channel: str | None = None


def find_cohorts(tx: Connection, journey: Journey, segment: Segment | None) -> tuple[int, ...] | None:
    """The cohorts a segment's rule holds for; None without a segment."""
    if segment is None:
        return None
    return tuple(
        number for number, cohort in cohorts.list_by_journey(tx, journey.key).items() if segment.includes(cohort)
    )


def _is_in_scope(scope: MapScope) -> ColumnElement[bool]:
    found = (tally_table.c.journey == scope.journey.key) & tally_table.c.day.between(scope.first, scope.last)
    return found if scope.cohorts is None else found & tally_table.c.cohort_id.in_(scope.cohorts)


def sum_counters(tx: Connection, scope: MapScope) -> CountTable:
    """All counters of a scope but those of time. People are counted over all channels, or in the one asked for."""
    people, channel = tally_table.c.measure.in_(_PEOPLE), scope.channel
    which = (
        or_(and_(people, tally_table.c.channel == ""), and_(~people, tally_table.c.channel != ""))
        if channel is None
        else tally_table.c.channel == channel
    )
    key = (tally_table.c.subject, tally_table.c.measure, tally_table.c.bucket)
    sums = (
        func.sum(tally_table.c.n),
        func.sum(tally_table.c.total),
        func.sum(tally_table.c.squares),
        func.sum(tally_table.c.raw),
    )
    found: defaultdict[tuple[str, str], defaultdict[str, CounterSums]] = defaultdict(
        lambda: defaultdict(lambda: CounterSums(0))
    )
    for subject, measure, bucket, n, total, squares, raw in tx.execute(
        select(*key, *sums).where(_is_in_scope(scope), which, tally_table.c.measure != TOOK).group_by(*key)
    ):
        into = found[_current_key(scope.journey, subject), measure]
        into[bucket] = into[bucket] + CounterSums(int(n), float(total), float(squares), float(raw))
    return found


def _current_key(journey: Journey, subject: str) -> str:
    place = journey.place(subject)
    return subject if place is None else (place[1] or place[0]).key


def list_flow(tx: Connection, scope: MapScope) -> Iterator[FlowCount]:
    """Flow by day of entry: whether somebody's time to go on is over depends on the day."""
    which = _is_in_scope(scope) & tally_table.c.measure.in_(_FLOW)
    if scope.channel is not None:
        which &= tally_table.c.channel == scope.channel
    key = (tally_table.c.subject, tally_table.c.day, tally_table.c.measure, tally_table.c.bucket)
    for subject, day, measure, bucket, n in tx.execute(
        select(*key, func.sum(tally_table.c.n)).where(which).group_by(*key)
    ):
        yield FlowCount(_current_key(scope.journey, subject), day, measure, bucket, int(n))


def find_latest_day(tx: Connection, journey: str) -> date | None:
    """The newest day that anything was counted for."""
    found: date | None = tx.scalar(select(func.max(tally_table.c.day)).where(tally_table.c.journey == journey))
    return found


def count_customers(tx: Connection, scope: MapScope) -> int:
    """How many different people visited or answered."""

    def people(table: Any, *more: ColumnElement[bool]) -> Select[Any]:
        which = [table.c.journey == scope.journey.key, table.c.day.between(scope.first, scope.last), *more]
        if scope.cohorts is not None:
            which.append(table.c.cohort_id.in_(scope.cohorts))
        if scope.channel is not None:
            which.append(table.c.channel == scope.channel)
        return select(table.c.customer_id).where(*which)

    everybody = union(people(visit_table, visit_table.c.withdrawn.is_(False)), people(answer_table)).subquery()
    return tx.scalar(select(func.count()).select_from(everybody)) or 0


def list_quotes(tx: Connection, scope: MapScope, limit: int = 200) -> list[Quote]:
    """Customers' own words in a scope, the latest first."""
    found = tx.execute(select_quotes(scope, answer_table.c.stage, answer_table.c.text).limit(limit))
    return [Quote(_current_key(scope.journey, r.stage), r.text, r.kind, r.value) for r in found]


def select_quotes(scope: MapScope, *columns: ColumnElement[Any]) -> Select[Any]:
    """These columns of answers in words, then kind and value of the conversation's first score; the latest first."""
    score, asked = answer_table.alias(), answer_table.alias()
    first = (
        select(func.min(score.c.id))
        .where(score.c.response_id == answer_table.c.response_id, score.c.value.is_not(None))
        .correlate(answer_table)
        .scalar_subquery()
    )
    which = [
        answer_table.c.journey == scope.journey.key,
        answer_table.c.day.between(scope.first, scope.last),
        answer_table.c.text.is_not(None),
    ]
    if scope.cohorts is not None:
        which.append(answer_table.c.cohort_id.in_(scope.cohorts))
    if scope.channel is not None:
        which.append(answer_table.c.channel == scope.channel)
    return (
        select(*columns, asked.c.kind, asked.c.value)
        .select_from(answer_table.outerjoin(asked, asked.c.id == first))
        .where(*which)
        .order_by(answer_table.c.at.desc(), answer_table.c.id.desc())
    )
