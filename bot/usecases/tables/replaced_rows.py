"""Find rows that would replace others of the same name, such as next month's, numbered from 1 again."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.db.asking import answers
from bot.db.engine.database import Connection
from bot.db.imports import imported_rows
from bot.db.imports.table_imports import TableImport
from bot.db.journeys import visits
from bot.db.people import customers
from cjm.tables.answer_rows import AnswerRow
from cjm.tables.event_rows import EventRow

MOST_COMPARED = 500  # rows of a file: enough to tell another file from a corrected one


@dataclass(slots=True)
class _RowFacts:
    """Times of a row, and what it tells: answers, or the places of its visits."""

    times: set[datetime] = field(default_factory=set)
    told: set[Any] = field(default_factory=set)


def measure_replaced_share(tx: Connection, unit: TableImport, rows: Sequence[AnswerRow | EventRow]) -> float:
    """Return which share of the rows that an import knows by name would be about something else.

    A corrected row keeps its time or what it tells; one that keeps neither is another row. Erased rows are left out.
    """
    names = {unit.hash_name(row.name): row for row in rows}
    known = {row.id: row for row in imported_rows.find_by_names(tx, unit.id, names).values() if not row.erased}
    if len(known) < 2:  # one row alone does not tell another file from a correction
        return 0.0
    stored = _list_stored_facts(tx, list(known))
    people = customers.list_by_ids(tx, sorted({row.customer_id for row in known.values() if row.customer_id}))
    replaced = 0
    for number, before in known.items():
        row, person = names[before.name], people.get(before.customer_id or 0)
        is_same_person = row.customer is None or (person is not None and person.external_id == row.customer)
        now, then = _row_facts(row), stored[number]
        is_same = bool(now.times & then.times) or (is_same_person and bool(now.told & then.told))
        replaced += bool(then.times) and not is_same
    return replaced / len(known)


def _row_facts(row: AnswerRow | EventRow) -> _RowFacts:
    if isinstance(row, AnswerRow):
        return _RowFacts({row.at}, {(a.question, a.value, a.choice, a.text) for a in row.answers})
    return _RowFacts({event.at for event in row.events}, {event.touchpoint or event.stage for event in row.events})


def _list_stored_facts(tx: Connection, row_ids: Sequence[int]) -> defaultdict[int, _RowFacts]:
    """Return what rows told, by id."""
    facts: defaultdict[int, _RowFacts] = defaultdict(_RowFacts)
    for number, theirs in answers.list_by_rows(tx, row_ids).items():
        told = {(a.question, a.value, a.choice, a.text) for a in theirs}
        facts[number] = _RowFacts({a.at for a in theirs}, told)
    for visit in visits.list_by_import_rows(tx, row_ids):
        assert visit.import_row_id is not None  # they were found by it
        facts[visit.import_row_id].times.add(visit.at)
        facts[visit.import_row_id].told.add(visit.touchpoint or visit.stage)
    return facts
