"""Facts that are counted under another cohort than before: their rows and all counters that rest on them.

A fact is a visit, with the invitations and answers that belong to it, or an imported answer. Cases stay where they are:
they count under who their customer was when they were opened.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, Table, bindparam, literal, select, update

from bot.db.asking.recounting import recount
from bot.db.asking.tables import answer_table, invitation_table
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.journeys.tables import visit_table
from cjm.journeys.journey import Journey

_VISIT, _ANSWER = "visit", "answer"


class CountedFact(NamedTuple):
    """Visit, or answer without a visit, with the cohort that it counts under."""

    table: str
    id: int
    customer_id: int
    journey: str
    at: datetime
    day: date
    cohort_id: int


def _select_facts(table: Table) -> Select[Any]:
    columns = (table.c[name] for name in ("id", "customer_id", "journey", "at", "day", "cohort_id"))
    return select(literal(table.name).label("table"), *columns).where(
        table.c.customer_id.in_(bindparam("customer_ids", expanding=True))
    )


def _select_at(table: Table) -> Select[Any]:
    return _select_facts(table).where(table.c.at.in_(bindparam("times", expanding=True)))


def _select_since(table: Table) -> Select[Any]:
    return _select_facts(table).where(table.c.at >= bindparam("first"))


# Withdrawn visits too: a question that was sent before may be answered still.
_AT = _select_at(visit_table).union_all(_select_at(answer_table).where(answer_table.c.visit_id.is_(None)))


def list_at_moments(tx: Connection, moments: Collection[tuple[int, datetime]]) -> list[CountedFact]:
    """Return the facts of these moments, each a customer's id and a time."""
    return [
        fact
        for chunk in split_into_chunks(sorted(moments))
        for row in tx.execute(_AT, {"customer_ids": list({m[0] for m in chunk}), "times": list({m[1] for m in chunk})})
        if ((fact := CountedFact(**row._mapping)).customer_id, fact.at) in moments
    ]


_SINCE = _select_since(visit_table).union_all(_select_since(answer_table).where(answer_table.c.visit_id.is_(None)))


def list_since(tx: Connection, times: Mapping[int, datetime]) -> list[CountedFact]:
    """Return the facts of these people from a time on, by the customer's id."""
    return [
        fact
        for chunk in split_into_chunks(sorted(times))
        for row in tx.execute(_SINCE, {"customer_ids": chunk, "first": min(times[number] for number in chunk)})
        if (fact := CountedFact(**row._mapping)).at >= times[fact.customer_id]
    ]


def move_to_cohorts(tx: Connection, journey: Journey, cohort_ids: Mapping[CountedFact, int]) -> None:
    """Count these facts of one journey under other cohorts; the counters of all that rests on them follow."""
    with recount(tx, journey, cohort_ids.keys()):
        for table, column, kind in (
            (visit_table, visit_table.c.id, _VISIT),
            (invitation_table, invitation_table.c.visit_id, _VISIT),
            (answer_table, answer_table.c.visit_id, _VISIT),
            (answer_table, answer_table.c.id, _ANSWER),
        ):
            moved = [
                {"fact": fact.id, "cohort_id": cohort} for fact, cohort in cohort_ids.items() if fact.table == kind
            ]
            if moved:
                tx.execute(update(table).where(column == bindparam("fact")), moved)
