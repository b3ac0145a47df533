"""Rows to export, page by page by their ids: no export holds a transaction open for long."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, select

from bot.db.asking.tables import answer_table
from bot.db.cases.tables import case_message_table, case_table
from bot.db.engine.database import Connection
from bot.db.journeys.tables import visit_table
from bot.db.people.tables import customer_table
from cjm.cases.case import CaseAuthor

PAGE_SIZE = 2000  # rows
ExportedRow = Mapping[str, Any]


class ExportKind(StrEnum):
    """Kind of rows that can be exported, as people type it."""

    ANSWERS = "answers"
    VISITS = "visits"
    CASES = "cases"


def list_rare_cohorts(tx: Connection, kind: ExportKind, journey: str, minimum: int) -> frozenset[int]:
    """Return the cohorts in which fewer than ``minimum`` people have such rows: attributes could give them away."""
    table = _TABLES[kind]
    people = func.count(table.c.customer_id.distinct())
    rare = select(table.c.cohort_id).where(table.c.journey == journey).group_by(table.c.cohort_id)
    return frozenset(tx.scalars(rare.having(people < minimum)))


def list_page(tx: Connection, kind: ExportKind, journey: str, after: int) -> list[ExportedRow]:
    """Return at most `PAGE_SIZE` rows after the one with the id ``after``, by id.

    A row has the columns of its table and ``external_id``; a case also the ``text`` of its customer's first message and
    the number of its ``messages``.
    """
    table = _TABLES[kind]
    wanted = (
        _SELECTS[kind]().where(table.c.journey == journey, table.c.id > after).order_by(table.c.id).limit(PAGE_SIZE)
    )
    return [dict(row._mapping) for row in tx.execute(wanted)]


def _select_answers() -> Select[Any]:
    return select(answer_table, customer_table.c.external_id).join(
        customer_table, customer_table.c.id == answer_table.c.customer_id
    )


def _select_visits() -> Select[Any]:
    return select(visit_table, customer_table.c.external_id).join(
        customer_table, customer_table.c.id == visit_table.c.customer_id
    )


def _select_cases() -> Select[Any]:
    from_customer = (case_message_table.c.case_id == case_table.c.id) & (
        case_message_table.c.author == CaseAuthor.CUSTOMER
    )
    first_text = select(case_message_table.c.text).where(from_customer).order_by(case_message_table.c.id).limit(1)
    message_count = select(func.count()).where(case_message_table.c.case_id == case_table.c.id)
    columns: tuple[ColumnElement[Any], ...] = (
        first_text.scalar_subquery().label("text"),
        message_count.scalar_subquery().label("messages"),
    )
    return select(case_table, customer_table.c.external_id, *columns).join(
        customer_table, customer_table.c.id == case_table.c.customer_id
    )


_TABLES: Mapping[ExportKind, Table] = {
    ExportKind.ANSWERS: answer_table,
    ExportKind.VISITS: visit_table,
    ExportKind.CASES: case_table,
}
_SELECTS: Mapping[ExportKind, Callable[[], Select[Any]]] = {
    ExportKind.ANSWERS: _select_answers,
    ExportKind.VISITS: _select_visits,
    ExportKind.CASES: _select_cases,
}
