"""What a conversation is about and how far it came: everything but its answers, in one query."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, select

from bot.db.asking import invitations, responses
from bot.db.asking.invitations import Invitation
from bot.db.asking.responses import Response
from bot.db.asking.tables import invitation_table, response_table
from bot.db.cases.tables import case_table
from bot.db.engine.database import Connection
from bot.db.journeys import journeys
from bot.db.journeys.tables import journey_version_table
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.db.people.tables import customer_table
from cjm.journeys.journey import Journey


@dataclass(frozen=True, slots=True)
class ConversationRows:
    """``case`` is the number of the case that a yes to contact opened."""

    invitation: Invitation
    journey: Journey
    customer: Customer
    response: Response | None
    case_number: int | None


def find_by_invitation(tx: Connection, invitation_id: int) -> ConversationRows | None:
    """An invitation with all that hangs on it; None when it is gone."""
    row = tx.execute(_FIND, {"id": invitation_id}).first()
    if row is None:
        return None
    invited = invitations.invitation_from_row(row[:_INVITATION])
    return ConversationRows(
        invitation=invited,
        journey=journeys.parse_version(invited.journey, invited.version, row.source),
        customer=customers.customer_from_row(row[_INVITATION:_CUSTOMER]),
        response=responses.response_from_row(row[_CUSTOMER:_RESPONSE]) if row[_CUSTOMER] is not None else None,
        case_number=row[-1],
    )


_INVITATION = len(invitation_table.c)  # where the columns of each table end
_CUSTOMER = _INVITATION + len(customer_table.c)
_RESPONSE = _CUSTOMER + len(response_table.c)


def _query() -> Select[Any]:
    version = (journey_version_table.c.key == invitation_table.c.journey) & (
        journey_version_table.c.version == invitation_table.c.version
    )
    joined = (
        invitation_table.join(customer_table, customer_table.c.id == invitation_table.c.customer_id)
        .join(journey_version_table, version)
        .outerjoin(response_table, response_table.c.invitation_id == invitation_table.c.id)
        .outerjoin(case_table, (case_table.c.response_id == response_table.c.id) & (response_table.c.contact == "yes"))
    )
    columns = (invitation_table, customer_table, response_table, journey_version_table.c.source, case_table.c.id)
    return select(*columns).select_from(joined).where(invitation_table.c.id == bindparam("id"))


_FIND = _query()
