"""The invitation: the first question about a visit, checked once more just before it leaves.

Invariants:

* Read again before it leaves: whether the visit was withdrawn, the customer's address, consent, stop and mutes, and
  whether the last moment to ask has passed. In the customer's quiet hours it is held until they end, or dropped if that
  is too late. Frequency, sampling and the journey in force are not read again: the decision to ask stands for them.
* A hold and a drop are stored as decisions, so that `tropa why` shows them.
* The language is fixed when the invitation is sent.
* An invitation that may or may not have arrived opens its conversation all the same. A tap on it is the proof, and
  without one the reminder is the second chance.
"""

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load_context, outside_quiet_hours
from bot.conversation.opening import open_conversation, record_message
from bot.db.asking import decisions, invitations, mutes
from bot.db.asking.decisions import NewDecision
from bot.db.asking.invitations import Invitation
from bot.db.delivery.letters import Letter
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection, Database
from bot.db.journeys import visits
from bot.db.people import customers
from bot.messages.message import Message
from bot.outbox import policy
from bot.outbox.kinds import LetterDropped, LetterHeld, LetterName, LetterOutcome
from bot.outbox.letters.question import render_step
from cjm.asking.decision import Ask, AskingReason, Decision, Hold, Skip
from cjm.asking.invitation_state import InvitationState
from cjm.asking.quiet_hours import QuietHours


class InvitationLetter:
    """Kind of letter with a survey's first question. ``data``: ``invitation`` (its id).

    ``answer_period`` is how long it may be answered; ``quiet`` holds for customers without quiet hours of their own.
    """

    name = LetterName.INVITATION
    is_repeated = False  # the reminder is the second chance

    def __init__(self, db: Database, clock: Clock, answer_period: timedelta, quiet: QuietHours | None) -> None:
        self._db, self._clock, self._answer_period, self._quiet = db, clock, answer_period, quiet

    async def write(self, letter: Letter) -> Message | LetterDropped | LetterHeld:
        now = self._clock.now()

        def render(tx: Connection) -> Message | LetterDropped | LetterHeld:
            context = _check_invitation(tx, load_context(tx, letter.data["invitation"]), letter, now)
            if isinstance(context, AskingReason):
                return LetterDropped(context)
            until = outside_quiet_hours(now, context, self._quiet)
            return LetterHeld(until, AskingReason.QUIET_HOURS) if until > now else render_step(context, now)

        return await self._db.read(render)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        context = load_context(tx, letter.data["invitation"], lock=True)
        if context is None:
            return
        invitation = context.invitation
        if outcome.state in (LetterState.SENT, LetterState.UNKNOWN):
            opened = open_conversation(tx, context, outcome.at, self._answer_period)
            if outcome.message_id is not None:
                record_message(tx, opened, letter.to, outcome.message_id, outcome.at)
            if invitation.reason == AskingReason.QUIET_HOURS:  # else the last decision to be seen would be the hold
                _store_decision(tx, invitation, Ask(), outcome.at)
            return
        if outcome.state is LetterState.UNREACHABLE:
            customers.update_customer(tx, context.customer.id, unreachable_at=outcome.at)
        if invitation.state == InvitationState.RESERVED:
            _hold_or_drop(tx, invitation, outcome)


def _hold_or_drop(tx: Connection, invitation: Invitation, outcome: LetterOutcome) -> None:
    reason = _drop_reason(outcome) if outcome.until is None else AskingReason.QUIET_HOURS
    state = InvitationState.DROPPED if outcome.until is None else InvitationState.RESERVED
    invitations.set_state(tx, invitation.id, state, reason=reason)
    if reason in set(AskingReason):  # not if the messenger refused it
        known = AskingReason(reason)
        decision = Skip(known) if outcome.until is None else Hold(outcome.until, known)
        _store_decision(tx, invitation, decision, outcome.at)


def _store_decision(tx: Connection, invitation: Invitation, decision: Decision, now: datetime) -> None:
    until = decision.until if isinstance(decision, Hold) else None
    new = NewDecision(
        invitation.visit_id, invitation.customer_id, invitation.survey, decision.verdict, decision.reason, until, now
    )
    decisions.insert_decisions(tx, [new])


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
    if context.customer.address != letter.to:
        return AskingReason.NO_CHAT  # the chat that the letter was written to is not theirs any more
    if (wish := find_wish_against(tx, context)) is not None:
        return wish
    return AskingReason.TOO_LATE if now > context.invitation.not_after else context


def find_wish_against(tx: Connection, context: ConversationContext) -> AskingReason | None:
    """Return what the business or the customer has said since the decision against asking this question."""
    visit = visits.list_by_ids(tx, [context.invitation.visit_id])
    if not visit or visit[0].withdrawn:
        return AskingReason.WITHDRAWN
    if context.customer.consent_at is None:
        return AskingReason.NO_CONSENT
    if context.customer.stopped_at is not None:
        return AskingReason.STOPPED
    is_muted = context.invitation.subject in mutes.list_by_customer(tx, context.customer.id)
    return AskingReason.MUTED if is_muted else None
