"""Visitors of a scope: whether they were asked and answered, and why not.

* Up to `MOST_VISITS` visits stand behind the scope: every visitor is read.
* More: people are drawn by chance, the same ones each time, until `SAMPLE` of them are visitors or `MOST_DRAWN` were
  looked up. So it takes about the same time however many visits there are.
* A question counts for a visitor if the day that it is about lies in the scope, on any channel.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from bot.db.asking.tables import decision_table, invitation_table, response_table
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, row_condition
from bot.db.journeys.tables import visit_table
from bot.db.people.tables import customer_table
from cjm.asking.decision import AskingReason
from cjm.figures.asking.heard import Visitor, find_last_reason

MOST_VISITS = 10_000
SAMPLE = 1_000
MOST_DRAWN = 20_000


class FoundVisitors(NamedTuple):
    """Visitors of a scope: all, or a sample."""

    visitors: list[Visitor]
    is_sample: bool


class _Visit(NamedTuple):
    id: int
    customer_id: int
    cohort_id: int


def find_visitors(tx: Connection, scope: MapScope) -> FoundVisitors:
    """Return the visitors of a scope, or a sample of many."""
    found = _list_visits(tx, scope, limit=MOST_VISITS + 1)
    is_sample = len(found) > MOST_VISITS
    if is_sample:
        found = _draw_visits(tx, scope)
    return FoundVisitors(_make_visitors(tx, scope, found), is_sample)


def _list_visits(
    tx: Connection, scope: MapScope, people: Sequence[int] | None = None, limit: int | None = None
) -> list[_Visit]:
    """Return visits of a scope, in the order of their time when ``people`` are given or none is left out."""
    condition: ColumnElement[bool] = row_condition(scope, visit_table) & visit_table.c.withdrawn.is_(False)
    if people is not None:
        condition &= visit_table.c.customer_id.in_(people)
    columns = (visit_table.c.id, visit_table.c.customer_id, visit_table.c.cohort_id, visit_table.c.at)
    rows = tx.execute(select(*columns).where(condition).limit(limit)).all()
    return [_Visit(r.id, r.customer_id, r.cohort_id) for r in sorted(rows, key=lambda row: (row.at, row.id))]


def _draw_visits(tx: Connection, scope: MapScope) -> list[_Visit]:
    ends = tx.execute(
        select(func.min(customer_table.c.id).label("low"), func.max(customer_table.c.id).label("high"))
    ).one()
    ids = range(ends.low, ends.high + 1)
    # The same people for the same journey: a report that is opened twice says the same.
    drawn = Random(scope.journey.key).sample(ids, min(MOST_DRAWN, len(ids)))  # noqa: S311 - no secret
    found: list[_Visit] = []
    for chunk in split_into_chunks(drawn):
        found += _list_visits(tx, scope, sorted(chunk))
        if len({visit.customer_id for visit in found}) >= SAMPLE:
            break
    return found


def _make_visitors(tx: Connection, scope: MapScope, found: Sequence[_Visit]) -> list[Visitor]:
    cohorts = {visit.customer_id: visit.cohort_id for visit in found}  # a later visit replaces an earlier one
    asked = dict(_list_asked(tx, scope, sorted(cohorts)))
    reasons = _find_reasons(tx, sorted(visit.id for visit in found))
    return [
        Visitor(cohort, person in asked, asked.get(person, False), frozenset(reasons.get(person, ())))
        for person, cohort in cohorts.items()
    ]


def _list_asked(tx: Connection, scope: MapScope, people: Sequence[int]) -> Iterator[tuple[int, bool]]:
    """Yield the people who were asked in the days of a scope, and whether they answered anything."""
    i = invitation_table.c
    # As an expression the journey has no index: SQLite would prefer it to the people's, and read all its rows.
    is_there = (i.journey + "" == scope.journey.key) & i.day.between(scope.first, scope.last) & i.sent_at.is_not(None)
    is_there &= i.diary_id.is_(None)
    joined = invitation_table.outerjoin(response_table, response_table.c.invitation_id == i.id)
    answers = func.count(response_table.c.started_at).label("answers")
    for chunk in split_into_chunks(people):
        wanted = select(i.customer_id, answers).select_from(joined).where(is_there, i.customer_id.in_(chunk))
        for row in tx.execute(wanted.group_by(i.customer_id)):
            yield row.customer_id, row.answers > 0


def _find_reasons(tx: Connection, visit_ids: Sequence[int]) -> dict[int, set[AskingReason]]:
    """Return the last reason of each survey about each of these visits, by person."""
    d = decision_table.c
    columns = (d.id, d.customer_id, d.visit_id, d.survey, d.reason)
    decided: defaultdict[tuple[int, int, str], list[AskingReason]] = defaultdict(list)
    for chunk in split_into_chunks(visit_ids):
        for row in tx.execute(select(*columns).where(d.visit_id.in_(chunk)).order_by(d.id)):
            decided[row.customer_id, row.visit_id, row.survey].append(row.reason)
    found: defaultdict[int, set[AskingReason]] = defaultdict(set)
    for (person, _, _), reasons in decided.items():
        if (last := find_last_reason(reasons)) is not None:
            found[person].add(last)
    return found
