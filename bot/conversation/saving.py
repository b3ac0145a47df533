"""Store the next state of a conversation with everything that follows from it, in the caller's transaction.

Invariants:

* Answers, their counters, the response, the invitation and the awaited text change together or not at all.
* ``shown`` of the response is emptied by every move. It is filled when the message was edited, so a crash in between
  leaves a trace that the repair pass finds.
* One answer is enough for DONE: an invitation is DECLINED or EXPIRED only if nothing was answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.conversation.context import ConversationContext
from bot.conversation.diary_offer import offer_diary
from bot.db.asking import answers, awaited_texts, invitations, responses
from bot.db.asking.answers import Answer, NewAnswer
from bot.db.asking.awaited_texts import AwaitedText, AwaitedTextKind
from bot.db.asking.invitations import CountedInvitation, Invitation
from bot.db.asking.responses import Response
from bot.db.counters import tallies
from bot.db.engine.database import Connection
from cjm.asking.invitation_state import InvitationState
from cjm.conversation.conversation import Conversation, ConversationMove
from cjm.conversation.outcome import invitation_outcome
from cjm.figures.asking.outcome import keep_reason
from cjm.figures.facts.delay import delay_class
from cjm.journeys.survey import Question, QuestionKind
from cjm.raw_answer import NOT_APPLICABLE, RawAnswer


def save_move(
    tx: Connection,
    context: ConversationContext,
    move: ConversationMove,
    now: datetime,
    *,
    stored: ConversationContext | None = None,
    own_names: str | None = None,
) -> ConversationContext:
    """Store the conversation as it stands after ``move``, and return the context with it.

    ``own_names`` are the words of the writer's own names in the text that ``move`` stores, if it stores one.

    ``stored`` is the context as the database has it, if ``context`` differs: a tap may open the conversation that it
    moves. Each table is written at most once for each kind of change.
    """
    before, response, conversation = stored or context, context.response, move.conversation
    assert response is not None  # a conversation that moves has been opened
    moved = responses.save(
        tx,
        replace(
            response,
            step=conversation.step,
            shown=None,
            skipped=conversation.skipped,
            choosing=conversation.choosing,
            contact=conversation.contact,
            started_at=response.started_at or (now if conversation.answers else None),
            finished_at=conversation.finished_at,
            touched_at=now,
        ),
    )
    with tallies.gather_moves(tx):
        invitation = _save_invitation(tx, before, context.invitation, moved, conversation)
        day_answers = _save_answers(tx, context, moved, move, now, own_names)
        _save_awaited_text(tx, context, moved, conversation, now)
    after = replace(
        context, invitation=invitation, conversation=conversation, response=moved, day_answers=tuple(day_answers)
    )
    return replace(after, diary=offer_diary(tx, after, now))


# ---- answers ---------------------------------------------------------------------------------------------------------


def _save_answers(
    tx: Connection,
    context: ConversationContext,
    response: Response,
    move: ConversationMove,
    now: datetime,
    own_names: str | None,
) -> Sequence[Answer]:
    """Delete withdrawn answers, store new and changed ones; return all of the day."""
    stored, before = context.answer_rows, context.conversation.answers
    new: list[NewAnswer] = []
    changed: list[Answer] = []
    withdrawn = [answer for key in sorted(move.withdrawn) for answer in stored.get(key, ())]
    for key, raw in move.conversation.answers.items():
        question = context.conversation.survey.find_question(key)
        # An answer that has not changed is not written again.
        if question is None or before.get(key) == raw:
            continue
        given, wanted = _leave_out_same(stored.get(key, ()), _raw_columns(question, raw, own_names))
        changed += [replace(answer, **columns, changed_at=now) for answer, columns in zip(given, wanted, strict=False)]
        new += [_new_answer(context, response, question, columns, now) for columns in wanted[len(given) :]]
        withdrawn += given[len(wanted) :]
    if not (new or changed or withdrawn):
        return context.day_answers
    journey = context.current_journey
    return answers.save_day(tx, journey, context.day_answers, new=new, changed=changed, withdrawn=withdrawn)


_NOTHING: Mapping[str, Any] = {
    "value": None,
    "choice": None,
    "text": None,
    "own_names": None,
    "not_applicable": False,
}


def _raw_columns(question: Question, raw: RawAnswer, own_names: str | None) -> list[Mapping[str, Any]]:
    """Return the columns that hold an answer: of one row, or of a row for each of several choices."""
    if raw is NOT_APPLICABLE:
        return [{**_NOTHING, "not_applicable": True}]
    if isinstance(raw, int):
        return [{**_NOTHING, "value": raw}]
    if isinstance(raw, tuple):
        return [{**_NOTHING, "choice": key} for key in raw]
    is_text = question.kind is QuestionKind.TEXT
    return [{**_NOTHING, "text": raw, "own_names": own_names} if is_text else {**_NOTHING, "choice": raw}]


def _leave_out_same(
    given: Sequence[Answer], wanted: Sequence[Mapping[str, Any]]
) -> tuple[list[Answer], list[Mapping[str, Any]]]:
    """Return the stored answers and the wanted columns without what is in both: choices that stay."""
    gone = [answer for answer in given if not any(_has_columns(answer, columns) for columns in wanted)]
    return gone, [columns for columns in wanted if not any(_has_columns(answer, columns) for answer in given)]


def _has_columns(answer: Answer, columns: Mapping[str, Any]) -> bool:
    return all(getattr(answer, name) == value for name, value in columns.items())


def _new_answer(
    context: ConversationContext,
    response: Response,
    question: Question,
    columns: Mapping[str, Any],
    now: datetime,
) -> NewAnswer:
    """Return the answer with what it counts under: the question's subject, the visit's day, how late it came."""
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
        delay=delay_class(invitation.sent_at, now),
        recalled=question.recalled,
        # Anonymous answers are kept no finer than by the day.
        part=None if context.is_anonymous or question.about is not None else invitation.part,
        **columns,
    )


# ---- the invitation and the awaited text -----------------------------------------------------------------------------


def _save_invitation(
    tx: Connection,
    before: ConversationContext,
    invitation: Invitation,
    response: Response,
    conversation: Conversation,
) -> Invitation:
    """Store the state that the conversation gives the invitation; ``before`` is what the database has of it."""
    state, reason = invitation_outcome(conversation)
    # Without a change of state the reason stays: it says why the invitation is in the state it is in.
    if state != invitation.state:
        invitation = replace(invitation, state=state, reason=keep_reason(invitation.reason, reason))
    if before.is_anonymous:
        invitation = replace(invitation, seal_at=conversation.ends_at or invitation.expires_at)
    was_answered = before.response is not None and before.response.started_at is not None
    old = CountedInvitation(before.invitation, was_answered)
    new = CountedInvitation(invitation, response.started_at is not None)
    is_opened_now = before.invitation.state is InvitationState.RESERVED
    (invitations.open_and_save if is_opened_now else invitations.save)(tx, old, new)
    return invitation


def _save_awaited_text(
    tx: Connection, context: ConversationContext, response: Response, conversation: Conversation, now: datetime
) -> None:
    """Await a text where the step asks for words, and stop awaiting it once the step no longer does."""
    if response.address is None:
        return
    if is_in_words(conversation.question):
        awaited_texts.save(tx, response.address, AwaitedText(AwaitedTextKind.COMMENT, now, context.invitation.id, {}))
    elif context.awaits_words:
        awaited_texts.delete_awaited(tx, response.address, AwaitedTextKind.COMMENT, context.invitation.id)


def is_in_words(question: Question | None) -> bool:
    """Return whether this is a question that is answered with a text."""
    return question is not None and question.kind is QuestionKind.TEXT
