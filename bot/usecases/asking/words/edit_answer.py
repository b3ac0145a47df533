"""Edit an answer: the customer edited the message from which it was taken.

Invariants:

* Words take the place of the words. Where a mark or a choice was asked, the new text must be understood as one; else
  the answer stays, and its writer is told that.
* Words that stood behind a mark stay when the edited message has none: nobody's words are erased by an edit of a mark.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.conversation.context import ConversationContext, load_context
from bot.conversation.saving import save_move
from bot.db.asking import answers, responses
from bot.db.asking.answers import Answer
from bot.db.delivery import message_subjects
from bot.db.delivery.message_subjects import SubjectKind
from bot.db.engine.database import Connection, lock_customer
from bot.db.people import customers
from bot.usecases.asking.turn import TapNotice, TurnResult
from bot.usecases.asking.words.worded_steps import record_source, rest_of
from cjm.address import Address
from cjm.blurring.names import find_own_names
from cjm.cases.case import MOST_CHARACTERS
from cjm.conversation import turns
from cjm.conversation.comments import add_comment, find_comment_question, join_moves
from cjm.conversation.conversation import Conversation, ConversationMove, TapRefusal, TapRefusalReason
from cjm.conversation.understanding.answers_in_words import Understood, understand
from cjm.journeys.survey import Question, QuestionKind


@dataclass(frozen=True, slots=True)
class _Edit:
    """Edit of one message. ``text`` is what stands in it now, ``rest_question`` what its rest answered before."""

    question: Question
    text: str
    rest_question: str | None


def edit_answer(
    tx: Connection, address: Address, text: str, message_id: str, names: Sequence[str], now: datetime
) -> TurnResult:
    """Change the answer that was taken from this message.

    The notice is GONE if no answer was, NOT_LEGAL if the new text is not understood: then the answer stays.
    """
    found = _find_answer(tx, address, message_id)
    if found is not None:
        lock_customer(tx, found[1].customer.id)
        # Read again, because another writer may have changed it before the lock was ours.
        found = _find_answer(tx, address, message_id)
    question = found[1].conversation.survey.find_question(found[0].question) if found is not None else None
    if found is None or question is None:
        return TurnResult(TapNotice.GONE)
    context = found[1]
    rest = _find_answer(tx, address, rest_of(message_id))
    edit = _Edit(question, text[:MOST_CHARACTERS], rest[0].question if rest is not None else None)
    move, commented = _find_move(context, edit, now)
    if isinstance(move, TapRefusal):
        return TurnResult(TapNotice(move.reason.value), context, question=question.key)
    moved = save_move(tx, context, move, now, own_names=find_own_names(text, names))
    if commented is not None and rest is None:
        record_source(tx, address, moved, commented, rest_of(message_id), now)
    return TurnResult(TapNotice(move.effect.value), moved, question=question.key)


def _find_move(
    context: ConversationContext, edit: _Edit, now: datetime
) -> tuple[ConversationMove | TapRefusal, str | None]:
    """Return the move that the edit leads to, and the question in words that the rest of the text answers."""
    conversation, key = context.conversation, edit.question.key
    if edit.question.kind is QuestionKind.TEXT:
        return turns.answer(conversation, key, edit.text, now), None
    understood = understand(edit.text, edit.question, context.language)
    if understood is None:
        # Of a conversation that is over that is the reason to tell.
        kept = turns.change(conversation, key, now)
        return (kept if isinstance(kept, TapRefusal) else TapRefusal(TapRefusalReason.NOT_LEGAL)), None
    move = turns.answer(conversation, key, understood.value, now)
    if isinstance(move, TapRefusal) or not understood.rest:
        return move, None
    return _add_rest(move, understood, edit, now)


def _add_rest(
    move: ConversationMove, understood: Understood, edit: _Edit, now: datetime
) -> tuple[ConversationMove, str | None]:
    commented = edit.rest_question or _pending_key(move.conversation)
    if edit.rest_question is not None and edit.rest_question in move.conversation.answers:
        more = turns.answer(move.conversation, edit.rest_question, understood.rest, now)
    else:
        more = add_comment(move.conversation, understood.rest, now) or TapRefusal(TapRefusalReason.NOT_ASKED)
    return (join_moves(move, more), commented) if isinstance(more, ConversationMove) else (move, None)


def _pending_key(conversation: Conversation) -> str | None:
    question = find_comment_question(conversation)
    return question.key if question is not None else None


def _find_answer(tx: Connection, address: Address, message_id: str) -> tuple[Answer, ConversationContext] | None:
    """Find the answer that was taken from this person's message, with the context of its conversation."""
    about = message_subjects.find(tx, address, message_id)
    person = customers.find_by_address(tx, address)
    if about is None or about.kind is not SubjectKind.COMMENT or person is None:
        return None
    # Looked up among the person's own answers: an id alone would let a message reach somebody else's.
    answer = next((a for a in answers.list_by_customer(tx, person.id) if a.id == about.ref), None)
    response = responses.find_by_id(tx, answer.response_id) if answer is not None and answer.response_id else None
    context = load_context(tx, response.invitation_id) if response is not None else None
    return (answer, context) if answer is not None and context is not None else None
