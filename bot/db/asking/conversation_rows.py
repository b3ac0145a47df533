"""Everything that a conversation needs but its answers, in one query: every tap asks for it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, select

from bot.db.asking.invitations import Invitation, invitation_from_row
from bot.db.asking.responses import Response, response_from_row
from bot.db.asking.tables import invitation_table, response_table
from bot.db.engine.database import Connection
from bot.db.journeys import journeys
from bot.db.journeys.tables import journey_version_table
from bot.db.people.customers import Customer, customer_from_row
from bot.db.people.tables import customer_table
from cjm.journeys.journey import Journey


@dataclass(frozen=True, slots=True)
class ConversationRows:
    """Invitation with its journey as it was worded then, its customer and its response, None before it began."""

    invitation: Invitation
    journey: Journey
    customer: Customer
    response: Response | None


def find_by_invitation(tx: Connection, invitation_id: int) -> ConversationRows | None:
    """Return an invitation with its journey, customer and response; None when it is gone."""
    row = tx.execute(_FIND, {"id": invitation_id}).first()
    if row is None:
        return None
    invitation = invitation_from_row(row)
    return ConversationRows(
        invitation=invitation,
        journey=journeys.parse_version(invitation.journey, invitation.version, row.source),
        customer=customer_from_row(row),
        response=response_from_row(row) if row._mapping[response_table.c.id] is not None else None,
    )


def _build_query() -> Select[Any]:
    version = (journey_version_table.c.key == invitation_table.c.journey) & (
        journey_version_table.c.version == invitation_table.c.version
    )
    joined = (
        invitation_table.join(customer_table, customer_table.c.id == invitation_table.c.customer_id)
        .join(journey_version_table, version)
        .outerjoin(response_table, response_table.c.invitation_id == invitation_table.c.id)
    )
    columns = (invitation_table, customer_table, response_table, journey_version_table.c.source)
    return select(*columns).select_from(joined).where(invitation_table.c.id == bindparam("id"))


_FIND = _build_query()
