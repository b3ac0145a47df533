"""Presence, counted from visits and from imported answers: the people of a stage and of the whole journey.

Invariants:

* A visit and an imported answer of one person and day are one person-day, so either side reads the other's rows.
* An answer in the chat belongs to a visit, or to a question without one: it moves no presence and reads nothing for it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    String,
    Table,
    bindparam,
    func,
    literal,
    select,
    union_all,
)

from bot.db.asking.tables import answer_table
from bot.db.counters import tallies
from bot.db.counters.row_selection import EVERYTHING, PAIR_REACH, RowSelection
from bot.db.engine.chunks import is_one_of
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedQuery
from bot.db.journeys.tables import visit_table
from cjm.figures.facts.presence import PresenceSign, presence_moves
from cjm.figures.tally import FactMoves
from cjm.journeys.journey import Journey

SignsByPerson = Mapping[int, Sequence[PresenceSign]]


def move_presence(
    tx: Connection, journey: Journey, *, removed: SignsByPerson | None = None, added: SignsByPerson | None = None
) -> None:
    """Move the counters of presence by rows that will go or change and by rows that will be stored, right after.

    Signs are by customer id. Each row that goes gives one sign, as each row that comes.
    """
    gone, come = removed or {}, added or {}
    moved = {number: [*gone.get(number, ()), *come.get(number, ())] for number in gone.keys() | come.keys()}
    days = [sign.day for signs in moved.values() for sign in signs]
    if not days:
        return
    people = sorted(number for number, signs in moved.items() if signs)
    stored = _list_signs(tx, journey.key, people, min(days) - PAIR_REACH, max(days) + PAIR_REACH)
    with tallies.gather_moves(tx):
        for number in people:
            before = stored[number]
            staying = before - Counter(gone[number]) if gone.get(number) else before
            tallies.add_facts(tx, presence_moves(journey, before, {*staying, *come.get(number, ())}))


def _list_signs(
    tx: Connection, journey: str, people: Sequence[int], first: date, last: date
) -> dict[int, Counter[PresenceSign]]:
    """Return the signs that are stored about these people, by customer id."""
    signs: defaultdict[int, Counter[PresenceSign]] = defaultdict(Counter)
    meant = {"of_journey": journey, "customer_ids": people, "first": first, "last": last}
    for row in _SIGNS_OF_PEOPLE.list_records(tx, meant):
        signs[row.customer_id][PresenceSign(*row[2:])] += row.n
    return signs


def _select_signs(is_visit: ColumnElement[bool], is_answer: ColumnElement[bool]) -> CompoundSelect[Any]:
    """Select a row for each visit that stands, and a row with their number for equal imported answers."""
    v, a = visit_table.c, answer_table.c
    visits = select(v.customer_id, v.day, v.stage, v.cohort_id, v.channel, literal(1).label("n"))
    answers = select(a.customer_id, a.day, literal("").label("stage"), a.cohort_id, a.channel, func.count().label("n"))
    return union_all(
        visits.where(is_visit, v.withdrawn.is_(False)),
        # A row of an imported table holds many answers of one day: they are one sign.
        answers.where(is_answer, is_imported()).group_by(a.customer_id, a.day, a.cohort_id, a.channel),
    )


def is_imported() -> ColumnElement[bool]:
    """Return whether an answer belongs to no visit and no conversation: then it tells that its person was there."""
    # As expressions the columns have no index: SQLite would look through all imported answers for a list of people.
    return (answer_table.c.visit_id + 0).is_(None) & (answer_table.c.response_id + 0).is_(None)


class _StoredSigns(NamedTuple):
    """Row of equal signs of one person, with their number; the other fields are those of `PresenceSign`."""

    customer_id: int
    n: int
    day: date
    stage: str
    cohort_id: int
    channel: str


def _is_of_people(table: Table) -> ColumnElement[bool]:
    """Return the condition on rows of a journey, of people, and of days from ``first`` to ``last``."""
    # As an expression the journey has no index: SQLite would prefer it to the people's, and read all its rows.
    is_ours = table.c.journey + "" == bindparam("of_journey", type_=String())
    is_theirs = is_one_of(table.c.customer_id, "customer_ids")
    return is_ours & is_theirs & table.c.day.between(bindparam("first"), bindparam("last"))


_SIGNS_OF_PEOPLE = PreparedQuery(_StoredSigns, _select_signs(_is_of_people(visit_table), _is_of_people(answer_table)))


def _sign_from_row(row: Row[Any]) -> PresenceSign:
    return PresenceSign(row.day, row.stage, row.cohort_id, row.channel)


def list_contributions(tx: Connection, journey: Journey, selection: RowSelection = EVERYTHING) -> Iterator[FactMoves]:
    """Yield what presence by the selected visits and answers contributes to the counters, one person at a time.

    As with answers, pairs with later days that stay belong to it.
    """
    near = selection.with_pairs()
    signs = _select_signs(
        near.condition(visit_table, journey.key), near.condition(answer_table, journey.key)
    ).subquery()
    rows = tx.execute(select(signs).order_by(signs.c.customer_id)).all()
    for _, theirs in groupby(rows, key=lambda row: row.customer_id):
        all_signs = [_sign_from_row(row) for row in theirs]
        stay = [sign for sign in all_signs if not selection.includes(sign.day)]
        yield presence_moves(journey, stay, all_signs)
