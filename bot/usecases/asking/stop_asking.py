"""Ask a customer less: later, not about this, not at all; and take such a wish back.

Invariants:

* A wish takes effect at once, in the transaction of its tap or command; what was answered until then stays.
* Taking a wish back undoes what it set (a mute, a stop), even if its question can no longer be reopened.
* Consent stays as it was given, and answers to the customer's own cases still reach them.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load_context, outside_quiet_hours
from bot.conversation.saving import save_move
from bot.db.asking import invitations, mutes
from bot.db.asking.invitations import CountedInvitation
from bot.db.delivery import letters
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.engine.database import Connection, Database, lock_customer
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.outbox.kinds import LetterName
from bot.usecases.asking.turn import Act, ConversationTap, TapNotice, TurnResult, apply_act, find_own_context, take_turn
from cjm.address import Address
from cjm.asking.quiet_hours import QuietHours
from cjm.conversation import turns
from cjm.conversation.conversation import (
    CLOSED_STEPS,
    ClosingStep,
    Conversation,
    ConversationMove,
    TapEffect,
    TapRefusal,
    TapRefusalReason,
)

SNOOZE = timedelta(hours=24)

LAST_CALL = timedelta(hours=1)
"""A snoozed question comes back only if at least so long is left to answer it then."""


class AskingChange(StrEnum):
    """Result of a wish to be asked again, or not to be asked."""

    ON = "on"
    STOPPED = "stopped"  # by this wish
    ALREADY = "already"  # stopped by an earlier one
    NEVER = "never"  # without consent nobody is asked anyway


@dataclass(frozen=True, slots=True)
class AskingStopped:
    """Result of /stop. ``context`` is the open question that it ended, None if none had arrived."""

    asking: AskingChange
    context: ConversationContext | None = None


class StopAsking:
    """Wishes from within a question (methods with a ``tap``) and by command (methods with an ``address``)."""

    def __init__(self, db: Database, clock: Clock, answer_period: timedelta, quiet: QuietHours | None) -> None:
        self._db, self._clock, self._answer_period, self._quiet = db, clock, answer_period, quiet

    # ---- by a tap ----------------------------------------------------------------------------------------------------

    async def snooze(self, tap: ConversationTap) -> TurnResult:
        """Put the question off for SNOOZE, or longer in quiet hours.

        It comes back if it is still open then, for LAST_CALL at least.
        """
        now = self._clock.now()

        def write(tx: Connection) -> TurnResult:
            turn = take_turn(tx, tap, lambda conversation, _at: turns.snooze(conversation), now, self._answer_period)
            if turn.notice is not TapNotice.MOVED or turn.context is None:
                return turn
            return replace(turn, context=self._post_reminder(tx, turn.context, now))

        return await self._db.write(write)

    def _post_reminder(self, tx: Connection, context: ConversationContext, now: datetime) -> ConversationContext:
        invitation, response, address = context.invitation, context.response, context.customer.address
        assert response is not None  # the question was just put off in it
        assert address is not None
        due, expires = outside_quiet_hours(now + SNOOZE, context, self._quiet), invitation.expires_at
        # Too close to the end, the question stays where it is: the message says that it is open until then.
        if expires is not None and due > expires - LAST_CALL:
            due = now
        # Marked as reminded either way, so that `RemindAndExpire` does not remind as well.
        reminded = replace(invitation, reason=None, reminded_at=due)
        is_answered = response.started_at is not None
        invitations.save(tx, CountedInvitation(invitation, is_answered), CountedInvitation(reminded, is_answered))
        if due > now:
            data = {"invitation": invitation.id, "wanted": True, "touched": response.touched_at.isoformat()}
            key = f"later:{invitation.id}:{now.isoformat()}"
            letter = NewLetter(key, address, LetterName.REMINDER, LetterPriority.REMINDER, due, data, not_after=expires)
            letters.post(tx, letter, now)
        return replace(context, invitation=reminded)

    async def mute(self, tap: ConversationTap) -> TurnResult:
        """Close the question, and ask nothing about its touchpoint or stage until the customer takes that back."""
        now = self._clock.now()

        def write(tx: Connection) -> TurnResult:
            turn = take_turn(tx, tap, _close_at(ClosingStep.DECLINED), now, self._answer_period)
            if turn.notice is TapNotice.MOVED and turn.context is not None:
                mutes.mute(tx, turn.context.customer.id, turn.context.invitation.subject)
            return turn

        return await self._db.write(write)

    async def stop(self, tap: ConversationTap) -> TurnResult:
        """Close the question, and ask nothing more."""
        now = self._clock.now()

        def write(tx: Connection) -> TurnResult:
            turn = take_turn(tx, tap, _close_at(ClosingStep.STOPPED), now, self._answer_period)
            if turn.notice is TapNotice.MOVED and turn.context is not None:
                customers.update_customer(tx, turn.context.customer.id, stopped_at=now)
            return turn

        return await self._db.write(write)

    async def reopen(self, tap: ConversationTap) -> TurnResult:
        """Take "not about this" or "no more questions" back, and reopen the question.

        It stays closed after the change period, or if another question is open or on its way: a person has one at most.
        """
        now = self._clock.now()

        def write(tx: Connection) -> TurnResult:
            context = find_own_context(tx, tap.address, tap.invitation, lock=True)
            if isinstance(context, TapNotice):
                return TurnResult(context)
            context = _undo_wish(tx, context, now)
            open_invitation = invitations.find_open(tx, context.customer.id)
            is_busy = open_invitation is not None and open_invitation.id != context.invitation.id
            return apply_act(tx, context, tap, _refuse if is_busy else turns.reopen, now, self._answer_period)

        return await self._db.write(write)

    # ---- by command --------------------------------------------------------------------------------------------------

    async def stop_all(self, address: Address) -> AskingStopped:
        """Ask this person nothing more, and close the question that is open."""
        now = self._clock.now()

        def write(tx: Connection) -> AskingStopped:
            person = customers.find_by_address(tx, address)
            if person is None or person.consent_at is None:
                return AskingStopped(AskingChange.NEVER)
            if person.stopped_at is not None:
                return AskingStopped(AskingChange.ALREADY)
            # Locked before the open question is read, so that a tap at the same time is not overwritten.
            lock_customer(tx, person.id)
            customers.update_customer(tx, person.id, stopped_at=now)
            return AskingStopped(AskingChange.STOPPED, _close_open_question(tx, person, now))

        return await self._db.write(write)

    async def ask_again(self, address: Address) -> AskingChange:
        """Take /stop back. Without consent nothing changes: only `GiveConsent` stores it."""
        now = self._clock.now()

        def write(tx: Connection) -> AskingChange:
            person = customers.find_by_address(tx, address)
            if person is None or person.consent_at is None:
                return AskingChange.NEVER
            customers.update_customer(tx, person.id, stopped_at=None)
            # The next tick decides about all that still waits. Invitations that fell due meanwhile were dropped.
            invitations.make_due(tx, person.id, now)
            return AskingChange.ON

        return await self._db.write(write)


def _close_at(step: ClosingStep) -> Act:
    """Return an act that closes a conversation at ``step``. An ended one is refused: it keeps its own ending."""

    def act(conversation: Conversation, now: datetime) -> ConversationMove | TapRefusal:
        if conversation.step in CLOSED_STEPS or conversation.finished_at is not None:
            return TapRefusal(TapRefusalReason.ENDED)
        return ConversationMove(turns.close(conversation, step, now), TapEffect.MOVED)

    return act


def _refuse(_conversation: Conversation, _now: datetime) -> ConversationMove | TapRefusal:
    return TapRefusal(TapRefusalReason.ENDED)


def _undo_wish(tx: Connection, context: ConversationContext, now: datetime) -> ConversationContext:
    """Undo what the customer asked for when they closed this question: the mute, or the stop."""
    if context.conversation.step == ClosingStep.DECLINED:
        mutes.unmute(tx, context.customer.id, context.invitation.subject)
    if context.conversation.step != ClosingStep.STOPPED:
        return context
    customers.update_customer(tx, context.customer.id, stopped_at=None)
    invitations.make_due(tx, context.customer.id, now)
    return replace(context, customer=replace(context.customer, stopped_at=None))


def _close_open_question(tx: Connection, person: Customer, now: datetime) -> ConversationContext | None:
    invitation = invitations.find_open(tx, person.id)
    context = load_context(tx, invitation.id) if invitation is not None else None
    # A letter still on its way has no response yet. It is checked again before it leaves, and dropped then.
    if context is None or context.response is None:
        return None
    conversation = turns.close(context.conversation, ClosingStep.STOPPED, now)
    return save_move(tx, context, ConversationMove(conversation, TapEffect.MOVED), now)
