"""The invitation: the first question about a visit, checked once more just before it leaves.

Invariants:

* Read again before it leaves: whether the visit was withdrawn, the customer's address, consent and stop, and whether
  the last moment to ask has passed. Mutes, frequency and quiet hours are not: the decision to ask stands for them.
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
from bot.outbox import policy
from bot.outbox.kinds import LetterDropped, LetterName, LetterOutcome
from bot.outbox.letters.question import render_step
from cjm.asking.decision import AskingReason
from cjm.asking.invitation_state import InvitationState


class InvitationLetter:
    """Kind of letter with a survey's first question. ``data``: ``invitation`` (its id).

    ``answer_period`` is how long it may be answered.
    """

    name = LetterName.INVITATION
    is_repeated = False  # the reminder is the second chance

    def __init__(self, db: Database, clock: Clock, answer_period: timedelta) -> None:
        self._db, self._clock, self._answer_period = db, clock, answer_period

    async def write(self, letter: Letter) -> Message | LetterDropped:
        now = self._clock.now()

        def render(tx: Connection) -> Message | LetterDropped:
            context = _check_invitation(tx, load_context(tx, letter.data["invitation"]), letter, now)
            return LetterDropped(context) if isinstance(context, AskingReason) else render_step(context, now)

        return await self._db.read(render)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        invitations.lock_invited_customer(tx, letter.data["invitation"])
        context = load_context(tx, letter.data["invitation"])
        if context is None:
            return
        if outcome.state in (LetterState.SENT, LetterState.UNKNOWN):
            opened = open_conversation(tx, context, outcome.at, self._answer_period)
            if outcome.message_id is not None:
                record_message(tx, opened, letter.to, outcome.message_id, outcome.at)
            return
        if outcome.state is LetterState.UNREACHABLE:
            customers.update_customer(tx, context.customer.id, unreachable_at=outcome.at)
        if context.invitation.state == InvitationState.RESERVED:
            invitations.set_state(tx, context.invitation.id, InvitationState.DROPPED, reason=_drop_reason(outcome))


def _drop_reason(outcome: LetterOutcome) -> str:
    if outcome.reason == policy.TOO_LATE.reason:
        return AskingReason.TOO_LATE
    # Only an AskingReason can be looked up; instead of a messenger's own sentence the letter's state is stored.
    return outcome.reason if outcome.reason in set(AskingReason) else str(outcome.state)


def _check_invitation(
    tx: Connection, context: ConversationContext | None, letter: Letter, now: datetime
) -> ConversationContext | AskingReason:
    """Return the context of an invitation that may be sent, else the reason why it must not."""
    if context is None or context.invitation.state != InvitationState.RESERVED:
        return AskingReason.WITHDRAWN
    visit = visits.list_by_ids(tx, [context.invitation.visit_id])
    if not visit or visit[0].withdrawn:
        return AskingReason.WITHDRAWN
    if context.customer.address != letter.to:
        return AskingReason.NO_CHAT  # the chat that the letter was written to is not theirs any more
    if context.customer.consent_at is None:
        return AskingReason.NO_CONSENT
    if context.customer.stopped_at is not None:
        return AskingReason.STOPPED
    return AskingReason.TOO_LATE if now > context.invitation.not_after else context
