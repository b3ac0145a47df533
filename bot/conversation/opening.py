"""Open a conversation when its invitation arrived or may have arrived, and record which message shows it.

Invariants:

* An invitation is opened once: RESERVED → OPEN, with its language, the time it was sent and the time it expires.
* A tap and the report of the delivery may come in either order. Each opens the conversation if the other has not.
* A message of a diary can be answered until the next one is due, so that two are never open at once.
* The message that was tapped last shows the conversation, so a late delivery report does not move it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.conversation.context import ConversationContext
from bot.db.asking import awaited_texts, invitations, responses
from bot.db.asking.awaited_texts import AwaitedText, AwaitedTextKind
from bot.db.asking.invitations import CountedInvitation
from bot.db.delivery import message_subjects
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.engine.database import Connection
from cjm.address import Address
from cjm.asking.invitation_state import InvitationState

_BUSY_PERIOD = timedelta(hours=1)
_BEFORE_NEXT = timedelta(minutes=5)  # a question that is open when another one is due would hold it for an hour


def make_answerable(context: ConversationContext, now: datetime, answer_period: timedelta) -> ConversationContext:
    """Return the context with an invitation that is open for ``answer_period``, and a response; nothing is stored.

    A conversation that is open already stays as it is.
    """
    invitation, response = context.invitation, context.response
    if invitation.state != InvitationState.RESERVED and response is not None:
        return context
    if invitation.state == InvitationState.RESERVED:
        invitation = replace(
            invitation,
            state=InvitationState.OPEN,
            reason=None,
            language=context.language,
            sent_at=now,
            sent_hour=None if context.is_anonymous else now.astimezone(context.zone).hour,
            expires_at=_find_answer_end(context, now, answer_period),
            seal_at=now + answer_period if context.is_anonymous else None,
        )
    if response is None:
        response = responses.make_response(invitation.id, context.customer.id, context.conversation.step, now)
    return replace(context, invitation=invitation, response=response)


def _find_answer_end(context: ConversationContext, now: datetime, answer_period: timedelta) -> datetime:
    """Return until when a question can be answered: a message of a diary until shortly before the next one is due."""
    is_message = context.invitation.diary_id is not None
    due_at = context.diary.due_at if is_message and context.diary is not None else None
    if due_at is None:
        return now + answer_period
    return min(now + answer_period, max(due_at - _BEFORE_NEXT, now))


def open_conversation(
    tx: Connection, context: ConversationContext, now: datetime, answer_period: timedelta
) -> ConversationContext:
    """Store the invitation as answerable for ``answer_period``, and return the context with its response.

    A conversation that is open already stays as it is. Load the context with a lock.
    """
    opened = make_answerable(context, now, answer_period)
    if opened.invitation != context.invitation:
        is_answered = context.response is not None and context.response.started_at is not None
        before, after = (CountedInvitation(one.invitation, is_answered) for one in (context, opened))
        invitations.save(tx, before, after)
    if context.response is not None:
        return opened
    assert opened.response is not None  # make_answerable() has made it
    return replace(opened, response=responses.save(tx, opened.response))


def record_message(
    tx: Connection, context: ConversationContext, address: Address, message_id: str, now: datetime
) -> None:
    """Record that this message shows the conversation, unless another does already. Replies to it are recognised."""
    response = context.response
    assert response is not None  # open_conversation() has created it
    message_subjects.save(tx, address, message_id, MessageSubject(SubjectKind.RESPONSE, response.id), now)
    # A tap may have come first and named the message already; it knows better than a delivery report.
    if response.message_id is None:
        responses.save(tx, replace(response, address=address, message_id=message_id, shown=response.step))
        if context.invitation.diary_id is not None:
            _await_first_words(tx, context, address, now)


def _await_first_words(tx: Connection, context: ConversationContext, address: Address, now: datetime) -> None:
    """Take the next text for the first answer: only a message of a diary begins with a question in words.

    Somebody who was asked for another text just before, by a command of theirs, is about to write that.
    """
    awaited = awaited_texts.find(tx, address)
    is_busy = awaited is not None and awaited.kind is not AwaitedTextKind.COMMENT and now - awaited.at < _BUSY_PERIOD
    if not is_busy:
        awaited_texts.save(tx, address, AwaitedText(AwaitedTextKind.COMMENT, now, context.invitation.id, {}))
