"""Answers: written, changed and taken back together with the counters they move."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from bot.db.asking.tables import answer_table
from bot.db.counters import tallies
from bot.db.counters.row_selection import EVERYTHING, RowSelection
from bot.db.engine.database import Connection
from bot.db.people.customers import CHUNK
from cjm.figures.tally import CHOICE, CounterKey, CounterSums, Move, PersonDay, person_day_moves, reverse_moves
from cjm.scales import Scale

_SCALES = {scale.value: scale for scale in Scale}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """An answer with what it counts under: exactly one of ``value`` (a scale), ``choice`` and ``text``.

    ``source_key`` names an imported row and question; the same key again is the same answer.
    """

    customer_id: int
    journey: str
    version: int
    question: str
    kind: str
    subject: str
    stage: str
    day: date
    channel: str
    cohort_id: int
    at: datetime
    value: int | None = None
    choice: str | None = None
    text: str | None = None
    response_id: int | None = None
    visit_id: int | None = None
    source: str = "chat"
    source_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(NewAnswer):
    id: int
    changed_at: datetime | None = None


_NAMES = tuple(f.name for f in fields(NewAnswer))
_WRITE = insert(answer_table).returning(answer_table.c.id)
_OF_RESPONSE = (
    select(answer_table).where(answer_table.c.response_id == bindparam("response_id")).order_by(answer_table.c.id)
)


def _answer_from_row(r: Row[Any]) -> Answer:
    return Answer(**r._mapping)


def insert_answer(tx: Connection, new: NewAnswer) -> Answer:
    """Store an answer and move the counters."""
    _count_new_answers(tx, [new])
    columns = _answer_columns(new)
    return Answer(**columns, id=tx.execute(_WRITE, columns).scalar_one())


def insert_new_answers(tx: Connection, answers: Sequence[NewAnswer]) -> int:
    """Store many answers, each with a ``source_key`` of its own, and move the counters; how many were not known yet.

    Nobody is told their ids, and so thousands of them take one statement instead of one each.
    """
    known = _list_known_keys(tx, [a.source_key for a in answers if a.source_key])
    new = [a for a in answers if a.source_key not in known]
    if new:
        _count_new_answers(tx, new)
        tx.execute(insert(answer_table), [_answer_columns(a) for a in new])
    return len(new)


def _count_new_answers(tx: Connection, new: Sequence[NewAnswer]) -> None:
    """Move the counters by answers that are about to be stored."""
    before = _list_values(tx, _list_person_days(new))
    after = {key: list(values) for key, values in before.items()}
    for a in new:
        if key := _person_day(a):
            after.setdefault(key, []).append((a.channel, a.value or 0))
    tallies.add_moves(tx, [*_answer_moves(new), *reverse_moves(_person_day_moves(before)), *_person_day_moves(after)])


def _answer_columns(a: NewAnswer) -> dict[str, Any]:
    return {name: getattr(a, name) for name in _NAMES}  # asdict() copies every value: a third of an import's time


def _list_known_keys(tx: Connection, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        found |= set(tx.scalars(select(answer_table.c.source_key).where(answer_table.c.source_key.in_(chunk))))
    return found


def update_answer(
    tx: Connection,
    answer_id: int,
    *,
    value: int | None = None,
    choice: str | None = None,
    text: str | None = None,
    at: datetime,
) -> Answer | None:
    """Replace what was answered; the counters follow. An answer that is gone meanwhile stays gone."""
    found = _list_by_ids(tx, [answer_id])
    if not found:
        return None
    before = [*_answer_moves(found), *_stored_person_day_moves(tx, _list_person_days(found))]
    tx.execute(
        update(answer_table)
        .where(answer_table.c.id == answer_id)
        .values(value=value, choice=choice, text=text, changed_at=at)
    )
    changed = _list_by_ids(tx, [answer_id])
    tallies.add_moves(
        tx, [*reverse_moves(before), *_answer_moves(changed), *_stored_person_day_moves(tx, _list_person_days(changed))]
    )
    return changed[0]


def delete_answers(tx: Connection, answer_ids: Sequence[int]) -> None:
    """Delete answers as if they had never been given; the counters follow."""
    if not answer_ids:
        return
    found = _list_by_ids(tx, answer_ids)
    before = [*_answer_moves(found), *_stored_person_day_moves(tx, _list_person_days(found))]
    tx.execute(delete(answer_table).where(answer_table.c.id.in_(answer_ids)))
    tallies.add_moves(tx, [*reverse_moves(before), *_stored_person_day_moves(tx, _list_person_days(found))])


def list_by_response(tx: Connection, response_id: int) -> list[Answer]:
    """A conversation's answers in the order they were given."""
    return [_answer_from_row(r) for r in tx.execute(_OF_RESPONSE, {"response_id": response_id})]


def list_by_customer(tx: Connection, customer_id: int) -> list[Answer]:
    return [
        _answer_from_row(r)
        for r in tx.execute(
            select(answer_table).where(answer_table.c.customer_id == customer_id).order_by(answer_table.c.at)
        )
    ]


def _list_by_ids(tx: Connection, ids: Sequence[int]) -> list[Answer]:
    return [
        _answer_from_row(r)
        for r in tx.execute(select(answer_table).where(answer_table.c.id.in_(ids)).order_by(answer_table.c.id))
    ]


# ---- what answers contribute to the counters -------------------------------------------------------------------------


def _answer_moves(answers: Iterable[NewAnswer]) -> list[Move]:
    moves = []
    for a in answers:
        if a.value is not None:
            moves.append((_counter(a, a.kind, str(a.value)), CounterSums()))
        elif a.choice is not None:
            moves.append((_counter(a, CHOICE + a.question, a.choice), CounterSums()))
    return moves


def _counter(a: NewAnswer, measure: str, bucket: str) -> CounterKey:
    return CounterKey(a.journey, a.day, a.subject, measure, bucket, a.cohort_id, a.channel)


def _list_person_days(answers: Iterable[NewAnswer]) -> set[PersonDay]:
    return {key for a in answers if (key := _person_day(a))}


def _person_day(a: NewAnswer) -> PersonDay | None:
    """The person-day that an answer on a scale counts in."""
    if a.value is None or a.kind not in _SCALES:
        return None
    return PersonDay(a.customer_id, a.journey, a.stage, _SCALES[a.kind], a.day, a.cohort_id)


Values = dict[PersonDay, list[tuple[str, int]]]


def _stored_person_day_moves(tx: Connection, keys: set[PersonDay]) -> list[Move]:
    """What the stored answers of these person-days contribute now."""
    return _person_day_moves(_list_values(tx, keys))


def _list_values(tx: Connection, keys: set[PersonDay]) -> Values:
    """The stored answers of these person-days, as (channel, value)."""
    values: Values = defaultdict(list)
    people = sorted({key.customer_id for key in keys})
    days = [key.day for key in keys]
    for start in range(0, len(people), CHUNK):
        within = {"people": people[start : start + CHUNK], "first": min(days), "last": max(days)}
        for r in tx.execute(_RAW, within):
            key = PersonDay(r.customer_id, r.journey, r.stage, Scale(r.kind), r.day, r.cohort_id)
            if key in keys:
                values[key].append((r.channel, r.value))
    return values


def _person_day_moves(values: Values) -> list[Move]:
    return [move for key, given in values.items() for move in person_day_moves(key, given)]


_RAW = select(
    answer_table.c.customer_id,
    answer_table.c.journey,
    answer_table.c.stage,
    answer_table.c.kind,
    answer_table.c.day,
    answer_table.c.cohort_id,
    answer_table.c.channel,
    answer_table.c.value,
).where(
    answer_table.c.customer_id.in_(bindparam("people", expanding=True)),
    answer_table.c.day.between(bindparam("first"), bindparam("last")),
    answer_table.c.value.is_not(None),
    answer_table.c.kind.in_(list(_SCALES)),
)


def list_contributions(tx: Connection, journey: str, selection: RowSelection = EVERYTHING) -> list[Move]:
    """What a journey's answers contribute, counted from the rows."""
    found = [
        _answer_from_row(r)
        for r in tx.execute(
            select(answer_table).where(answer_table.c.journey == journey, selection.condition(answer_table))
        )
    ]
    return [*_answer_moves(found), *_group_by_person_day(found)]


def _group_by_person_day(answers: Iterable[Answer]) -> list[Move]:
    values: Values = defaultdict(list)
    for a in answers:
        if a.value is not None and (key := _person_day(a)):
            values[key].append((a.channel, a.value))
    return _person_day_moves(values)
