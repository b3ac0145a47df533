"""Ask a customer less: later, less often, not about this, not at all; and take such a wish back.

Invariants:

* A wish takes effect at once, in the transaction of its tap or command; what was answered until then stays.
* Taking a wish back undoes what it set (less often, a mute, a stop), even if its question can no longer be reopened.
* Consent keeps the time at which it was given; its records tell each stop and each return.
* Answers to the customer's own cases still reach them.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.clock import Clock
from bot.conversation.context import ConversationContext, effective_quiet_hours, load_context
from bot.conversation.saving import save_move
from bot.db.asking import invitations, mutes
from bot.db.asking.invitations import CountedInvitation
from bot.db.counters import tallies
from bot.db.delivery import letters
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.diary import diaries
from bot.db.engine.database import Connection, Database, lock_customer
from bot.db.journeys import renamings
from bot.db.people import consent_records, customers
from bot.db.people.consent_states import ConsentWay
from bot.db.people.customers import Customer
from bot.outbox.kinds import LetterName
from bot.usecases.asking.turn import Act, ConversationTap, TapNotice, TurnResult, apply_act, find_own_context, take_turn
from cjm.address import Address
from cjm.asking.diary_state import DiaryState
from cjm.asking.quiet_hours import QuietHours
from cjm.asking.subject_names import SubjectHistory
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
from cjm.conversation.snooze import Snooze, find_snooze_end
from cjm.figures.asking.outcome import PUT_OFF

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

    async def snooze(self, tap: ConversationTap, snooze: Snooze = Snooze.TOMORROW) -> TurnResult:
        """Put the question off (`cjm.conversation.snooze` says until when).

        It comes back if it is still open then, for LAST_CALL at least.
        """
        now = self._clock.now()

        def write(tx: Connection) -> TurnResult:
            with tallies.gather_moves(tx):
                turn = take_turn(tx, tap, _snooze, now, self._answer_period)
                if turn.notice is not TapNotice.MOVED or turn.context is None:
                    return turn
                return replace(turn, context=self._post_reminder(tx, turn.context, snooze, now))

        return await self._db.write(write)

    def _post_reminder(
        self, tx: Connection, context: ConversationContext, snooze: Snooze, now: datetime
    ) -> ConversationContext:
        invitation, response, address = context.invitation, context.response, context.customer.address
        assert response is not None  # the question was just put off in it
        assert address is not None
        quiet_hours = effective_quiet_hours(context.customer, self._quiet)
        due, expires = find_snooze_end(now, snooze, context.zone, quiet_hours), invitation.expires_at
        # Too close to the end, the question stays where it is: the message says that it is open until then.
        if expires is not None and due > expires - LAST_CALL:
            due = now
        # Marked as reminded either way, so that `RemindAndExpire` does not remind as well.
        reminded = replace(invitation, reason=PUT_OFF, reminded_at=due)
        is_answered = response.started_at is not None
        invitations.save(tx, CountedInvitation(invitation, is_answered), CountedInvitation(reminded, is_answered))
        if due > now:
            data = {"invitation": invitation.id, "wanted": True, "touched": response.touched_at.isoformat()}
            key = f"later:{invitation.id}:{now.isoformat()}"
            letter = NewLetter(key, address, LetterName.REMINDER, LetterPriority.REMINDER, due, data, not_after=expires)
            letters.post(tx, letter, now)
        return replace(context, invitation=reminded)

    async def ask_less_often(self, tap: ConversationTap, is_wanted: bool) -> TurnResult:
        """Let more time pass between two questions from now on, or as much as before. This question stays open."""
        now = self._clock.now()

        def write(tx: Connection) -> TurnResult:
            turn = take_turn(tx, tap, _stay, now, self._answer_period)
            if turn.context is None or turn.notice is not TapNotice.MOVED:
                return turn
            _set_less_often(tx, turn.context.customer, is_wanted, now)
            customer = replace(turn.context.customer, asks_less_often=is_wanted)
            return replace(turn, context=replace(turn.context, customer=customer))

        return await self._db.write(write)

    async def mute(self, tap: ConversationTap) -> TurnResult:
        """Close the question, and ask nothing about its touchpoint or stage until the customer takes that back."""
        now = self._clock.now()

        def write(tx: Connection) -> TurnResult:
            turn = take_turn(tx, tap, _close_at(ClosingStep.DECLINED), now, self._answer_period)
            is_diary = turn.context is not None and turn.context.invitation.diary_id is not None
            if turn.notice is TapNotice.MOVED and turn.context is not None and not is_diary:
                mutes.mute(tx, turn.context.customer.id, turn.context.invitation.subject_name)
            return turn

        return await self._db.write(write)

    async def stop(self, tap: ConversationTap) -> TurnResult:
        """Close the question, and ask nothing more."""
        now = self._clock.now()

        def write(tx: Connection) -> TurnResult:
            turn = take_turn(tx, tap, _close_at(ClosingStep.STOPPED), now, self._answer_period)
            if turn.notice is TapNotice.MOVED and turn.context is not None:
                _stop(tx, turn.context.customer, ConsentWay.QUESTION, now)
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
            _stop(tx, person, ConsentWay.STOP, now)
            return AskingStopped(AskingChange.STOPPED, _close_open_question(tx, person, now))

        return await self._db.write(write)

    async def set_less_often(self, address: Address, is_wanted: bool) -> None:
        """Let more time pass between two questions, or as much as before, for a person whom we know."""
        now = self._clock.now()

        def write(tx: Connection) -> None:
            person = customers.find_by_address(tx, address)
            if person is not None:
                _set_less_often(tx, person, is_wanted, now)

        await self._db.write(write)

    async def ask_again(self, address: Address) -> AskingChange:
        """Take /stop back. Without consent nothing changes: only `GiveConsent` stores it."""
        now = self._clock.now()

        def write(tx: Connection) -> AskingChange:
            person = customers.find_by_address(tx, address)
            if person is None or person.consent_at is None:
                return AskingChange.NEVER
            _resume(tx, person, ConsentWay.ASK_AGAIN, now)
            return AskingChange.ON

        return await self._db.write(write)


def _close_at(step: ClosingStep) -> Act:
    """Return an act that closes a conversation at ``step``. An ended one is refused: it keeps its own ending."""

    def act(conversation: Conversation, now: datetime) -> ConversationMove | TapRefusal:
        if conversation.step in CLOSED_STEPS or conversation.finished_at is not None:
            return TapRefusal(TapRefusalReason.ENDED)
        return ConversationMove(turns.close(conversation, step, now), TapEffect.MOVED)

    return act


def _snooze(conversation: Conversation, _now: datetime) -> ConversationMove | TapRefusal:
    """Snooze a conversation; a message of a diary has no reminder: its volunteer was promised their number."""
    is_diary = conversation.survey.is_diary
    return TapRefusal(TapRefusalReason.NOT_LEGAL) if is_diary else turns.snooze(conversation)


def _stay(conversation: Conversation, _now: datetime) -> ConversationMove | TapRefusal:
    return ConversationMove(conversation, TapEffect.MOVED)


def _refuse(_conversation: Conversation, _now: datetime) -> ConversationMove | TapRefusal:
    return TapRefusal(TapRefusalReason.ENDED)


def _undo_wish(tx: Connection, context: ConversationContext, now: datetime) -> ConversationContext:
    """Undo what the customer asked for when they closed this question: the mute, or the stop."""
    if context.conversation.step == ClosingStep.DECLINED:
        _unmute(tx, context)
    if context.conversation.step != ClosingStep.STOPPED:
        return context
    _resume(tx, context.customer, ConsentWay.QUESTION, now)
    return replace(context, customer=replace(context.customer, stopped_at=None))


def _unmute(tx: Connection, context: ConversationContext) -> None:
    """End each mute of what this question is about, also one under another name that it had."""
    person, name = context.customer.id, context.invitation.subject_name
    muted = mutes.list_by_customer(tx, person)
    subjects = renamings.read_history(tx) if set(muted) - {name} else SubjectHistory(())
    mutes.unmute(tx, person, [one for one in muted if subjects.is_same(name, one, context.current_journey)])


def _stop(tx: Connection, person: Customer, way: ConsentWay, now: datetime) -> None:
    if person.stopped_at is None:
        consent_records.record_withdrawn(tx, person, way, now)
    customers.update_customer(tx, person.id, stopped_at=now)
    diaries.end_running(tx, person.id, DiaryState.STOPPED, now)


def _set_less_often(tx: Connection, person: Customer, is_wanted: bool, now: datetime) -> None:
    customers.update_customer(tx, person.id, asks_less_often=is_wanted)
    if person.asks_less_often and not is_wanted:
        invitations.make_due(tx, person.id, now)  # what waits because of the wish is decided again


def _resume(tx: Connection, person: Customer, way: ConsentWay, now: datetime) -> None:
    if person.stopped_at is not None:
        consent_records.record_resumed(tx, person, way, now)
    customers.update_customer(tx, person.id, stopped_at=None)
    # The next tick decides about all that still waits. Invitations that fell due meanwhile were dropped.
    invitations.make_due(tx, person.id, now)


def _close_open_question(tx: Connection, person: Customer, now: datetime) -> ConversationContext | None:
    invitation = invitations.find_open(tx, person.id)
    context = load_context(tx, invitation.id) if invitation is not None else None
    # A letter still on its way has no response yet. It is checked again before it leaves, and dropped then.
    if context is None or context.response is None:
        return None
    conversation = turns.close(context.conversation, ClosingStep.STOPPED, now)
    return save_move(tx, context, ConversationMove(conversation, TapEffect.MOVED), now)
