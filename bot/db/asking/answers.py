"""Answers, stored, changed and deleted together with the counters that they move.

Invariants:

* A raw value or choice counts under its question's place. A raw value of a scale also counts as part of its
  *person-day*: one person on one day at one stage, with all of their answers on that scale. Words count nowhere.
* The counters move by the difference between what the answers and their whole person-days count before and after.
* What an answer counts under (journey, place, day, channel, cohort, kind) never changes after it is stored.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, delete, insert, select, update

from bot.db.asking.tables import answer_table
from bot.db.counters import tallies
from bot.db.counters.row_selection import EVERYTHING, RowSelection
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.engine.rows import row_reader, row_writer
from cjm.figures.tally import CHOICE, CounterKey, CounterSums, Move, PersonDay, person_day_moves, reverse_moves
from cjm.scales import Scale

_SCALES = {scale.value: scale for scale in Scale}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """Answer with what it counts under; one of ``value`` (a scale's raw value), ``choice`` and ``text`` is set.

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
    """Stored answer."""

    id: int
    changed_at: datetime | None = None


answer_from_row = row_reader(Answer, answer_table)
_answer_columns = row_writer(NewAnswer)
_INSERT = insert(answer_table).returning(answer_table.c.id)
_UPDATE = update(answer_table).where(answer_table.c.id == bindparam("answer_id"))
_DELETE = delete(answer_table).where(answer_table.c.id == bindparam("answer_id"))
_OF_DAY = (
    select(answer_table)
    .where(answer_table.c.customer_id == bindparam("customer_id"), answer_table.c.day == bindparam("day"))
    .order_by(answer_table.c.id)
)
_BY_RESPONSE = (
    select(answer_table).where(answer_table.c.response_id == bindparam("response_id")).order_by(answer_table.c.id)
)


def list_of_day(tx: Connection, customer_id: int, day: date) -> list[Answer]:
    """Return all answers of a person about one day, in the order in which they were given: some count together."""
    return [answer_from_row(row) for row in tx.execute(_OF_DAY, {"customer_id": customer_id, "day": day})]


def save_day(
    tx: Connection,
    day_answers: Sequence[Answer],
    *,
    new: Sequence[NewAnswer] = (),
    changed: Sequence[Answer] = (),
    withdrawn: Sequence[Answer] = (),
) -> list[Answer]:
    """Store new and changed answers of one person about one day and delete the withdrawn ones; the counters follow.

    ``day_answers`` are all that are stored (`list_of_day`). Return all that are stored then. A withdrawn answer leaves
    no trace, as if it had never been given.
    """
    if withdrawn:
        tx.execute(_DELETE, [{"answer_id": answer.id} for answer in withdrawn])
    for answer in changed:
        values = {"value": answer.value, "choice": answer.choice, "text": answer.text, "changed_at": answer.changed_at}
        tx.execute(_UPDATE, {"answer_id": answer.id} | values)
    inserted = []
    for one in new:  # a tap brings one at most
        columns = _answer_columns(one)
        inserted.append(Answer(**columns, id=tx.execute(_INSERT, columns).scalar_one()))
    gone, by_id = {answer.id for answer in withdrawn}, {answer.id: answer for answer in changed}
    after = [by_id.get(answer.id, answer) for answer in day_answers if answer.id not in gone] + inserted
    tallies.add_moves(tx, [*reverse_moves(_count_answers(day_answers)), *_count_answers(after)])
    return after


def insert_new_answers(tx: Connection, answers: Sequence[NewAnswer]) -> int:
    """Store many answers and move the counters; return how many were new. Answers with a known ``source_key`` are not.

    Their ids are not returned, so thousands of them take one statement instead of one each.
    """
    known = _list_known_keys(tx, [a.source_key for a in answers if a.source_key])
    new = [a for a in answers if a.source_key not in known]
    if new:
        _count_new_answers(tx, new)
        tx.execute(insert(answer_table), [_answer_columns(a) for a in new])
    return len(new)


def _count_new_answers(tx: Connection, new: Sequence[NewAnswer]) -> None:
    """Move the counters by answers that will be stored right after."""
    # A person-day counts once with its mean, so each is taken back whole and counted again with the new answer.
    before = _list_values(tx, _list_person_days(new))
    after = {key: list(values) for key, values in before.items()}
    for a in new:
        if key := _person_day(a):
            after.setdefault(key, []).append((a.channel, a.value or 0))
    tallies.add_moves(tx, [*_answer_moves(new), *reverse_moves(_moves_of_days(before)), *_moves_of_days(after)])


def _list_known_keys(tx: Connection, keys: Sequence[str]) -> set[str]:
    source_key = answer_table.c.source_key
    chunks = split_into_chunks(keys)
    return {key for chunk in chunks for key in tx.scalars(select(source_key).where(source_key.in_(chunk)))}


def list_by_response(tx: Connection, response_id: int) -> list[Answer]:
    """Return a conversation's answers in the order in which they were given."""
    return [answer_from_row(row) for row in tx.execute(_BY_RESPONSE, {"response_id": response_id})]


def list_by_customer(tx: Connection, customer_id: int) -> list[Answer]:
    """Return all answers of a person, the oldest first."""
    # Answers of one moment stand in the order in which they were stored.
    order = (answer_table.c.at, answer_table.c.id)
    theirs = select(answer_table).where(answer_table.c.customer_id == customer_id).order_by(*order)
    return [answer_from_row(row) for row in tx.execute(theirs)]


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
    """Return the person-day that an answer on a scale counts in; None for other answers."""
    if a.value is None or a.kind not in _SCALES:
        return None
    return PersonDay(a.customer_id, a.journey, a.stage, _SCALES[a.kind], a.day, a.cohort_id)


DayValues = dict[PersonDay, list[tuple[str, int]]]
"""Answers of person-days on a scale, as (channel, raw value)."""


def _count_answers(answers: Sequence[NewAnswer]) -> list[Move]:
    """Return what these answers contribute, if they are all answers of their person-days."""
    return [*_answer_moves(answers), *_group_into_days(answers)]


def _list_values(tx: Connection, keys: set[PersonDay]) -> DayValues:
    """Return the stored answers of these person-days."""
    values: DayValues = defaultdict(list)
    people = sorted({key.customer_id for key in keys})
    days = [key.day for key in keys]
    for chunk in split_into_chunks(people):
        within = {"customer_ids": chunk, "first": min(days), "last": max(days)}
        for row in tx.execute(_SCALE_VALUES, within):
            key = PersonDay(row.customer_id, row.journey, row.stage, Scale(row.kind), row.day, row.cohort_id)
            # The query asks for people and a range of days: a condition on all columns of many keys would be slower.
            if key in keys:
                values[key].append((row.channel, row.value))
    return values


def _moves_of_days(values: DayValues) -> list[Move]:
    return [move for key, answers in values.items() for move in person_day_moves(key, answers)]


_SCALE_VALUES = select(
    answer_table.c.customer_id,
    answer_table.c.journey,
    answer_table.c.stage,
    answer_table.c.kind,
    answer_table.c.day,
    answer_table.c.cohort_id,
    answer_table.c.channel,
    answer_table.c.value,
).where(
    answer_table.c.customer_id.in_(bindparam("customer_ids", expanding=True)),
    answer_table.c.day.between(bindparam("first"), bindparam("last")),
    answer_table.c.value.is_not(None),
    answer_table.c.kind.in_(list(_SCALES)),
)


def list_contributions(tx: Connection, journey: str, selection: RowSelection = EVERYTHING) -> list[Move]:
    """Return what a journey's answers contribute to the counters, counted from the rows."""
    is_meant = selection.condition(answer_table, journey)
    return _count_answers([answer_from_row(row) for row in tx.execute(select(answer_table).where(is_meant))])


def _group_into_days(answers: Iterable[NewAnswer]) -> list[Move]:
    values: DayValues = defaultdict(list)
    for a in answers:
        if a.value is not None and (key := _person_day(a)):
            values[key].append((a.channel, a.value))
    return _moves_of_days(values)
