"""Import a batch of rows of answers: store new ones, exchange corrected ones, leave known and erased ones.

It runs in its caller's transaction.

Invariants:

* A row that is known with the same content changes nothing, however often its file is imported.
* A corrected row counts as if it had never said anything else, but for answers to questions that the mapping does not
  name any more: they stay, under the person and the time that the row gives now.
* Rows without a customer are people of their own, other ones in every import.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.db.asking import answers
from bot.db.asking.answers import Answer, NewAnswer
from bot.db.counters import tallies
from bot.db.engine.database import Connection
from bot.db.imports import imported_rows, table_imports
from bot.db.imports.imported_rows import ImportedRow
from bot.db.imports.table_imports import TableImport
from bot.db.journeys import cohorts, journeys
from bot.db.people import customers
from bot.db.upkeep import unknown_people
from bot.usecases.people.tell_attributes import tell_attributes, untell_attributes
from bot.usecases.tables.rows.compare_rows import (
    ANOTHER_CONTENT,
    ComparedRow,
    compare_rows,
    lock_people,
    make_row,
    mark_seen,
)
from bot.usecases.tables.rows.remove_rows import remove_answers
from cjm.journeys.attributes import ToldAttribute
from cjm.journeys.journey import Journey
from cjm.tables.answer_rows import AnswerRow, RowAnswer
from cjm.tables.row_outcome import RowOutcome, RowResult


@dataclass(frozen=True, slots=True)
class _StoredRow:
    """Row whose answers are stored now. ``before`` is a corrected row as it was, ``earlier`` are its answers then."""

    row: AnswerRow
    import_row_id: int
    customer_id: int
    before: ImportedRow | None = None
    earlier: Sequence[Answer] = ()


def import_answers(
    tx: Connection,
    unit: TableImport,
    journey: Journey,
    rows: Sequence[AnswerRow],
    questions: Collection[str],
    now: datetime,
) -> list[RowResult]:
    """Store the answers of rows; return the outcome of each, in their order. Raises ImportOvertaken.

    ``journey`` is the version in force, ``questions`` are the keys of those that the mapping names.
    """
    table_imports.lock(tx, unit)
    compared = compare_rows(tx, unit, rows)
    locked, compared = lock_people(tx, compared, lambda row: _name_customer(unit, row))
    with tallies.gather_moves(tx):
        wanted = {_name_customer(unit, one.row) for one in compared if one.is_changing}
        people = customers.ensure_locked(tx, wanted, now, locked)
        stored = [*_correct_rows(tx, unit, journey, compared, people), *_insert_rows(tx, unit, compared, people)]
        mark_seen(tx, unit, compared)
        _store_answers(tx, journey, stored, questions)
    moved = [one.before.customer_id for one in stored if one.before and one.before.customer_id != one.customer_id]
    unknown_people.delete_unknown_people(tx, {number for number in moved if number is not None})
    changes = {one.import_row_id: _list_changes(one, questions) for one in stored if one.before}
    return [_result(one, changes) for one in compared]


def _result(one: ComparedRow[AnswerRow], changes: Mapping[int, tuple[str, ...]]) -> RowResult:
    if one.outcome is RowOutcome.REFUSED:
        return RowResult(one.row, one.outcome, (ANOTHER_CONTENT,))
    if one.known is not None and one.outcome is RowOutcome.CORRECTED:
        return RowResult(one.row, one.outcome, changed=changes[one.known.id])
    return RowResult(one.row, one.outcome)


# ---- rows ------------------------------------------------------------------------------------------------------------


def _name_customer(unit: TableImport, row: AnswerRow) -> str:
    return row.customer or unit.name_customer(row.name)


def _insert_rows(
    tx: Connection, unit: TableImport, compared: Sequence[ComparedRow[AnswerRow]], people: Mapping[str, int]
) -> Iterator[_StoredRow]:
    """Store new rows and yield them."""
    new = [one for one in compared if one.outcome is RowOutcome.NEW]
    whose = [people[_name_customer(unit, one.row)] for one in new]
    rows = [make_row(unit, one, who, _list_told(one.row)) for one, who in zip(new, whose, strict=True)]
    ids = imported_rows.insert_rows(tx, rows)
    for one, who in zip(new, whose, strict=True):
        yield _StoredRow(one.row, ids[one.name], who)


def _correct_rows(
    tx: Connection,
    unit: TableImport,
    journey: Journey,
    compared: Sequence[ComparedRow[AnswerRow]],
    people: Mapping[str, int],
) -> Iterator[_StoredRow]:
    """Store what corrected rows are now, take their answers back, and yield them."""
    corrected = [
        (one, one.known, people[_name_customer(unit, one.row)])
        for one in compared
        if one.outcome is RowOutcome.CORRECTED and one.known
    ]
    earlier = answers.list_by_rows(tx, [known.id for _, known, _ in corrected])
    remove_answers(tx, journey, earlier)
    imported_rows.save_corrected(
        tx, {known.id: make_row(unit, one, who, _list_told(one.row)) for one, known, who in corrected}
    )
    for one, known, who in corrected:
        yield _StoredRow(one.row, known.id, who, known, earlier.get(known.id, ()))


def _list_told(row: AnswerRow) -> dict[datetime, Mapping[str, str]]:
    return {row.at: row.attributes}


# ---- answers ---------------------------------------------------------------------------------------------------------


def _store_answers(tx: Connection, journey: Journey, stored: Sequence[_StoredRow], questions: Collection[str]) -> None:
    """Store what rows tell and answer; ``earlier`` answers to other questions than these are stored again."""
    versions = journeys.list_versions_in_force(tx)
    in_force = {key: version.journey for key, version in versions.items()}
    untell_attributes(tx, (told for one in stored if one.before for told in one.before.list_told()), in_force)
    known = tell_attributes(
        tx,
        [
            ToldAttribute(one.customer_id, key, one.row.at, value, imported=True)
            for one in stored
            for key, value in one.row.attributes.items()
        ],
        {(one.customer_id, one.row.at) for one in stored},
        in_force,
    )
    cohort_ids = cohorts.ensure_ids(tx, journey, [known.find_at(one.customer_id, one.row.at) for one in stored])
    new: list[NewAnswer] = []
    for one, cohort_id in zip(stored, cohort_ids, strict=True):
        new += _new_answers(journey, versions[journey.key].version, one, cohort_id)
        new += _kept_answers(one, questions, cohort_id)
    answers.insert_new_answers(tx, journey, new)


def _new_answers(journey: Journey, version: int, one: _StoredRow, cohort_id: int) -> Iterator[NewAnswer]:
    row = one.row
    for answer in row.answers:
        yield NewAnswer(
            customer_id=one.customer_id,
            journey=journey.key,
            version=version,
            question=answer.question,
            kind=answer.kind,
            subject=answer.subject,
            stage=answer.stage,
            day=row.day,
            channel=row.channel or answer.channel,
            cohort_id=cohort_id,
            at=row.at,
            value=answer.value,
            choice=answer.choice,
            text=answer.text,
            recalled=answer.question in journey.recalled_questions,
            source="import",
            import_row_id=one.import_row_id,
        )


def _kept_answers(one: _StoredRow, questions: Collection[str], cohort_id: int) -> Iterator[NewAnswer]:
    for answer in one.earlier:
        if answer.question not in questions:
            yield answers.make_new(
                answer,
                customer_id=one.customer_id,
                at=one.row.at,
                day=one.row.day,
                channel=one.row.channel or answer.channel,
                cohort_id=cohort_id,
            )


# ---- what a correction changed ---------------------------------------------------------------------------------------


def _list_changes(one: _StoredRow, questions: Collection[str]) -> tuple[str, ...]:
    """Return what a corrected row says otherwise: "customer", "at", "channel", keys of attributes and of questions."""
    row, earlier = one.row, [answer for answer in one.earlier if answer.question in questions]
    changed = []
    if one.before is not None and one.before.customer_id != one.customer_id:
        changed.append("customer")
    if any(answer.at != row.at for answer in one.earlier):
        changed.append("at")
    channels = {answer.question: answer.channel for answer in earlier}
    if any((row.channel or a.channel) != channels.get(a.question, row.channel or a.channel) for a in row.answers):
        changed.append("channel")
    told = {attribute.key: attribute.value for attribute in one.before.list_told()} if one.before else {}
    changed += sorted(key for key in {*told, *row.attributes} if told.get(key) != row.attributes.get(key))
    before, after = _list_given(earlier), _list_given(row.answers)
    return (*changed, *sorted(key for key in {*before, *after} if before.get(key) != after.get(key)))


def _list_given(given: Sequence[Answer] | Sequence[RowAnswer]) -> dict[str, list[Any]]:
    """Return what was answered, by question."""
    answered: defaultdict[str, list[Any]] = defaultdict(list)
    for answer in given:
        answered[answer.question].append(answer.text or answer.choice or answer.value)
    return {question: sorted(values) for question, values in answered.items()}
