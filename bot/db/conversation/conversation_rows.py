"""Everything that a conversation needs, in two queries: every tap asks for it.

The first query finds the customer and may lock them; the second reads what other writers about this person change. On
PostgreSQL each statement sees what was committed before it began, so the second sees what the lock has waited for.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, bindparam, exists, func, select

from bot.db.asking.answers import Answer, answer_from_row
from bot.db.asking.awaited_texts import AwaitedTextKind
from bot.db.asking.invitations import Invitation, invitation_from_row
from bot.db.asking.responses import Response, response_from_row
from bot.db.asking.tables import answer_table, invitation_table, prompt_table, response_table
from bot.db.cases.tables import case_table
from bot.db.delivery.tables import letter_table
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.journeys import journeys
from bot.db.journeys.tables import journey_version_table
from bot.db.people.customers import Customer, customer_from_row
from bot.db.people.tables import customer_table
from cjm.journeys.journey import Journey


@dataclass(frozen=True, slots=True)
class ConversationRows:
    """Invitation with its journey as it was worded then, its customer, and how far the conversation has come.

    ``current_journey`` is the version in force: under which keys things count together is up to it.
    ``response`` is None before it began. ``day_answers`` are all answers of the customer about the day of the visit:
    the conversation's own, and others that count together with them. ``case`` is the number of the case that the
    response opened. ``has_doubted_letters``: a letter to their chat may have arrived although its call broke.
    ``awaits_words``: their next text may be taken for words of this conversation.
    """

    invitation: Invitation
    journey: Journey
    current_journey: Journey
    customer: Customer
    response: Response | None
    day_answers: tuple[Answer, ...]
    case: int | None
    has_doubted_letters: bool
    awaits_words: bool


def find_by_invitation(tx: Connection, invitation_id: int, *, lock: bool = False) -> ConversationRows | None:
    """Return an invitation with all that belongs to it; None when it is gone.

    With ``lock``, other writers about this person who lock them too wait until the end of ``tx``.
    """
    found = (_FIND_AND_LOCK if lock else _FIND).find_row(tx, {"id": invitation_id})
    if found is None:
        return None
    customer = customer_from_row(found)
    chat = {"messenger": customer.address.messenger, "address": customer.address.id} if customer.address else _NO_CHAT
    rows = _FIND_PROGRESS.list_rows(tx, {"id": invitation_id} | chat)
    first, invitation = rows[0], invitation_from_row(rows[0])
    journey = journeys.parse_version(invitation.journey, invitation.version, found.source)
    newer = found.newer_version
    return ConversationRows(
        invitation=invitation,
        journey=journey,
        current_journey=journeys.parse_version(invitation.journey, newer, found.newer_source) if newer else journey,
        customer=customer,
        response=response_from_row(first) if _has(first, response_table.c.id) else None,
        day_answers=tuple(answer_from_row(row) for row in rows if _has(row, answer_table.c.id)),
        case=first._mapping[case_table.c.id],
        has_doubted_letters=first.has_doubted_letters,
        awaits_words=first.awaits_words,
    )


def _has(row: Row[Any], column: Any) -> bool:
    """Return whether the outer join found a row of the column's table."""
    return row._mapping[column] is not None


def _build_customer_query() -> Select[Any]:
    version = (journey_version_table.c.key == invitation_table.c.journey) & (
        journey_version_table.c.version == invitation_table.c.version
    )
    newer = journey_version_table.alias("newer")
    newest = select(func.max(journey_version_table.c.version)).where(
        journey_version_table.c.key == invitation_table.c.journey
    )
    is_newer = (
        (newer.c.key == invitation_table.c.journey)
        & (newer.c.version > invitation_table.c.version)
        & (newer.c.version == newest.correlate(invitation_table).scalar_subquery())
    )
    joined = (
        invitation_table.join(customer_table, customer_table.c.id == invitation_table.c.customer_id)
        .join(journey_version_table, version)
        .outerjoin(newer, is_newer)
    )
    newer_columns = newer.c.version.label("newer_version"), newer.c.source.label("newer_source")
    columns = (customer_table, journey_version_table.c.source, *newer_columns)
    return select(*columns).select_from(joined).where(invitation_table.c.id == bindparam("id"))


def _build_progress_query() -> Select[Any]:
    of_day = (answer_table.c.customer_id == invitation_table.c.customer_id) & (
        answer_table.c.day == invitation_table.c.day
    )
    joined = (
        invitation_table.outerjoin(response_table, response_table.c.invitation_id == invitation_table.c.id)
        .outerjoin(case_table, case_table.c.response_id == response_table.c.id)
        .outerjoin(answer_table, of_day)
    )
    doubted = exists().where(*_is_in_chat(letter_table), letter_table.c.unknown_at.is_not(None))
    is_comment = (prompt_table.c.kind == AwaitedTextKind.COMMENT) & (prompt_table.c.ref == bindparam("id"))
    words = exists().where(*_is_in_chat(prompt_table), is_comment)
    columns = (
        invitation_table,
        response_table,
        case_table.c.id,
        doubted.label("has_doubted_letters"),
        words.label("awaits_words"),
        answer_table,
    )
    wanted = select(*columns).select_from(joined).where(invitation_table.c.id == bindparam("id"))
    return wanted.order_by(answer_table.c.id)


def _is_in_chat(table: Table) -> tuple[ColumnElement[bool], ...]:
    return table.c.messenger == bindparam("messenger"), table.c.address == bindparam("address")


_NO_CHAT = {"messenger": None, "address": None}

# Built once: building such a statement costs more than running it.
_CUSTOMER = _build_customer_query()
_FIND = PreparedStatement(_CUSTOMER)
_FIND_AND_LOCK = PreparedStatement(_CUSTOMER.with_for_update(of=customer_table))  # SQLite has one writer and ignores it
_FIND_PROGRESS = PreparedStatement(_build_progress_query())
