"""Rows to export, page by page by their ids: no export holds a transaction open for long."""

from collections import defaultdict
from collections.abc import Callable, Container, Mapping
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, Table, func, or_, select

from bot.db.asking.tables import answer_table, decision_table, invitation_table, response_table
from bot.db.cases.tables import case_message_table, case_table
from bot.db.engine.database import Connection
from bot.db.journeys.tables import visit_table
from bot.db.people.own_names import list_own_names
from bot.db.people.tables import customer_table
from bot.db.sealing.sealed_answers import is_sealed, is_to_be_sealed
from cjm.asking.invitation_state import InvitationState
from cjm.blurring.journey_blur import JourneyBlur
from cjm.cases.case import CaseAuthor
from cjm.figures.export_cells import AnswerCell
from cjm.journeys.journey import Journey
from cjm.tables.own.columns import ExportKind

PAGE_SIZE = 2000  # rows
ExportedRow = Mapping[str, Any]


def list_rare_cohorts(tx: Connection, kind: ExportKind, journey: str, minimum: int) -> frozenset[int]:
    """Return the cohorts in which fewer than ``minimum`` people have such rows: attributes could give them away."""
    rows = _SELECTS[kind]().where(_of_journey(kind, journey)).subquery()
    rare = select(rows.c.cohort_id).group_by(rows.c.cohort_id)
    return frozenset(tx.scalars(rare.having(func.count(rows.c.customer_id.distinct()) < minimum)))


def count_people(tx: Connection, kind: ExportKind, journey: str) -> int:
    """Return how many people's rows an export has; sealed answers count for none."""
    people = func.count(_TABLES[kind].c.customer_id.distinct())
    return tx.scalar(_SELECTS[kind]().with_only_columns(people).where(_of_journey(kind, journey))) or 0


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
    tx: Connection, kind: ExportKind, journey: Journey, after: int, *, is_anonymous: bool = False
) -> list[ExportedRow]:
    """Return at most `PAGE_SIZE` rows after the one with the id ``after``, by id.

    With ``is_anonymous`` only answers that name nobody, whose ids are random: their order tells nothing, and only
    questions about which nothing but the asking remains. Answers that are to be sealed are left out, and so are
    messages of volunteer diaries.
    A row has the columns of its table, ``external_id``, and what `cjm.tables.own.columns` names beside them. Personal
    data in a ``text`` is blurred.
    """
    table = _TABLES[kind]
    wanted = _SELECTS[kind]().where(_of_journey(kind, journey.key), table.c.id > after)
    if kind is ExportKind.ANSWERS:
        wanted = wanted.where(is_sealed() if is_anonymous else ~is_to_be_sealed())
    if kind is ExportKind.INVITATIONS and is_anonymous:
        wanted = wanted.where(invitation_table.c.state == InvitationState.CLOSED)
    rows = [dict(row._mapping) for row in tx.execute(wanted.order_by(table.c.id).limit(PAGE_SIZE))]
    return _blur_texts(tx, journey, rows)


def _of_journey(kind: ExportKind, journey: str) -> ColumnElement[bool]:
    if kind is ExportKind.DECISIONS:
        return or_(visit_table.c.journey == journey, invitation_table.c.journey == journey)
    is_of_journey = _TABLES[kind].c.journey == journey
    return is_of_journey & invitation_table.c.diary_id.is_(None) if kind is ExportKind.INVITATIONS else is_of_journey


def _blur_texts(tx: Connection, journey: Journey, rows: list[dict[str, Any]]) -> list[ExportedRow]:
    blur = JourneyBlur.of_journey(journey)
    called = list_own_names(tx, (row["customer_id"] for row in rows if row.get("text")))
    for row in rows:
        if row.get("text"):
            names = (row["own_names"] or "", *called.get(row["customer_id"], ()))
            row["text"] = blur.blur(row["text"], names)
    return [*rows]


_VISIT = visit_table.alias("visited")  # of an answer or an invitation, for its event's id


def _select_answers() -> Select[Any]:
    joined = (
        answer_table.outerjoin(customer_table, customer_table.c.id == answer_table.c.customer_id)
        .outerjoin(_VISIT, _VISIT.c.id == answer_table.c.visit_id)
        .outerjoin(response_table, response_table.c.id == answer_table.c.response_id)
    )
    beside = (customer_table.c.external_id, _VISIT.c.event_id, response_table.c.invitation_id.label("invitation"))
    return select(answer_table, *beside).select_from(joined)


def _select_visits() -> Select[Any]:
    return select(visit_table, customer_table.c.external_id).join(
        customer_table, customer_table.c.id == visit_table.c.customer_id
    )


def _select_invitations() -> Select[Any]:
    r = response_table.c
    joined = (
        invitation_table.join(customer_table, customer_table.c.id == invitation_table.c.customer_id)
        .outerjoin(_VISIT, _VISIT.c.id == invitation_table.c.visit_id)
        .outerjoin(response_table, r.invitation_id == invitation_table.c.id)
    )
    talk = (r.started_at, r.finished_at, r.touched_at, r.step, r.contact)
    return select(invitation_table, customer_table.c.external_id, _VISIT.c.event_id, *talk).select_from(joined)


def _select_decisions() -> Select[Any]:
    d, v, i = decision_table.c, visit_table.c, invitation_table.c
    joined = (
        decision_table.join(customer_table, customer_table.c.id == d.customer_id)
        .outerjoin(visit_table, v.id == d.visit_id)
        .outerjoin(invitation_table, i.id == d.invitation_id)
    )
    beside = (
        customer_table.c.external_id,
        v.event_id,
        func.coalesce(v.day, i.day).label("day"),
        func.coalesce(v.stage, i.stage).label("stage"),
        func.coalesce(v.touchpoint, v.stage, i.subject).label("subject"),
        func.coalesce(v.cohort_id, i.cohort_id).label("cohort_id"),
    )
    return select(decision_table, *beside).select_from(joined)


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
        response_table.c.invitation_id.label("invitation"),
    )
    joined = case_table.join(customer_table, customer_table.c.id == case_table.c.customer_id).outerjoin(
        response_table, response_table.c.id == case_table.c.response_id
    )
    return select(case_table, customer_table.c.external_id, *columns).select_from(joined)


_TABLES: Mapping[ExportKind, Table] = {
    ExportKind.ANSWERS: answer_table,
    ExportKind.VISITS: visit_table,
    ExportKind.INVITATIONS: invitation_table,
    ExportKind.DECISIONS: decision_table,
    ExportKind.CASES: case_table,
}
_SELECTS: Mapping[ExportKind, Callable[[], Select[Any]]] = {
    ExportKind.ANSWERS: _select_answers,
    ExportKind.VISITS: _select_visits,
    ExportKind.INVITATIONS: _select_invitations,
    ExportKind.DECISIONS: _select_decisions,
    ExportKind.CASES: _select_cases,
}
