"""Rows to export, page by page by their ids: no export holds a transaction open for long."""

from collections import defaultdict
from collections.abc import Callable, Container, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, Table, func, select

from bot.db.asking.tables import answer_table
from bot.db.cases.tables import case_message_table, case_table
from bot.db.engine.database import Connection
from bot.db.journeys.tables import visit_table
from bot.db.people.own_names import list_own_names
from bot.db.people.tables import customer_table
from bot.db.sealing.sealed_answers import is_sealed, is_to_be_sealed
from cjm.blurring.journey_blur import JourneyBlur
from cjm.cases.case import CaseAuthor
from cjm.figures.export_cells import AnswerCell
from cjm.journeys.journey import Journey

PAGE_SIZE = 2000  # rows
ExportedRow = Mapping[str, Any]


class ExportKind(StrEnum):
    """Kind of rows that can be exported, as people type it."""

    ANSWERS = "answers"
    VISITS = "visits"
    CASES = "cases"
    CHANGES = "changes"  # of the team, which name no customer: `bot.usecases.tables.change_rows` reads them


def list_rare_cohorts(tx: Connection, kind: ExportKind, journey: str, minimum: int) -> frozenset[int]:
    """Return the cohorts in which fewer than ``minimum`` people have such rows: attributes could give them away."""
    table = _TABLES[kind]
    people = func.count(table.c.customer_id.distinct())
    rare = select(table.c.cohort_id).where(table.c.journey == journey).group_by(table.c.cohort_id)
    return frozenset(tx.scalars(rare.having(people < minimum)))


def count_people(tx: Connection, kind: ExportKind, journey: str) -> int:
    """Return how many people's rows an export has; sealed answers count for none."""
    table = _TABLES[kind]
    people = select(func.count(table.c.customer_id.distinct())).where(table.c.journey == journey)
    return tx.execute(people).scalar_one()


def count_answer_cells(tx: Connection, journey: str, several: Container[str] = ()) -> dict[AnswerCell, int]:
    """Return how many answers that name nobody stand in each cell of a journey.

    Nothing tells which options were chosen together. So of the questions ``several`` the most frequent option counts:
    so many people there are at least.
    """
    key = [answer_table.c[name] for name in AnswerCell._fields]
    is_unnamed = (answer_table.c.journey == journey) & answer_table.c.customer_id.is_(None)
    found: defaultdict[AnswerCell, list[int]] = defaultdict(list)
    by_option = (*key, answer_table.c.choice)
    for row in tx.execute(select(*by_option, func.count().label("n")).where(is_unnamed).group_by(*by_option)):
        found[cell_of_row(row._mapping)].append(row.n)
    return {cell: max(counts) if cell.question in several else sum(counts) for cell, counts in found.items()}


def cell_of_row(answer: ExportedRow | RowMapping) -> AnswerCell:
    """Return the cell of an answer's row."""
    return AnswerCell(**{name: answer[name] for name in AnswerCell._fields})


def list_page(
    tx: Connection, kind: ExportKind, journey: Journey, after: int, *, is_unnamed: bool = False
) -> list[ExportedRow]:
    """Return at most `PAGE_SIZE` rows after the one with the id ``after``, by id.

    With ``is_unnamed`` only answers that name nobody, whose ids are random: their order tells nothing. Answers that are
    to be sealed are left out.
    A row has the columns of its table and ``external_id``; a case also the ``text`` of its customer's first message and
    the number of its ``messages``. Personal data in a ``text`` is blurred.
    """
    table = _TABLES[kind]
    of_journey = _SELECTS[kind]().where(table.c.journey == journey.key, table.c.id > after)
    wanted = of_journey if table is not answer_table else of_journey.where(~is_to_be_sealed())
    if is_unnamed:
        wanted = wanted.where(is_sealed())
    rows = [dict(row._mapping) for row in tx.execute(wanted.order_by(table.c.id).limit(PAGE_SIZE))]
    return _blur_texts(tx, journey, rows)


def _blur_texts(tx: Connection, journey: Journey, rows: list[dict[str, Any]]) -> list[ExportedRow]:
    blur = JourneyBlur.of_journey(journey)
    called = list_own_names(tx, (row["customer_id"] for row in rows if row.get("text")))
    for row in rows:
        if row.get("text"):
            names = (row["own_names"] or "", *called.get(row["customer_id"], ()))
            row["text"] = blur.blur(row["text"], names)
    return [*rows]


def _select_answers() -> Select[Any]:
    return select(answer_table, customer_table.c.external_id).outerjoin(
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
    text, own_names = (
        select(case_message_table.c[name]).where(from_customer).order_by(case_message_table.c.id).limit(1)
        for name in ("text", "own_names")
    )
    message_count = select(func.count()).where(case_message_table.c.case_id == case_table.c.id)
    columns: tuple[ColumnElement[Any], ...] = (
        text.scalar_subquery().label("text"),
        own_names.scalar_subquery().label("own_names"),
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
