"""Store the next state of a conversation with everything that follows from it, in the caller's transaction.

Invariants:

* Answers, their counters, the response, the invitation and the awaited text change together or not at all.
* ``shown`` of the response is emptied by every move. It is filled when the message was edited, so a crash in between
  leaves a trace that the repair pass finds.
* One answer is enough for DONE: an invitation is DECLINED or EXPIRED only if nothing was answered.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.conversation.context import ConversationContext
from bot.db.asking import answers, awaited_texts, invitations, responses
from bot.db.asking.answers import Answer, NewAnswer
from bot.db.asking.awaited_texts import AwaitedText, AwaitedTextKind
from bot.db.asking.invitations import CountedInvitation, Invitation
from bot.db.asking.responses import Response
from bot.db.engine.database import Connection
from cjm.conversation.conversation import Conversation, ConversationMove, RawAnswer
from cjm.conversation.outcome import invitation_outcome
from cjm.journeys.survey import Question, QuestionKind


def save_move(
    tx: Connection, context: ConversationContext, move: ConversationMove, now: datetime
) -> ConversationContext:
    """Store the conversation as it stands after ``move``, and return the context with it."""
    response, conversation = context.response, move.conversation
    assert response is not None  # a conversation that moves has been opened
    stored = _save_answers(tx, context, response, move, now)
    moved = replace(
        response,
        step=conversation.step,
        shown=None,
        skipped=conversation.skipped,
        contact=conversation.contact,
        started_at=response.started_at or (now if conversation.answers else None),
        finished_at=conversation.finished_at,
        touched_at=now,
    )
    responses.save(tx, moved)
    invitation = _next_invitation(context.invitation, conversation)
    before = CountedInvitation(context.invitation, response.started_at is not None)
    invitations.save(tx, before, CountedInvitation(invitation, moved.started_at is not None))
    _save_awaited_text(tx, context, moved, conversation, now)
    return replace(context, invitation=invitation, conversation=conversation, response=moved, answers=stored)


# ---- answers ---------------------------------------------------------------------------------------------------------


def _save_answers(
    tx: Connection, context: ConversationContext, response: Response, move: ConversationMove, now: datetime
) -> dict[str, Answer]:
    """Delete withdrawn answers, store new and changed ones; return all that stand, by question key."""
    answers.delete_answers(tx, [context.answers[key].id for key in sorted(move.withdrawn) if key in context.answers])
    stored = {key: answer for key, answer in context.answers.items() if key not in move.withdrawn}
    before = context.conversation.answers
    for key, raw in move.conversation.answers.items():
        question = context.conversation.survey.find_question(key)
        # An answer that has not changed is not written again: its counters would move back and forth for nothing.
        if question is None or before.get(key) == raw:
            continue
        if key in stored:
            columns = _raw_columns(question, raw)
            stored[key] = answers.update_answer(tx, stored[key].id, **columns, at=now) or stored[key]
        else:
            stored[key] = answers.insert_answer(tx, _new_answer(context, response, question, raw, now))
    return stored


def _raw_columns(question: Question, raw: RawAnswer) -> dict[str, Any]:
    if isinstance(raw, int):
        return {"value": raw}
    return {"text": raw} if question.kind is QuestionKind.TEXT else {"choice": raw}


def _new_answer(
    context: ConversationContext, response: Response, question: Question, raw: RawAnswer, now: datetime
) -> NewAnswer:
    """Return the answer with everything it counts under: the question's subject, and the day of the visit."""
    invitation = context.invitation
    subject = question.about or invitation.subject
    place = context.journey.find_place(subject)
    return NewAnswer(
        response_id=response.id,
        visit_id=invitation.visit_id,
        customer_id=invitation.customer_id,
        journey=invitation.journey,
        version=invitation.version,
        question=question.key,
        kind=question.kind.value,
        subject=subject,
        stage=place.stage.key if place else invitation.stage,
        day=invitation.day,
        channel=invitation.channel,
        cohort_id=invitation.cohort_id,
        at=now,
        **_raw_columns(question, raw),
    )


# ---- the invitation and the awaited text -----------------------------------------------------------------------------


def _next_invitation(invitation: Invitation, conversation: Conversation) -> Invitation:
    state, reason = invitation_outcome(conversation)
    # Without a change of state the reason stays: it says why the invitation is in the state it is in.
    return invitation if state == invitation.state else replace(invitation, state=state, reason=reason)


def _save_awaited_text(
    tx: Connection, context: ConversationContext, response: Response, conversation: Conversation, now: datetime
) -> None:
    """Await a text where the step asks for words, and stop awaiting it once the step no longer does."""
    if response.address is None:
        return
    if is_in_words(conversation.question):
        awaited_texts.save(tx, response.address, AwaitedText(AwaitedTextKind.COMMENT, now, context.invitation.id, {}))
    # Without a question in words before this move there is nothing to take back: most taps save this write.
    elif is_in_words(context.conversation.question) or any(a.text is not None for a in context.answers.values()):
        awaited_texts.delete_awaited(tx, response.address, AwaitedTextKind.COMMENT, context.invitation.id)


def is_in_words(question: Question | None) -> bool:
    """Return whether this is a question that is answered with a text."""
    return question is not None and question.kind is QuestionKind.TEXT
