"""Facts that are counted under another cohort than before: their rows and all counters that rest on them.

A fact is a visit, with the invitations and answers that belong to it; an invitation without a visit, with its answers;
or an imported answer. Cases stay where they are: they count under who their customer was when they were opened.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Select,
    Table,
    bindparam,
    literal,
    select,
    true,
    union_all,
    update,
)

from bot.db.asking.presence import is_imported
from bot.db.asking.recounting import recount
from bot.db.asking.tables import answer_table, invitation_table, response_table
from bot.db.engine.chunks import is_one_of, split_into_chunks
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedQuery
from bot.db.journeys.tables import visit_table
from cjm.journeys.journey import Journey

_VISIT, _INVITATION, _ANSWER = "visit", "invitation", "answer"


class CountedFact(NamedTuple):
    """Visit, invitation without a visit, or imported answer, with the cohort that it counts under."""

    table: str
    id: int
    customer_id: int
    journey: str
    at: datetime
    day: date
    cohort_id: int


# Who somebody is counts at the time of the visit, or at which they were asked without one.
_TIMES: Mapping[Table, Column[datetime]] = {
    visit_table: visit_table.c.at,
    invitation_table: invitation_table.c.created_at,
    answer_table: answer_table.c.at,
}
_IS_ALONE = {invitation_table: invitation_table.c.visit_id.is_(None), answer_table: is_imported()}


def _select_facts(is_meant: Callable[[Column[datetime]], ColumnElement[bool]]) -> CompoundSelect[Any]:
    """Select the facts of people at the times that are meant.

    Withdrawn visits too: a question that was sent before may be answered still.
    """
    return union_all(*(_select_of_table(table, at, is_meant(at)) for table, at in _TIMES.items()))


def _select_of_table(table: Table, at: Column[datetime], is_meant: ColumnElement[bool]) -> Select[Any]:
    own = (table.c[name] for name in ("id", "customer_id", "journey"))
    columns = (literal(table.name).label("table"), *own, at.label("at"), table.c.day, table.c.cohort_id)
    is_theirs = is_one_of(table.c.customer_id, "customer_ids")
    return select(*columns).where(is_theirs, is_meant, _IS_ALONE.get(table, true()))


_AT = PreparedQuery(CountedFact, _select_facts(lambda at: is_one_of(at, "times")))


def list_at_moments(tx: Connection, moments: Collection[tuple[int, datetime]]) -> list[CountedFact]:
    """Return the facts of these moments, each a customer's id and a time."""
    return [
        fact
        for chunk in split_into_chunks(sorted(moments))
        for fact in _AT.list_records(
            tx, {"customer_ids": list({m[0] for m in chunk}), "times": list({m[1] for m in chunk})}
        )
        if (fact.customer_id, fact.at) in moments
    ]


_SINCE = PreparedQuery(CountedFact, _select_facts(lambda at: at >= bindparam("first")))


def list_since(tx: Connection, times: Mapping[int, datetime]) -> list[CountedFact]:
    """Return the facts of these people from a time on, by the customer's id."""
    return [
        fact
        for chunk in split_into_chunks(sorted(times))
        for fact in _SINCE.list_records(tx, {"customer_ids": chunk, "first": min(times[number] for number in chunk)})
        if fact.at >= times[fact.customer_id]
    ]


_INVITATION_OF_ANSWER = (
    select(response_table.c.invitation_id).where(response_table.c.id == answer_table.c.response_id).scalar_subquery()
)


def move_to_cohorts(tx: Connection, journey: Journey, cohort_ids: Mapping[CountedFact, int]) -> None:
    """Count these facts of one journey under other cohorts; the counters of all that rests on them follow."""
    with recount(tx, journey, cohort_ids.keys()):
        for table, column, kind in (
            (visit_table, visit_table.c.id, _VISIT),
            (invitation_table, invitation_table.c.visit_id, _VISIT),
            (answer_table, answer_table.c.visit_id, _VISIT),
            (invitation_table, invitation_table.c.id, _INVITATION),
            (answer_table, _INVITATION_OF_ANSWER, _INVITATION),
            (answer_table, answer_table.c.id, _ANSWER),
        ):
            moved = [
                {"fact": fact.id, "cohort_id": cohort} for fact, cohort in cohort_ids.items() if fact.table == kind
            ]
            if moved:
                tx.execute(update(table).where(column == bindparam("fact")), moved)
