"""Letters that move a conversation into a new message: reminders, and steps below a customer's written answer.

Invariants:

* At most one reminder is sent unasked. Each snooze posts one more, unless the invitation ends too soon after it; a
  snooze cancels the unasked one.
* Before a reminder leaves, also one that a snooze posted, it is decided again by the rules of asking: it is held until
  what forbids it now has ended, or dropped. One that a snooze posted may come on any day of the week, as its reader
  chose the day. A step answers the customer's own words, so it goes at any hour.
* The conversation is in the new message only when that has arrived; until then it stays in the old one. Then the old
  one is left, and loses its buttons (`bot.db.conversation.left_messages`).
* Of these letters only the reminder that a snooze posted ends the snooze. A step below a written answer leaves it.
* ``touched`` in the data is when the conversation was last touched before the letter was posted. A later tap may not be
  in the message, so the repair pass shows the step again.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load_context
from bot.db.asking import responses
from bot.db.conversation import left_messages
from bot.db.delivery import message_subjects
from bot.db.delivery.letters import Letter
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.messages.message import Message
from bot.outbox.kinds import LetterDropped, LetterHeld, LetterName, LetterOutcome
from bot.outbox.letters.invitation import find_objection
from bot.outbox.letters.question import render_reminder, render_step, render_understood
from cjm.asking.decision import AskingRules
from cjm.asking.invitation_state import ANSWERABLE_STATES, InvitationState
from cjm.conversation.branches import next_step
from cjm.conversation.conversation import ClosingStep, Conversation


class ReminderObjection(StrEnum):
    """Reason why a conversation does not wait for its reminder any more; stored as the letter's reason."""

    GONE = "gone"  # the customer was forgotten, or writes from another chat
    NOT_WAITING = "not waiting for an answer"  # begun, answered, declined or closed since
    EXPIRED = "expired"
    SNOOZED = "snoozed"  # the reminder that the snooze posted comes instead
    NO_LONGER_SNOOZED = "no longer snoozed"  # the customer has gone on by themselves


class ReminderLetter:
    """Kind of letter with the open question.

    ``data``: ``invitation`` (its id), ``touched``, and ``wanted`` if a snooze posted it.
    """

    name = LetterName.REMINDER
    is_repeated = False

    def __init__(self, db: Database, clock: Clock, rules: AskingRules) -> None:
        self._db, self._clock, self._rules = db, clock, rules

    async def write(self, letter: Letter) -> Message | LetterDropped | LetterHeld:
        now = self._clock.now()

        def render(tx: Connection) -> Message | LetterDropped | LetterHeld:
            context = _check_reminder(load_context(tx, letter.data["invitation"]), letter, now)
            if isinstance(context, ReminderObjection):
                return LetterDropped(context)
            is_wanted = _was_snoozed(letter)
            if (objection := find_objection(tx, context, self._rules, now, is_wanted=is_wanted)) is not None:
                return objection
            conversation = replace(context.conversation, step=_resumed_step(context.conversation))
            return render_reminder(replace(context, conversation=conversation), now, was_asked_for=is_wanted)

        return await self._db.read(render)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        _move_to_new_message(tx, letter, outcome, ends_snooze=_was_snoozed(letter))


class StepLetter:
    """Kind of letter with the conversation's current step.

    ``data``: ``invitation`` (its id), ``touched``, ``left``, the message that was stored as left with the letter, and
    ``answered``, the key of a question that was answered in words, so that its reader sees what was understood.
    """

    name = LetterName.STEP
    is_repeated = True  # the old message says already that it goes on below

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def write(self, letter: Letter) -> Message | LetterDropped:
        now = self._clock.now()

        def render(tx: Connection) -> Message | LetterDropped:
            context = load_context(tx, letter.data["invitation"])
            if context is None or context.customer.address != letter.to:
                return LetterDropped("gone")
            answered = letter.data.get("answered")
            return render_step(context, now) if answered is None else render_understood(context, now, answered)

        return await self._db.read(render)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        _move_to_new_message(tx, letter, outcome, ends_snooze=False)


def _check_reminder(
    context: ConversationContext | None, letter: Letter, now: datetime
) -> ConversationContext | ReminderObjection:
    """Return the context of a conversation that waits for this reminder, else the reason why it does not."""
    if context is None or context.customer.address != letter.to:
        return ReminderObjection.GONE
    return _find_state_against(context, letter, now) or context


def _find_state_against(context: ConversationContext, letter: Letter, now: datetime) -> ReminderObjection | None:
    """Return why the conversation does not wait for this reminder."""
    was_snoozed = _was_snoozed(letter)
    # Only a customer who asked for it is reminded of a conversation that they have begun.
    if context.invitation.state not in (ANSWERABLE_STATES if was_snoozed else (InvitationState.OPEN,)):
        return ReminderObjection.NOT_WAITING
    if context.invitation.expires_at is not None and now >= context.invitation.expires_at:
        return ReminderObjection.EXPIRED
    is_snoozed = context.conversation.step == ClosingStep.SNOOZED
    if was_snoozed and not is_snoozed:
        return ReminderObjection.NO_LONGER_SNOOZED
    return ReminderObjection.SNOOZED if is_snoozed and not was_snoozed else None


def _was_snoozed(letter: Letter) -> bool:
    """Return whether the customer said "later" and this reminder keeps that promise."""
    return bool(letter.data.get("wanted"))


def _resumed_step(conversation: Conversation) -> str:
    """Return the step that a reminder shows: the next question instead of the words that it will come back."""
    return next_step(conversation) if conversation.step == ClosingStep.SNOOZED else conversation.step


def _move_to_new_message(tx: Connection, letter: Letter, outcome: LetterOutcome, *, ends_snooze: bool) -> None:
    """Move the conversation into the new message if that has arrived; otherwise it stays in the old one."""
    context = load_context(tx, letter.data["invitation"])
    if context is None or context.response is None:
        return
    response = context.response
    if outcome.state is LetterState.UNREACHABLE:
        customers.update_customer(tx, context.customer.id, unreachable_at=outcome.at)
    if outcome.state is LetterState.SENT and outcome.message_id is not None:
        message_subjects.save(
            tx, letter.to, outcome.message_id, MessageSubject(SubjectKind.RESPONSE, response.id), outcome.at
        )
        step = _resumed_step(context.conversation) if ends_snooze else response.step
        # A tap between posting and arriving may be missing from this message: without ``shown`` the repair shows it.
        is_as_posted = letter.data.get("touched") == response.touched_at.isoformat()
        shown = step if is_as_posted else None
        # Below a written answer the old message was left when the letter was posted, and may say so already.
        if not is_as_posted or letter.data.get("left") != response.message_id:
            left_messages.save_left(tx, response, outcome.at)
        responses.save(tx, replace(response, address=letter.to, message_id=outcome.message_id, step=step, shown=shown))
