"""Answers, stored, changed and deleted together with the counters that they move.

Invariants:

* The counters move by the difference between what a person's answers count before and after (`answer_counts`).
* What an answer counts under (journey, place, day, channel, kind, delay) never changes after it is stored. Its cohort
  changes only together with its visit's, or without a visit with its invitation's.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, delete, insert, select, update

from bot.db.asking import presence
from bot.db.asking.answer_counts import CountedAnswer, answer_moves, list_answers_near
from bot.db.asking.tables import answer_table
from bot.db.counters import tallies
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.engine.rows import row_reader, row_writer
from cjm.figures.facts.person_days import ScaleAnswer
from cjm.figures.facts.presence import PresenceSign
from cjm.journeys.journey import Journey
from cjm.journeys.survey import Question
from cjm.raw_answer import NOT_APPLICABLE, RawAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer(CountedAnswer):
    """Answer before it is stored; one of ``value`` (a scale's raw value), ``choice`` and ``text`` is set.

    Of several choices, each is a row of its own. With ``not_applicable`` none is set: "does not apply" counts nowhere.
    ``import_row_id`` is the row of an import that it came from. ``own_names`` are the words of the writer's own names
    that stand in the text, with spaces between them.
    """

    version: int
    at: datetime
    text: str | None = None
    response_id: int | None = None
    visit_id: int | None = None
    source: str = "chat"
    import_row_id: int | None = None
    own_names: str | None = None
    not_applicable: bool = False
    changed_at: datetime | None = None

    @property
    def is_imported(self) -> bool:
        """True for an answer of no visit and no conversation: it tells that its person was there."""
        return self.visit_id is None and self.response_id is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(NewAnswer):
    """Stored answer."""

    id: int


A = TypeVar("A", bound=NewAnswer)
answer_from_row = row_reader(Answer, answer_table)
_answer_columns = row_writer(NewAnswer)
_INSERT = PreparedStatement(insert(answer_table).returning(answer_table.c.id))
_INSERT_MANY = PreparedStatement(insert(answer_table))
_UPDATE = update(answer_table).where(answer_table.c.id == bindparam("answer_id"))
_DELETE = delete(answer_table).where(answer_table.c.id == bindparam("answer_id"))
_OF_DAY = (
    select(answer_table)
    .where(answer_table.c.customer_id == bindparam("customer_id"), answer_table.c.day == bindparam("day"))
    .order_by(answer_table.c.id)
)
_CHANGING = ("value", "choice", "text", "own_names", "not_applicable", "changed_at")
_BY_ROWS = (
    select(answer_table)
    .where(answer_table.c.import_row_id.in_(bindparam("import_row_ids", expanding=True)))
    .order_by(answer_table.c.id)
)
_BY_RESPONSE = (
    select(answer_table).where(answer_table.c.response_id == bindparam("response_id")).order_by(answer_table.c.id)
)


def make_new(answer: Answer, **changes: Any) -> NewAnswer:
    """Return the new row of an answer with these changes."""
    return NewAnswer(**(_answer_columns(answer) | changes))


def raw_answer(given: Sequence[Answer], question: Question | None) -> RawAnswer:
    """Return what is stored for one question, at least one row, as the value that `cjm.conversation` works with."""
    answer = given[-1]
    if answer.not_applicable:
        return NOT_APPLICABLE
    if answer.value is not None:
        return answer.value
    if question is not None and question.several:
        chosen = {each.choice for each in given}
        return tuple(option.key for option in question.options if option.key in chosen)
    return answer.choice if answer.choice is not None else answer.text or ""


def list_of_day(tx: Connection, customer_id: int, day: date) -> list[Answer]:
    """Return all answers of a person about one day, in the order in which they were given: some count together."""
    return [answer_from_row(row) for row in tx.execute(_OF_DAY, {"customer_id": customer_id, "day": day})]


def save_day(
    tx: Connection,
    journey: Journey,
    day_answers: Sequence[Answer],
    *,
    new: Sequence[NewAnswer] = (),
    changed: Sequence[Answer] = (),
    withdrawn: Sequence[Answer] = (),
) -> list[Answer]:
    """Store new and changed answers of one person about one day and delete the withdrawn ones; the counters follow.

    ``journey`` is the version in force: it knows former keys. ``day_answers`` are all that are stored (`list_of_day`).
    Return all that are stored then. A withdrawn answer leaves no trace, as if it had never been given.
    """
    near = _list_other_days(tx, journey, day_answers, [*new, *changed, *withdrawn])
    if withdrawn:
        tx.execute(_DELETE, [{"answer_id": answer.id} for answer in withdrawn])
    for answer in changed:
        values = {name: getattr(answer, name) for name in _CHANGING}
        tx.execute(_UPDATE, {"answer_id": answer.id} | values)
    inserted = []
    for one in new:  # a tap brings one; words may name several choices
        columns = _answer_columns(one)
        inserted.append(Answer(**columns, id=_INSERT.find_row(tx, columns).id))
    gone, by_id = {answer.id for answer in withdrawn}, {answer.id: answer for answer in changed}
    after = [by_id.get(answer.id, answer) for answer in day_answers if answer.id not in gone] + inserted
    here_before, here_after = ([a for a in those if a.journey == journey.key] for those in (day_answers, after))
    tallies.add_facts(tx, answer_moves(journey, here_before, here_after, near))
    return after


def _list_other_days(
    tx: Connection, journey: Journey, day_answers: Sequence[Answer], moved: Sequence[NewAnswer]
) -> list[ScaleAnswer]:
    """Return the person's answers of other days that pair with these; one statement, and none if nothing can pair."""
    if journey.anonymous:
        return []
    of_day = {answer.id for answer in day_answers}
    near = list_answers_near(tx, moved)
    return [answer for theirs in near.values() for number, answer in theirs.items() if number not in of_day]


def find_answered_subjects(tx: Connection, journey: str, subjects: Collection[str]) -> set[str]:
    """Return those of some stored keys of stages and touchpoints that have an answer. One row of each is read."""
    row = answer_table.c
    one = select(row.id).where(row.journey == journey, row.subject == bindparam("subject")).limit(1)
    return {subject for subject in subjects if tx.execute(one, {"subject": subject}).first() is not None}


def insert_new_answers(tx: Connection, journey: Journey, new: Sequence[NewAnswer]) -> None:
    """Store many answers and move the counters. ``journey`` is the version in force.

    Ids are not returned, so thousands of answers take one statement instead of one each.
    """
    if new:
        with tallies.gather_moves(tx):
            _move_counters(tx, journey, (), new)
            _INSERT_MANY.run_many(tx, [_answer_columns(a) for a in new])


def delete_answers(tx: Connection, journey: Journey, gone: Sequence[Answer]) -> None:
    """Delete many answers and move the counters. ``journey`` is the version in force."""
    if gone:
        with tallies.gather_moves(tx):
            _move_counters(tx, journey, gone, ())
            delete_uncounted(tx, [answer.id for answer in gone])


def _move_counters(tx: Connection, journey: Journey, gone: Sequence[Answer], new: Sequence[NewAnswer]) -> None:
    """Move the counters by answers that will be deleted, and by those that will be stored, right after."""
    before, after = _group_by_person(gone), _group_by_person(new)
    near, gone_ids = list_answers_near(tx, [*gone, *new]), {answer.id for answer in gone}
    for customer_id in {**before, **after}:
        others = [answer for number, answer in near[customer_id].items() if number not in gone_ids]
        tallies.add_facts(tx, answer_moves(journey, before[customer_id], after[customer_id], others))
    presence.move_presence(tx, journey, removed=_list_signs(before), added=_list_signs(after))


def _group_by_person(answers: Sequence[A]) -> defaultdict[int, list[A]]:
    by_person: defaultdict[int, list[A]] = defaultdict(list)
    for answer in answers:
        by_person[answer.customer_id].append(answer)
    return by_person


def _list_signs(by_person: Mapping[int, Sequence[NewAnswer]]) -> dict[int, list[PresenceSign]]:
    """Return the signs of presence by person: an imported answer is the only one that its person was there."""
    return {
        customer_id: [PresenceSign(a.day, "", a.cohort_id, a.channel) for a in theirs if a.is_imported]
        for customer_id, theirs in by_person.items()
    }


def list_by_rows(tx: Connection, import_row_ids: Sequence[int]) -> dict[int, list[Answer]]:
    """Return the answers that came from these rows of imports, by the row's id."""
    found: defaultdict[int, list[Answer]] = defaultdict(list)
    for chunk in split_into_chunks(import_row_ids):
        for row in tx.execute(_BY_ROWS, {"import_row_ids": chunk}):
            found[row.import_row_id].append(answer_from_row(row))
    return found


def delete_uncounted(tx: Connection, answer_ids: Sequence[int]) -> None:
    """Delete answers whose counts somebody else takes back, such as a `recount` block."""
    for chunk in split_into_chunks(answer_ids):
        tx.execute(delete(answer_table).where(answer_table.c.id.in_(chunk)))


def list_by_response(tx: Connection, response_id: int) -> list[Answer]:
    """Return a conversation's answers in the order in which they were given."""
    return [answer_from_row(row) for row in tx.execute(_BY_RESPONSE, {"response_id": response_id})]


def list_by_customer(tx: Connection, customer_id: int) -> list[Answer]:
    """Return all answers of a person, the oldest first."""
    # Answers of one moment stand in the order in which they were stored.
    order = (answer_table.c.at, answer_table.c.id)
    theirs = select(answer_table).where(answer_table.c.customer_id == customer_id).order_by(*order)
    return [answer_from_row(row) for row in tx.execute(theirs)]
