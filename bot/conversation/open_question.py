"""The open question of a person: the one that they can answer now, by a tap or in words."""

from datetime import datetime

from bot.conversation.context import ConversationContext, load_context
from bot.db.asking import invitations
from bot.db.engine.database import Connection
from bot.db.people import customers
from cjm.address import Address
from cjm.asking.invitation_state import ANSWERABLE_STATES


def find_open_question(tx: Connection, address: Address, now: datetime) -> ConversationContext | None:
    """Return the conversation whose step is a question that this person can answer; None if there is none."""
    person = customers.find_by_address(tx, address)
    invitation = invitations.find_open(tx, person.id) if person is not None else None
    if invitation is None or invitation.state not in ANSWERABLE_STATES:
        return None
    is_over = invitation.expires_at is not None and now >= invitation.expires_at
    context = load_context(tx, invitation.id) if not is_over else None
    is_asking = context is not None and context.response is not None and context.conversation.question is not None
    return context if is_asking else None
