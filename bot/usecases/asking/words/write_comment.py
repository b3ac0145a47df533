"""Write a comment: a customer answers a question in words, by their next text or by a reply to the question.

Invariants:

* A text within a day after the question answers it; later, only a reply to the question does.
* People often say one thing in two messages: a text within ten minutes after a comment is added to it,
  unless the next question asks for words as well.
* Editing the message in the messenger changes the answer within the change period, if the answer came from that
  message alone.
* The conversation goes on in a new message below the words, sent as a letter. One such message stands for all that
  comes within seconds after each other.
* A photo or a voice message answers, too: its id is kept beside the answer (`bot.db.conversation.answer_files`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load_context
from bot.conversation.saving import is_in_words, save_move
from bot.db.asking import awaited_texts, responses
from bot.db.asking.awaited_texts import AwaitedText, AwaitedTextKind
from bot.db.conversation import answer_files
from bot.db.conversation.answer_files import AnswerFile
from bot.db.delivery import message_subjects
from bot.db.delivery.message_subjects import SubjectKind
from bot.db.engine.database import Connection, Database
from bot.usecases.asking.turn import TapNotice, TurnResult, find_own_context
from bot.usecases.asking.words.edit_answer import edit_answer
from bot.usecases.asking.words.worded_steps import (
    QUICK_PERIOD,
    is_next_step_coming,
    post_next_step,
    record_source,
)
from bot.usecases.cases.case_opening import OpenCaseFromResponse
from cjm.address import Address
from cjm.blurring.names import find_own_names
from cjm.cases.case import MOST_CHARACTERS, CaseText, storable_text
from cjm.conversation import turns
from cjm.conversation.comments import COMMENT_ADDITION_PERIOD, COMMENT_PERIOD
from cjm.conversation.conversation import Conversation, TapRefusal
from cjm.conversation.file_answers import words_of_file


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of a customer, with the names of their account, and the file that came with them."""

    caption: str
    names: Sequence[str]
    file: AnswerFile | None

    @property
    def text(self) -> str:
        """Words as they are stored; a mark stands for the file."""
        return self.caption if self.file is None else words_of_file(self.file.kind, self.caption)

    @property
    def case_text(self) -> CaseText:
        """Words and file as the team gets them."""
        own_names = find_own_names(self.caption, self.names)
        if self.file is None:
            return CaseText("text", self.caption, own_names=own_names)
        return CaseText(self.file.kind, self.caption, self.file.file_id, own_names)


class WriteComment:
    def __init__(self, db: Database, clock: Clock, open_case: OpenCaseFromResponse) -> None:
        self._db, self._clock, self._open_case = db, clock, open_case

    async def find_invitation(self, address: Address, reply_to: str | None) -> int | None:
        """Return the id of the invitation that a text of this person answers; None if it answers no question."""
        now = self._clock.now()
        return await self._db.read(lambda tx: _find_invitation(tx, address, reply_to, now))

    async def __call__(
        self,
        address: Address,
        text: str,
        message_id: str,
        invitation: int,
        names: Sequence[str] = (),
        file: AnswerFile | None = None,
    ) -> TurnResult:
        """Store the words as an answer. ``left_message`` of the result is the message that showed the conversation.

        ``names`` are the names of the writer's account; those of them that stand in the words are kept. ``file`` is a
        photo or voice message with ``text`` as its caption; in an anonymous journey it is not taken (NOT_LEGAL).
        """
        now = self._clock.now()
        return await self._db.write(
            lambda tx: self._write(tx, address, _Words(storable_text(text), names, file), message_id, invitation, now)
        )

    def _write(
        self,
        tx: Connection,
        address: Address,
        given: _Words,
        message_id: str,
        invitation: int,
        now: datetime,
    ) -> TurnResult:
        context = find_own_context(tx, address, invitation, lock=True)
        if isinstance(context, TapNotice) or context.response is None:
            return TurnResult(context if isinstance(context, TapNotice) else TapNotice.GONE)
        if given.file is not None and context.is_anonymous:  # a face or a voice would say whose answer it is
            return TurnResult(TapNotice.NOT_LEGAL, context)
        awaited = awaited_texts.find(tx, address)
        key, earlier_words = _find_answered_question(context.conversation, awaited, now)
        if key is None:
            return TurnResult(TapNotice.NOT_ASKED)
        words = f"{earlier_words}\n{given.text}" if earlier_words else given.text
        move = turns.answer(context.conversation, key, words[:MOST_CHARACTERS], now)
        if isinstance(move, TapRefusal):
            return TurnResult(TapNotice(move.reason.value))
        moved = save_move(tx, context, move, now, own_names=find_own_names(words, given.names))
        addition = awaited if earlier_words is not None else None
        if given.file is not None:
            answer_files.insert_file(tx, moved.answers[key].id, given.file)
        _record_words(tx, address, moved, key, message_id, addition, now)
        # The customer may have asked to be contacted before they wrote: the team then reads the words in the case.
        if moved.case is not None:
            self._open_case.add_words(tx, context.response.id, given.case_text, now)
        left = context.response.message_id
        if addition is not None and now - addition.at < QUICK_PERIOD:  # our message below the words before shows these
            is_coming = is_next_step_coming(tx, moved.invitation.id, _last_answered_message(addition))
            return TurnResult(TapNotice(move.effect.value), moved, left if is_coming else None)
        post_next_step(tx, address, moved, message_id, now)
        return TurnResult(TapNotice(move.effect.value), moved, left)

    async def edit_comment(self, address: Address, text: str, message_id: str, names: Sequence[str] = ()) -> TurnResult:
        """Change the answer that was taken from this message, because the customer edited it."""
        now = self._clock.now()
        return await self._db.write(lambda tx: edit_answer(tx, address, storable_text(text), message_id, names, now))


def _find_invitation(tx: Connection, address: Address, reply_to: str | None, now: datetime) -> int | None:
    # A reply says what it answers, so neither its age nor what else is awaited matters.
    if reply_to is not None:
        return _find_replied_invitation(tx, address, reply_to)
    awaited = awaited_texts.find(tx, address)
    if awaited is None or awaited.kind is not AwaitedTextKind.COMMENT:
        return None
    # `data` names the question once it was answered: from then on only an addition is awaited.
    period = COMMENT_ADDITION_PERIOD if awaited.data.get("question") else COMMENT_PERIOD
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
    if awaited is None or awaited.kind is not AwaitedTextKind.COMMENT or now - awaited.at >= COMMENT_ADDITION_PERIOD:
        return None, None
    key = str(awaited.data.get("question"))
    return (key, str(conversation.answers[key])) if key in conversation.answers else (None, None)


def _record_words(
    tx: Connection,
    address: Address,
    context: ConversationContext,
    key: str,
    message_id: str,
    addition: AwaitedText | None,
    now: datetime,
) -> None:
    """Record which message the words came in, and await an addition to them, unless words are asked for next.

    ``addition`` names the message that these words are added to. An edit of either one would replace the words of both,
    so edits of joined messages are dropped.
    """
    kind = SubjectKind.COMMENT if addition is None else SubjectKind.JOINED_COMMENT
    source = message_id if addition is None else str(addition.data.get("message"))
    record_source(tx, address, context, key, source, now, kind)
    if not is_in_words(context.conversation.question):
        is_quick = addition is not None and now - addition.at < QUICK_PERIOD
        below = _last_answered_message(addition) if addition is not None and is_quick else message_id
        data = {"question": key, "message": source, "below": below}
        awaited_texts.save(tx, address, AwaitedText(AwaitedTextKind.COMMENT, now, context.invitation.id, data))


def _last_answered_message(addition: AwaitedText) -> str:
    """Return the message of the customer below which the conversation went on last."""
    return str(addition.data.get("below", addition.data.get("message")))
