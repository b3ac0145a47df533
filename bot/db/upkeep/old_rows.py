"""Old rows: the oldest day of them, their people, and deleting them once their counts are settled."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Table, delete, func, select, union, union_all

from bot.db.asking.tables import answer_table, invitation_table
from bot.db.cases.tables import case_table
from bot.db.counters.row_selection import RowSelection
from bot.db.engine.announcements import ERASURES, announce
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.imports import imported_rows
from bot.db.journeys.tables import stage_entry_table, visit_table
from bot.db.people.tables import customer_table
from bot.db.sealing import sealed_answers
from cjm.cases.case import CaseState

_FACT_TABLES = (answer_table, visit_table)
# Visits last: answers and questions hang on them. Questions without a visit go by themselves.
_TABLES = (answer_table, case_table, stage_entry_table, invitation_table, visit_table)


def find_oldest_day(tx: Connection, journey: str, before: date) -> date | None:
    """Return the oldest day before ``before`` with a row that `delete_old_rows` deletes; None without any."""
    oldest = [select(func.min(table.c.day).label("day")).where(_is_old(table, journey, before)) for table in _TABLES]
    days = [row.day for row in tx.execute(union_all(*oldest)) if row.day is not None]
    return min(days, default=None)


def list_old_cases(tx: Connection, journey: str, before: date) -> list[int]:
    """Return the numbers of the cases that `delete_old_rows` deletes."""
    return list(tx.scalars(select(case_table.c.id).where(_is_old(case_table, journey, before))))


def lock_people(tx: Connection, journey: str, before: date) -> Sequence[int]:
    """Return the ids of people with rows to delete. Other writers about them wait until the end of ``tx``.

    Otherwise an answer that comes meanwhile would pair with a day that is about to go.
    """
    theirs = union(*(select(table.c.customer_id).where(_is_old(table, journey, before)) for table in _TABLES))
    # In the order in which events lock people, so that the two do not wait for each other in a ring.
    people = select(customer_table.c.id).where(customer_table.c.id.in_(theirs)).order_by(customer_table.c.external_id)
    return tx.scalars(people.with_for_update(key_share=True)).all()  # SQLite has one writer and ignores the lock


def delete_old_rows(tx: Connection, journey: str, before: date, people: Sequence[int]) -> None:
    """Delete these people's visits, questions, answers and closed cases of days before ``before`` with all of theirs.

    Settle their counters first: deleted rows cannot be counted any more. Rows about somebody else, which an import may
    have stored since `lock_people`, stay for the next time. Rows of imports whose facts are all gone then are erased,
    so that their file does not bring them back. Sealed answers go too: they count as settled since they were sealed.
    """
    announce(tx, ERASURES)
    sealed_answers.delete_before(tx, journey, before)
    for customer_ids in split_into_chunks(people):
        import_rows = _list_import_rows(tx, journey, before, customer_ids)
        for table in _TABLES:
            tx.execute(delete(table).where(_is_old(table, journey, before, customer_ids)))
        imported_rows.mark_erased(tx, sorted(import_rows - _list_with_facts(tx, import_rows)))


def _list_import_rows(tx: Connection, journey: str, before: date, customer_ids: Sequence[int]) -> set[int]:
    """Return the ids of the rows of imports that these old facts came from."""
    columns = (
        select(table.c.import_row_id).where(
            _is_old(table, journey, before, customer_ids), table.c.import_row_id.is_not(None)
        )
        for table in _FACT_TABLES
    )
    return {row.import_row_id for row in tx.execute(union(*columns))}


def _list_with_facts(tx: Connection, import_rows: Collection[int]) -> set[int]:
    """Return those of these rows of imports that have a fact still."""
    found: set[int] = set()
    for chunk in split_into_chunks(sorted(import_rows)):
        columns = (select(t.c.import_row_id).where(t.c.import_row_id.in_(chunk)) for t in _FACT_TABLES)
        found |= {row.import_row_id for row in tx.execute(union(*columns))}
    return found


def _is_old(table: Table, journey: str, before: date, customer_ids: Sequence[int] | None = None) -> ColumnElement[bool]:
    condition = RowSelection(customer_ids, before=before).condition(table, journey)
    return condition & _OLD_ONES[table] if table in _OLD_ONES else condition


_OLD_ONES = {
    case_table: case_table.c.state == CaseState.CLOSED,
    invitation_table: invitation_table.c.visit_id.is_(None),
}
