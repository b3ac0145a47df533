"""Letters that move a conversation into a new message: reminders, and steps below words that the customer wrote.

Invariants:

* A reminder goes out once by itself, and once more whenever the customer said "later" (``wanted`` in its data).
* The conversation is in the new message only when that has arrived; until then it stays in the old one.
* ``touched`` in the data is when the conversation was last touched before the letter was posted. A later tap may not be
  in the message, so the repair pass shows the step again.
"""

from dataclasses import replace
from datetime import datetime

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load_context
from bot.db.asking import responses
from bot.db.delivery import message_subjects
from bot.db.delivery.letters import Letter
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.messages.message import Message
from bot.outbox.kinds import LetterDropped, LetterName, LetterOutcome
from bot.outbox.letters.question import render_reminder, render_step
from cjm.asking.invitation_state import ANSWERABLE_STATES, InvitationState
from cjm.conversation.branches import next_step
from cjm.conversation.conversation import ClosingStep, Conversation


class ReminderLetter:
    """Kind of letter with the open question. ``data``: ``invitation``, ``touched``, and ``wanted`` after a "later"."""

    name = LetterName.REMINDER

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def write(self, letter: Letter) -> Message | LetterDropped:
        now = self._clock.now()

        def render(tx: Connection) -> Message | LetterDropped:
            context = load_context(tx, letter.data["invitation"])
            objection = _find_objection(context, letter, now)
            if context is None or objection:
                return LetterDropped(objection or "gone")
            resumed = replace(context, conversation=_resume_if_snoozed(context.conversation))
            return render_reminder(resumed, now, was_asked_for=bool(letter.data.get("wanted")))

        return await self._db.read(render)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        settle_in_new_message(tx, letter, outcome)


class StepLetter:
    """Kind of letter with the conversation's current step. ``data``: ``invitation`` and ``touched``."""

    name = LetterName.STEP

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def write(self, letter: Letter) -> Message | LetterDropped:
        now = self._clock.now()

        def render(tx: Connection) -> Message | LetterDropped:
            context = load_context(tx, letter.data["invitation"])
            if context is None or context.customer.address != letter.to:
                return LetterDropped("gone")
            return render_step(context, now)

        return await self._db.read(render)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        settle_in_new_message(tx, letter, outcome)


def _find_objection(context: ConversationContext | None, letter: Letter, now: datetime) -> str | None:
    """Return why the reminder must not be sent any more, or None when it may."""
    if context is None or context.customer.address != letter.to:
        return "gone"
    if context.customer.stopped_at is not None:
        return "stopped"
    is_over = context.invitation.expires_at is not None and now >= context.invitation.expires_at
    was_asked_for = bool(letter.data.get("wanted"))
    # Only a customer who asked for it is reminded of a conversation that they have begun.
    is_waiting = context.invitation.state in (ANSWERABLE_STATES if was_asked_for else (InvitationState.OPEN,))
    if not is_waiting or is_over:
        return "answered or ended"
    return "answered meanwhile" if was_asked_for and context.conversation.step != ClosingStep.SNOOZED else None


def _resume_if_snoozed(conversation: Conversation) -> Conversation:
    if conversation.step != ClosingStep.SNOOZED:
        return conversation
    return replace(conversation, step=next_step(conversation))


def settle_in_new_message(tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
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
        step = _resume_if_snoozed(context.conversation).step
        # A tap between posting and arriving may be missing from this message: without ``shown`` the repair shows it.
        shown = step if letter.data.get("touched") == response.touched_at.isoformat() else None
        responses.save(tx, replace(response, address=letter.to, message_id=outcome.message_id, step=step, shown=shown))
