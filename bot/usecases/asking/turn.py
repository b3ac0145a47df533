"""One turn of a conversation: check whose it is, apply a tap to it, and store the result.

Helpers for the use cases of this room; each runs in its caller's transaction. The rules are `cjm.conversation`'s.

Invariants:

* A tap is stored in one transaction: the answers with their counters, the step, and the state of the invitation.
* Only the customer who was asked may tap. Another person's tap and a forged id change nothing.
* The tapped message shows the conversation from then on, whichever message showed it before. That one is stored as left
  (`bot.db.conversation.left_messages`), so it loses its buttons, also after a crash.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.conversation.context import ConversationContext, load_context
from bot.conversation.opening import make_answerable
from bot.conversation.saving import save_move
from bot.db.asking.invitations import letter_key
from bot.db.conversation import left_messages
from bot.db.delivery import letters, message_subjects
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.engine.database import Connection
from bot.outbox.kinds import LetterName
from bot.usecases.people.record_reachability import mark_reachable
from cjm.address import Address
from cjm.asking.invitation_state import UNASKED_STATES, InvitationState
from cjm.conversation import turns
from cjm.conversation.conversation import Conversation, ConversationMove, TapEffect, TapRefusal, TapRefusalReason


class TapNotice(StrEnum):
    """Short feedback to a tap. The first five repeat `TapEffect`, the next four `TapRefusalReason`."""

    SAVED = TapEffect.SAVED.value
    CHANGED = TapEffect.CHANGED.value
    SAME = TapEffect.SAME.value
    SKIPPED = TapEffect.SKIPPED.value
    MOVED = TapEffect.MOVED.value
    ENDED = TapRefusalReason.ENDED.value
    TOO_LATE = TapRefusalReason.TOO_LATE.value
    NOT_ASKED = TapRefusalReason.NOT_ASKED.value
    NOT_LEGAL = TapRefusalReason.NOT_LEGAL.value
    NOT_YOURS = "not_yours"
    GONE = "gone"  # the customer was forgotten, or this question was never asked


@dataclass(frozen=True, slots=True)
class ConversationTap:
    """A tap on a conversation's button: who tapped, on which message, and the id of the invitation in the button."""

    address: Address
    message_id: str
    invitation: int


@dataclass(frozen=True, slots=True)
class TurnResult:
    """Result of one turn.

    ``context`` is to be shown in the tapped message. ``left_message`` is the id of another message that showed the
    conversation until now; it is to be shown as left behind. ``question`` is the key of the question whose answer an
    edited message was to change.
    """

    notice: TapNotice
    context: ConversationContext | None = None
    left_message: str | None = None
    question: str | None = None


Act = Callable[[Conversation, datetime], ConversationMove | TapRefusal]


def take_turn(tx: Connection, tap: ConversationTap, act: Act, now: datetime, answer_period: timedelta) -> TurnResult:
    """Apply ``act`` to the conversation that was tapped. ``answer_period`` is how long an invitation stays open.

    A refused act changes no answer, but the tap is stored: its message is shown again as the conversation stands.
    """
    context = find_own_context(tx, tap.address, tap.invitation, lock=True)
    if isinstance(context, TapNotice):
        return TurnResult(context)
    return apply_act(tx, context, tap, act, now, answer_period)


def apply_act(
    tx: Connection,
    stored: ConversationContext,
    tap: ConversationTap,
    act: Act,
    now: datetime,
    answer_period: timedelta,
) -> TurnResult:
    """Apply ``act`` to the conversation of a context that was loaded with a lock in ``tx``."""
    # The invitation waits or was dropped. Nobody was asked, so no button of ours names it.
    if stored.invitation.state in UNASKED_STATES:
        return TurnResult(TapNotice.GONE)
    if stored.invitation.state is InvitationState.CLOSED:  # nothing is known of its answers: its message says so
        return TurnResult(TapNotice.ENDED, stored)
    context, left_message = _move_to_tapped(tx, stored, tap, now, answer_period)
    move = act(context.conversation, now)
    if isinstance(move, TapRefusal):
        notice, move = TapNotice(move.reason.value), _make_refused_move(context.conversation, move, now)
    else:
        notice = TapNotice(move.effect.value)
    moved = save_move(tx, context, move, now, stored=stored)
    if tap.message_id != _shown_in(stored):
        assert moved.response is not None  # save_move() has stored it
        subject = MessageSubject(SubjectKind.RESPONSE, moved.response.id)
        message_subjects.save(tx, tap.address, tap.message_id, subject, now)
        if stored.response is not None:
            left_messages.save_left(tx, stored.response, now)
        if stored.has_doubted_letters:
            _prove_arrival(tx, stored, tap, now)
    return TurnResult(notice, moved, left_message)


def _make_refused_move(conversation: Conversation, refusal: TapRefusal, now: datetime) -> ConversationMove:
    """Return the move of a refused tap. One that came too late closes the change that was begun in time."""
    is_late = refusal.reason is TapRefusalReason.TOO_LATE
    return ConversationMove(turns.end_changes(conversation, now) if is_late else conversation, TapEffect.MOVED)


def find_own_context(
    tx: Connection, address: Address, invitation_id: int, *, lock: bool = False
) -> ConversationContext | TapNotice:
    """Load the context of an invitation for the customer who was asked, or say why it is not shown.

    With ``lock``, other writers about this customer wait until the end of ``tx``.
    """
    context = load_context(tx, invitation_id, lock=lock)
    if context is None:
        return TapNotice.GONE
    return context if context.customer.address == address else TapNotice.NOT_YOURS


def _move_to_tapped(
    tx: Connection, stored: ConversationContext, tap: ConversationTap, now: datetime, answer_period: timedelta
) -> tuple[ConversationContext, str | None]:
    """Take the tap as the proof that its message arrived, and move the conversation to that message.

    Return the context, whose response is not stored yet, and the id of the message that showed the conversation before,
    if it is another one.
    """
    context, before = make_answerable(stored, now, answer_period), _shown_in(stored)
    response = context.response
    assert response is not None  # make_answerable() has made it
    # Somebody who taps can be reached again, whatever the messenger said of them last.
    if stored.customer.unreachable_at is not None:
        mark_reachable(tx, stored.customer.id, now)
        context = replace(context, customer=replace(stored.customer, unreachable_at=None))
    if (response.address, before) == (tap.address, tap.message_id):
        return context, None
    moved = replace(response, address=tap.address, message_id=tap.message_id)
    return replace(context, response=moved), before if before != tap.message_id else None


def _prove_arrival(tx: Connection, stored: ConversationContext, tap: ConversationTap, now: datetime) -> None:
    """Take the tap as the proof that a letter arrived that may have: it is not repeated any more."""
    if _shown_in(stored) is None and letters.mark_arrived(tx, letter_key(tap.invitation), tap.message_id, now):
        return
    about, kinds = {"invitation": tap.invitation}, (LetterName.STEP, LetterName.REMINDER)
    letters.prove_arrival(tx, tap.address, kinds, about, tap.message_id, now)


def _shown_in(context: ConversationContext) -> str | None:
    """Return the id of the message that shows the conversation; None while none is known to."""
    return context.response.message_id if context.response is not None else None
