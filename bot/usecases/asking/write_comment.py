"""Write a comment: a customer answers a question in words, by their next text or by a reply to the question.

Invariants:

* A text within a day after the question answers it; later, only a reply to the question does.
* People often say one thing in two messages: a text within ten minutes after a comment is added to it,
  unless the next question asks for words as well.
* Editing the message in the messenger changes the answer within the change period, if the answer came from that
  message alone.
* The conversation goes on in a new message below the words, sent as a letter.
"""

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load_context
from bot.conversation.saving import is_in_words, save_move
from bot.db.asking import answers, awaited_texts, responses
from bot.db.asking.answers import Answer
from bot.db.asking.awaited_texts import AwaitedText, AwaitedTextKind
from bot.db.delivery import letters, message_subjects
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.engine.database import Connection, Database, lock_customer
from bot.db.people import customers
from bot.outbox.kinds import LetterName
from bot.usecases.asking.turn import TapNotice, TurnResult, find_own_context
from bot.usecases.cases.case_opening import OpenCaseFromResponse
from cjm.address import Address
from cjm.cases.case import MOST_CHARACTERS, storable_text
from cjm.conversation import turns
from cjm.conversation.conversation import Conversation, TapRefusal

COMMENT_PERIOD = timedelta(hours=24)
"""Later, a text that replies to nothing is an unexpected message."""

ADDITION_PERIOD = timedelta(minutes=10)
"""So long after a comment, the next text is added to it."""


class WriteComment:
    def __init__(self, db: Database, clock: Clock, open_case: OpenCaseFromResponse) -> None:
        self._db, self._clock, self._open_case = db, clock, open_case

    async def find_invitation(self, address: Address, reply_to: str | None) -> int | None:
        """Return the id of the invitation that a text of this person answers; None if it answers no question."""
        now = self._clock.now()
        return await self._db.read(lambda tx: _find_invitation(tx, address, reply_to, now))

    async def __call__(self, address: Address, text: str, message_id: str, invitation: int) -> TurnResult:
        """Store the words as an answer. ``left_message`` of the result is the message that showed the conversation."""
        now = self._clock.now()
        return await self._db.write(
            lambda tx: self._write(tx, address, storable_text(text), message_id, invitation, now)
        )

    def _write(
        self, tx: Connection, address: Address, text: str, message_id: str, invitation: int, now: datetime
    ) -> TurnResult:
        context = find_own_context(tx, address, invitation, lock=True)
        if isinstance(context, TapNotice) or context.response is None:
            return TurnResult(context if isinstance(context, TapNotice) else TapNotice.GONE)
        awaited = awaited_texts.find(tx, address)
        key, earlier_words = _find_answered_question(context.conversation, awaited, now)
        if key is None:
            return TurnResult(TapNotice.NOT_ASKED)
        words = f"{earlier_words}\n{text}" if earlier_words else text
        move = turns.answer(context.conversation, key, words[:MOST_CHARACTERS], now)
        if isinstance(move, TapRefusal):
            return TurnResult(TapNotice(move.reason.value))
        moved = save_move(tx, context, move, now)
        first_message = str(awaited.data.get("message")) if awaited is not None and earlier_words is not None else None
        _record_source(tx, address, moved, key, message_id, first_message, now)
        _post_next_step(tx, address, moved, message_id, now)
        # The customer may have asked to be contacted before they wrote: the team then reads the words in the case.
        if moved.case is not None:
            self._open_case.add_text(tx, context.response.id, text, now)
        return TurnResult(TapNotice(move.effect.value), moved, context.response.message_id)

    async def edit_comment(self, address: Address, text: str, message_id: str) -> TurnResult:
        """Change the answer that was taken from this message, because the customer edited it."""
        now = self._clock.now()
        return await self._db.write(lambda tx: _edit(tx, address, storable_text(text), message_id, now))


def _edit(tx: Connection, address: Address, text: str, message_id: str, now: datetime) -> TurnResult:
    comment = _find_comment(tx, address, message_id)
    if comment is not None:
        _, context = comment
        lock_customer(tx, context.customer.id)
        # Read again, because another writer may have changed it before the lock was ours.
        comment = _find_comment(tx, address, message_id)
    if comment is None:
        return TurnResult(TapNotice.GONE)
    answer, context = comment
    move = turns.answer(context.conversation, answer.question, text[:MOST_CHARACTERS], now)
    if isinstance(move, TapRefusal):
        return TurnResult(TapNotice(move.reason.value))
    return TurnResult(TapNotice(move.effect.value), save_move(tx, context, move, now))


def _find_invitation(tx: Connection, address: Address, reply_to: str | None, now: datetime) -> int | None:
    # A reply says what it answers, so neither its age nor what else is awaited matters.
    if reply_to is not None:
        return _find_replied_invitation(tx, address, reply_to)
    awaited = awaited_texts.find(tx, address)
    if awaited is None or awaited.kind is not AwaitedTextKind.COMMENT:
        return None
    # `data` names the question once it was answered: from then on only an addition is awaited.
    period = ADDITION_PERIOD if awaited.data.get("question") else COMMENT_PERIOD
    return awaited.ref if now - awaited.at < period else None


def _find_replied_invitation(tx: Connection, address: Address, reply_to: str) -> int | None:
    about = message_subjects.find(tx, address, reply_to)
    response = responses.find_by_id(tx, about.ref) if about is not None and about.kind is SubjectKind.RESPONSE else None
    context = load_context(tx, response.invitation_id) if response is not None else None
    return context.invitation.id if context is not None and is_in_words(context.conversation.question) else None


def _find_answered_question(
    conversation: Conversation, awaited: AwaitedText | None, now: datetime
) -> tuple[str | None, str | None]:
    """Return the key of the question that words answer now, and the earlier words that they are added to, if any."""
    if conversation.question is not None and is_in_words(conversation.question):
        return conversation.question.key, None
    if awaited is None or awaited.kind is not AwaitedTextKind.COMMENT or now - awaited.at >= ADDITION_PERIOD:
        return None, None
    key = str(awaited.data.get("question"))
    return (key, str(conversation.answers[key])) if key in conversation.answers else (None, None)


def _record_source(
    tx: Connection,
    address: Address,
    context: ConversationContext,
    key: str,
    message_id: str,
    first_message: str | None,
    now: datetime,
) -> None:
    """Record which message the words came in, and await an addition to them, unless words are asked for next.

    ``first_message`` is the message that these words are added to. An edit of either one would replace the words of
    both, so edits of joined messages are dropped.
    """
    kind = SubjectKind.COMMENT if first_message is None else SubjectKind.JOINED_COMMENT
    source = first_message or message_id
    message_subjects.save(tx, address, source, MessageSubject(kind, context.answers[key].id), now)
    if not is_in_words(context.conversation.question):
        data = {"question": key, "message": source}
        awaited_texts.save(tx, address, AwaitedText(AwaitedTextKind.COMMENT, now, context.invitation.id, data))


def _post_next_step(
    tx: Connection, address: Address, context: ConversationContext, message_id: str, now: datetime
) -> None:
    assert context.response is not None  # the words were just stored in it
    data = {"invitation": context.invitation.id, "touched": context.response.touched_at.isoformat()}
    key = f"step:{context.invitation.id}:{message_id}"
    letters.post(tx, NewLetter(key, address, LetterName.STEP, LetterPriority.CONFIRMATION, now, data), now)


def _find_comment(tx: Connection, address: Address, message_id: str) -> tuple[Answer, ConversationContext] | None:
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
