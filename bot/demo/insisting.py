"""Ask a person of the demo's page although the rules would wait: "ask anyway"."""

from datetime import datetime

from bot.app.tropa import Tropa
from bot.clock import TravellingClock
from bot.conversation.context import load_context
from bot.conversation.saving import save_move
from bot.db.asking import invitations
from bot.db.engine.database import Connection
from bot.db.people import customers
from cjm.asking.invitation_state import InvitationState
from cjm.conversation import turns
from cjm.conversation.conversation import ClosingStep, ConversationMove, TapEffect


class AskAnyway:
    """``await ask_anyway(external_id) -> whether a question was sent``.

    The question that is open is closed as if its time were over, and quiet hours are put aside for the moment.
    """

    def __init__(self, tropa: Tropa, clock: TravellingClock) -> None:
        self._tropa, self._clock = tropa, clock

    async def __call__(self, external_id: str) -> bool:
        db, now = self._tropa.db, self._clock.now()
        found = await db.write(lambda tx: _make_room(tx, external_id, now))
        if found is None:
            return False
        customer_id, quiet_hours = found
        try:
            await self._tropa.settle()
        finally:
            await db.write(lambda tx: customers.update_customer(tx, customer_id, quiet_hours=quiet_hours))
        return await db.read(lambda tx: invitations.find_open(tx, customer_id)) is not None


def _make_room(tx: Connection, external_id: str, now: datetime) -> tuple[int, str | None] | None:
    """Make what waits for the person due; return their id and own quiet hours, None for an unknown person."""
    customer = customers.find_by_external_id(tx, external_id)
    if customer is None:
        return None
    opened = invitations.find_open(tx, customer.id)
    if opened is not None:
        _close_invitation(tx, opened.id, now)
    customers.update_customer(tx, customer.id, quiet_hours="")
    invitations.make_due(tx, customer.id, now)
    return customer.id, customer.quiet_hours


def _close_invitation(tx: Connection, invitation_id: int, now: datetime) -> None:
    context = load_context(tx, invitation_id, lock=True)
    if context is None or context.response is None:
        # Still on its way: it was held in quiet hours.
        invitations.set_state(tx, invitation_id, InvitationState.DROPPED)
        return
    conversation = turns.close(context.conversation, ClosingStep.EXPIRED, now)
    save_move(tx, context, ConversationMove(conversation, TapEffect.MOVED), now)
