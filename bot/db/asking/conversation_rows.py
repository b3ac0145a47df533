"""What a conversation is about and how far it came: everything but its answers, in one query."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, select

from bot.db.asking import invitations, responses
from bot.db.asking.invitations import Invitation
from bot.db.asking.responses import Response
from bot.db.engine.database import Connection
from bot.db.engine.rows import case, customer, invitation, journey_version, response
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.db.people.customers import Customer
from cjm.journeys.journey import Journey


@dataclass(frozen=True, slots=True)
class ConversationRows:
    """``case`` is the number of the case that a yes to contact opened."""

    invitation: Invitation
    journey: Journey
    customer: Customer
    response: Response | None
    case: int | None


def find(tx: Connection, invitation_id: int) -> ConversationRows | None:
    """An invitation with all that hangs on it; None when it is gone."""
    row = tx.execute(_FIND, {"id": invitation_id}).first()
    if row is None:
        return None
    invited = invitations.read(row[:_INVITATION])
    return ConversationRows(
        invitation=invited,
        journey=journeys.parsed(invited.journey, invited.version, row.source),
        customer=customers.read(row[_INVITATION:_CUSTOMER]),
        response=responses.read(row[_CUSTOMER:_RESPONSE]) if row[_CUSTOMER] is not None else None,
        case=row[-1],
    )


_INVITATION = len(invitation.c)  # where the columns of each table end
_CUSTOMER = _INVITATION + len(customer.c)
_RESPONSE = _CUSTOMER + len(response.c)


def _query() -> Select[Any]:
    version = (journey_version.c.key == invitation.c.journey) & (journey_version.c.version == invitation.c.version)
    joined = (
        invitation.join(customer, customer.c.id == invitation.c.customer_id)
        .join(journey_version, version)
        .outerjoin(response, response.c.invitation_id == invitation.c.id)
        .outerjoin(case, (case.c.response_id == response.c.id) & (response.c.contact == "yes"))
    )
    columns = (invitation, customer, response, journey_version.c.source, case.c.id)
    return select(*columns).select_from(joined).where(invitation.c.id == bindparam("id"))


_FIND = _query()
