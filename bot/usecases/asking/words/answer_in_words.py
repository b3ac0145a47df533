"""Answer in words: a customer writes "4", "good, but late" or a face instead of tapping it.

Invariants:

* Only what `cjm.conversation.understanding` surely understands is an answer. It is shown in the conversation's next
  message, and can be undone there like a tap.
* A text within a day after the question was shown may answer it; later, only a reply to the question does. While a
  complaint or a setting is awaited, only a reply does.
* The rest of the text answers the survey's question in words, if one is still to come. Without one, it is kept as a
  message of its own, and its writer is asked what it is: nothing that they wrote is lost.
* In an anonymous journey such a text is no answer, and all of it is a message of its own: the rest alone, kept beside
  its writer's name, would tell that they answered, and in which mood.
* A reply that is not understood becomes the words of the question in words; without one it is a message of its own.
* An edit of the message changes the answer within the change period, if the new text is understood.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load_context
from bot.conversation.open_question import find_open_question
from bot.conversation.saving import save_move
from bot.db.asking import awaited_texts, responses
from bot.db.asking.awaited_texts import AwaitedText, AwaitedTextKind
from bot.db.delivery import message_subjects
from bot.db.delivery.message_subjects import SubjectKind
from bot.db.engine.database import Connection, Database
from bot.usecases.asking.turn import TapNotice, TurnResult, find_own_context
from bot.usecases.asking.words.worded_steps import post_next_step, record_source, rest_of
from bot.usecases.cases.case_opening import OpenCaseFromResponse
from bot.usecases.cases.receive_message import (
    ADDITION_PERIOD,
    IncomingMessage,
    MessageSender,
    is_complaint_awaited,
    keep_draft,
)
from cjm.address import Address
from cjm.asking.invitation_state import ANSWERABLE_STATES
from cjm.blurring.names import find_own_names
from cjm.cases.case import MOST_CHARACTERS, CaseText
from cjm.conversation import turns
from cjm.conversation.branches import next_step
from cjm.conversation.comments import COMMENT_PERIOD, add_comment, find_comment_question, join_moves
from cjm.conversation.conversation import ClosingStep, Conversation, ConversationMove
from cjm.conversation.understanding.answers_in_words import Understood, understand
from cjm.journeys.survey import Question, QuestionKind


@dataclass(frozen=True, slots=True)
class WordedMove:
    """Move that words lead to.

    ``answered`` is the key of the question that they answer, ``commented`` that of the question in words that the rest
    answers. ``leftover`` is a rest that found no place in the conversation.
    """

    move: ConversationMove
    answered: str | None = None
    commented: str | None = None
    leftover: str = ""


class AnswerInWords:
    def __init__(self, db: Database, clock: Clock, open_case: OpenCaseFromResponse) -> None:
        self._db, self._clock, self._open_case = db, clock, open_case

    async def find_invitation(self, address: Address, text: str, reply_to: str | None) -> int | None:
        """Return the id of the invitation whose open question this text answers; None if it answers none."""
        now = self._clock.now()

        def read(tx: Connection) -> int | None:
            context = _find_context(tx, address, reply_to, now)
            has_move = context is not None and _find_move(context, text, now, is_reply=reply_to is not None) is not None
            return context.invitation.id if context is not None and has_move else None

        return await self._db.read(read)

    async def __call__(
        self, address: Address, message: IncomingMessage, invitation: int, names: Sequence[str] = ()
    ) -> TurnResult | None:
        """Store the answer. ``left_message`` of the result is the message that showed the conversation.

        None: the text answers nothing any more, because the conversation has moved on since it was found.
        """
        now = self._clock.now()
        return await self._db.write(lambda tx: self._answer(tx, address, message, invitation, names, now))

    def _answer(
        self,
        tx: Connection,
        address: Address,
        message: IncomingMessage,
        invitation: int,
        names: Sequence[str],
        now: datetime,
    ) -> TurnResult | None:
        context = find_own_context(tx, address, invitation, lock=True)
        if isinstance(context, TapNotice) or context.response is None:
            return None
        text = message.text.text
        found = _find_move(context, text, now, is_reply=message.reply_to is not None)
        if found is None:
            return None
        own_names = find_own_names(text, names)
        moved = save_move(tx, context, found.move, now, own_names=own_names if found.commented else None)
        _record_sources(tx, address, moved, found, message.message_id, now)
        post_next_step(tx, address, moved, message.message_id, now, answered=found.answered)
        if moved.case is not None and found.commented is not None:
            words = str(moved.conversation.answers[found.commented])
            self._open_case.add_text(tx, context.response.id, words, now, own_names)
        if found.leftover:
            rest = CaseText("text", found.leftover, own_names=find_own_names(found.leftover, names))
            sender = MessageSender(address, moved.customer, awaited_texts.find(tx, address))
            keep_draft(tx, sender, replace(message, text=rest), now)
        return TurnResult(TapNotice(found.move.effect.value), moved, context.response.message_id)


# ---- which question --------------------------------------------------------------------------------------------------


def _find_context(tx: Connection, address: Address, reply_to: str | None, now: datetime) -> ConversationContext | None:
    """Find the conversation that a text may answer: the one that it replies to, else the one with an open question."""
    if reply_to is not None:
        return _find_replied(tx, address, reply_to)
    context = find_open_question(tx, address, now)
    if context is None:
        return None
    asked_at = _asked_at(context, now)
    is_awaited_elsewhere = _is_awaited_elsewhere(awaited_texts.find(tx, address), asked_at, now)
    return context if now - asked_at < COMMENT_PERIOD and not is_awaited_elsewhere else None


def _find_replied(tx: Connection, address: Address, reply_to: str) -> ConversationContext | None:
    about = message_subjects.find(tx, address, reply_to)
    response = responses.find_by_id(tx, about.ref) if about is not None and about.kind is SubjectKind.RESPONSE else None
    context = load_context(tx, response.invitation_id) if response is not None else None
    # An address can change hands: a reply answers the question of its writer only.
    return context if context is not None and context.customer.address == address else None


def _asked_at(context: ConversationContext, now: datetime) -> datetime:
    """Return when the open question was last shown: when it was sent, reached, or reminded of."""
    assert context.response is not None  # find_open_question() has checked it
    times = (context.response.touched_at, context.invitation.sent_at, context.invitation.reminded_at)
    return max(at for at in times if at is not None and at <= now)


def _is_awaited_elsewhere(awaited: AwaitedText | None, asked_at: datetime, now: datetime) -> bool:
    """Return whether the next text was asked for by something else than a question of a survey."""
    if awaited is None:
        return False
    if awaited.kind is AwaitedTextKind.ADDITION:  # what came last is what people write about
        return awaited.at > asked_at and now - awaited.at <= ADDITION_PERIOD
    is_setting = awaited.kind in (AwaitedTextKind.QUIET_HOURS, AwaitedTextKind.TIME_ZONE)
    return is_setting or is_complaint_awaited(awaited, now)


# ---- the move --------------------------------------------------------------------------------------------------------


def _find_move(context: ConversationContext, text: str, now: datetime, *, is_reply: bool) -> WordedMove | None:
    """Return the move that a text leads to; None if it is not understood and belongs to no question in words."""
    conversation = context.conversation
    question = _current_question(conversation)
    is_open = context.invitation.state in ANSWERABLE_STATES or conversation.finished_at is not None
    if question is None or question.kind is QuestionKind.TEXT or not is_open:  # words are taken by `write_comment`
        return None
    understood = understand(text, question, context.language)
    if understood is not None:
        found = _take_answer(conversation, question, understood, now)
        is_telling = found is not None and bool(found.leftover) and context.is_anonymous
        return None if is_telling else found
    return _take_comment(conversation, text, now) if is_reply else None


def _current_question(conversation: Conversation) -> Question | None:
    is_snoozed = conversation.step == ClosingStep.SNOOZED
    return conversation.survey.find_question(next_step(conversation)) if is_snoozed else conversation.question


def _take_answer(
    conversation: Conversation, question: Question, understood: Understood, now: datetime
) -> WordedMove | None:
    move = turns.answer(conversation, question.key, understood.value, now)
    if not isinstance(move, ConversationMove):
        return None
    commented = find_comment_question(move.conversation) if understood.rest else None
    more = add_comment(move.conversation, understood.rest[:MOST_CHARACTERS], now) if commented is not None else None
    if commented is None or not isinstance(more, ConversationMove):
        return WordedMove(move, question.key, leftover=understood.rest)
    return WordedMove(join_moves(move, more), question.key, commented.key)


def _take_comment(conversation: Conversation, text: str, now: datetime) -> WordedMove | None:
    commented = find_comment_question(conversation)
    move = add_comment(conversation, text[:MOST_CHARACTERS], now) if text else None
    if commented is None or not isinstance(move, ConversationMove):
        return None
    return WordedMove(move, commented=commented.key)


def _record_sources(
    tx: Connection, address: Address, context: ConversationContext, found: WordedMove, message_id: str, now: datetime
) -> None:
    """Record what the message answered. Of two answers, the words behind the mark have an id of their own."""
    if found.answered is not None:
        record_source(tx, address, context, found.answered, message_id, now)
    if found.commented is not None:
        source = message_id if found.answered is None else rest_of(message_id)
        record_source(tx, address, context, found.commented, source, now)
