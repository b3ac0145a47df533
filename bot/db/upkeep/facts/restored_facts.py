"""Facts of own exports: those that are stored already, and rows for the others.

What is stored is inserted as it was, with its frozen day, channel and cohort. Callers move the counters.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, delete, exists, insert, select, update

from bot.db.asking.tables import answer_table, decision_table, invitation_table, response_table
from bot.db.cases.tables import case_message_table, case_table
from bot.db.changes.tables import change_table
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.imports.tables import imported_row_table
from cjm.asking.invitation_state import OPEN_STATES

INVITATIONS, RESPONSES, DECISIONS = invitation_table, response_table, decision_table
CASES, CASE_MESSAGES, CHANGES = case_table, case_message_table, change_table
"""Tables whose rows may come from own exports, for the functions that take a table."""

AnswerKey = tuple[int, str, datetime, str | None]
"""Customer's id, question, time, and the option of a choice."""


def _list_rows(tx: Connection, table: Table, column: ColumnElement[Any], values: Iterable[Any]) -> Iterator[Row[Any]]:
    for chunk in split_into_chunks(sorted(set(values))):
        yield from tx.execute(select(table).where(column.in_(chunk)))


def _is_foreign(table: Table, import_id: int) -> ColumnElement[bool]:
    """Return whether a row came from elsewhere than this import, whose own rows are known by their names."""
    row = imported_row_table.c
    return ~exists().where(row.id == table.c.import_row_id, row.import_id == import_id)


def find_answers(tx: Connection, import_id: int, journey: str, customer_ids: Collection[int]) -> set[AnswerKey]:
    """Return the keys of all answers of these people in a journey that an import has not brought itself."""
    a = answer_table.c
    columns = select(a.customer_id, a.question, a.at, a.choice).where(_is_foreign(answer_table, import_id))
    keys: set[AnswerKey] = set()
    # `+ ""` keeps the journey's index out: SQLite would choose it, and read all answers of the journey.
    for chunk in split_into_chunks(sorted(customer_ids)):
        for row in tx.execute(columns.where(a.customer_id.in_(chunk), a.journey + "" == journey)):
            keys.add((row.customer_id, row.question, row.at, row.choice))
    return keys


def find_invitations(tx: Connection, import_id: int, customer_ids: Collection[int]) -> set[tuple[int, str, datetime]]:
    """Return what these people were asked, by other ways than an import: customer's id, survey, when it was decided."""
    i = invitation_table.c
    columns = select(i.customer_id, i.survey, i.created_at).where(_is_foreign(invitation_table, import_id))
    return {
        (row.customer_id, row.survey, row.created_at)
        for chunk in split_into_chunks(sorted(customer_ids))
        for row in tx.execute(columns.where(i.customer_id.in_(chunk)))
    }


DecisionKey = tuple[int, str, datetime, int | None, int | None]
"""Customer's id, survey, time, and the ids of the visit and the invitation that a decision names."""


def find_decisions(tx: Connection, customer_ids: Collection[int]) -> set[DecisionKey]:
    """Return the decisions about these people."""
    rows = _list_rows(tx, decision_table, decision_table.c.customer_id, customer_ids)
    return {(row.customer_id, row.survey, row.at, row.visit_id, row.invitation_id) for row in rows}


def find_cases(tx: Connection, import_id: int, customer_ids: Collection[int]) -> set[tuple[int, datetime]]:
    """Return the cases of these people that an import has not brought itself: customer's id, and when it was opened."""
    c = case_table.c
    columns = select(c.customer_id, c.opened_at).where(_is_foreign(case_table, import_id))
    return {
        (row.customer_id, row.opened_at)
        for chunk in split_into_chunks(sorted(customer_ids))
        for row in tx.execute(columns.where(c.customer_id.in_(chunk)))
    }


def find_changes(tx: Connection, import_id: int, journey: str) -> set[tuple[str, datetime]]:
    """Return the changes of a journey that an import has not brought itself: title, and when it was planned."""
    is_meant = (change_table.c.journey == journey) & _is_foreign(change_table, import_id)
    return {(row.title, row.planned_at) for row in tx.execute(select(change_table).where(is_meant))}


def find_asked_people(tx: Connection, customer_ids: Collection[int]) -> set[int]:
    """Return those of these people who have an open question, or one on its way."""
    i = invitation_table.c
    is_open = i.state.in_(OPEN_STATES)
    found: set[int] = set()
    for chunk in split_into_chunks(sorted(customer_ids)):
        found |= set(tx.scalars(select(i.customer_id).where(i.customer_id.in_(chunk), is_open)))
    return found


def insert_rows(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store rows of a table."""
    if rows:
        tx.execute(insert(table), [dict(row) for row in rows])


def insert_imported(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Store rows of a table; return their ids by the row of the import that each came from."""
    insert_rows(tx, table, rows)
    return _find_ids(tx, table, [row["import_row_id"] for row in rows])


def _find_ids(tx: Connection, table: Table, import_row_ids: Iterable[int]) -> dict[int, int]:
    return {row.import_row_id: row.id for row in _list_rows(tx, table, table.c.import_row_id, import_row_ids)}


def find_invitation_ids(tx: Connection, import_row_ids: Iterable[int]) -> dict[int, int]:
    """Return the ids of the invitations that came from these rows of imports, by the row."""
    return _find_ids(tx, invitation_table, import_row_ids)


def find_response_ids(tx: Connection, import_row_ids: Iterable[int]) -> dict[int, int]:
    """Return the conversations about the invitations that came from these rows of imports, by the row."""
    i, r = invitation_table.c, response_table.c
    joined = select(i.import_row_id, r.id).join(response_table, r.invitation_id == i.id)
    found: dict[int, int] = {}
    for chunk in split_into_chunks(sorted(set(import_row_ids))):
        found |= {row.import_row_id: row.id for row in tx.execute(joined.where(i.import_row_id.in_(chunk)))}
    return found


def update_rows(tx: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Change rows of a table, each found by its ``id``."""
    for row in rows:
        values = {name: value for name, value in row.items() if name != "id"}
        tx.execute(update(table).where(table.c.id == row["id"]).values(values))


def list_by_import_rows(tx: Connection, table: Table, import_row_ids: Iterable[int]) -> dict[int, list[Row[Any]]]:
    """Return the rows of a table that came from these rows of imports, by the row."""
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in _list_rows(tx, table, table.c.import_row_id, import_row_ids):
        found[row.import_row_id].append(row)
    return found


def delete_by_ids(tx: Connection, table: Table, ids: Iterable[int]) -> None:
    """Delete rows of a table with all that hangs on them; the counters do not move."""
    for chunk in split_into_chunks(sorted(ids)):
        tx.execute(delete(table).where(table.c.id.in_(chunk)))
