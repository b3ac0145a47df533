"""The invitation: the first question about a visit, checked once more just before it leaves.

Invariants:

* Everything that the decision to ask rested on is read again: the customer may have stopped us, the visit may have
  been withdrawn, the hour may be late.
* The language is fixed when the invitation is sent.
* An invitation that may or may not have arrived opens its conversation all the same. A tap on it is the proof, and
  without one the reminder is the second chance.
"""

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load_context
from bot.conversation.opening import open_conversation, record_message
from bot.db.asking import invitations
from bot.db.delivery.letters import Letter
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection, Database
from bot.db.journeys import visits
from bot.db.people import customers
from bot.messages.message import Message
from bot.outbox.kinds import LetterDropped, LetterName, LetterOutcome
from bot.outbox.letters.question import render_step
from cjm.asking.decision import AskingReason
from cjm.asking.invitation_state import InvitationState


class InvitationLetter:
    """Kind of letter. ``data``: ``invitation``. ``expire`` is how long it may be answered."""

    name = LetterName.INVITATION

    def __init__(self, db: Database, clock: Clock, expire: timedelta) -> None:
        self._db, self._clock, self._expire = db, clock, expire

    async def write(self, letter: Letter) -> Message | LetterDropped:
        now = self._clock.now()

        def render(tx: Connection) -> Message | LetterDropped:
            context = load_context(tx, letter.data["invitation"])
            objection = _find_objection(tx, context, letter, now)
            if context is None or objection:
                return LetterDropped(objection or AskingReason.WITHDRAWN)
            return render_step(context, now)

        return await self._db.read(render)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        invitations.lock_invited_customer(tx, letter.data["invitation"])
        context = load_context(tx, letter.data["invitation"])
        if context is None:
            return
        if outcome.state in (LetterState.SENT, LetterState.UNKNOWN):
            opened = open_conversation(tx, context, outcome.at, self._expire)
            if outcome.message_id is not None:
                record_message(tx, opened, letter.to, outcome.message_id, outcome.at)
            return
        if outcome.state is LetterState.UNREACHABLE:
            customers.update_customer(tx, context.customer.id, unreachable_at=outcome.at)
        if context.invitation.state == InvitationState.RESERVED:
            # A messenger's own sentence is not one of the reasons that can be looked up: then the state stands for it.
            reason = outcome.reason if outcome.reason in set(AskingReason) else str(outcome.state)
            invitations.set_state(tx, context.invitation.id, InvitationState.DROPPED, reason=reason)


def _find_objection(tx: Connection, context: ConversationContext | None, letter: Letter, now: datetime) -> str | None:
    """Return why the invitation must not be sent any more, or None when it may."""
    if context is None or context.invitation.state != InvitationState.RESERVED:
        return AskingReason.WITHDRAWN
    visit = visits.list_by_ids(tx, [context.invitation.visit_id])
    if not visit or visit[0].withdrawn:
        return AskingReason.WITHDRAWN
    if context.customer.address != letter.to:
        return AskingReason.NO_CHAT
    if context.customer.consent_at is None:
        return AskingReason.NO_CONSENT
    if context.customer.stopped_at is not None:
        return AskingReason.STOPPED
    return AskingReason.TOO_LATE if now > context.invitation.not_after else None
