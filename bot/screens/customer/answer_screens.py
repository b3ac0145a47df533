"""Replies to taps and words in a conversation about one question, beside the question's own message."""

from datetime import datetime

from bot.conversation.context import ConversationContext
from bot.messages.message import Message, plain
from bot.messages.notice import Notice
from bot.outbox.letters.steps.answer_lines import answer_text
from bot.texts import words_in
from bot.usecases.asking.turn import TapNotice, TurnResult

# The tap changed nothing and its reader may believe that it did: they close the notice themselves.
_ALERTS = frozenset(
    [
        TapNotice.ENDED,
        TapNotice.TOO_LATE,
        TapNotice.NOT_ASKED,
        TapNotice.NOT_LEGAL,
        TapNotice.NOT_YOURS,
    ]
)


def turn_notice(turn: TurnResult, language: str | None) -> Notice | None:
    """Return the words on top of the chat after a tap; None for the moves that the message itself shows.

    ``language`` is used where there is no conversation that knows the customer's.
    """
    words = turn.context.words if turn.context is not None else words_in(language)
    key = f"chat.note.{turn.notice}"
    return Notice(words(key), is_alert=turn.notice in _ALERTS) if words.has(key) else None


def frequency_notice(turn: TurnResult, is_wanted: bool) -> Notice | None:
    """Return the words after a wish to be asked less often was taken back; the message itself shows the wish."""
    if turn.notice is not TapNotice.MOVED or turn.context is None:
        return turn_notice(turn, None)
    return None if is_wanted else Notice(turn.context.words("chat.note.as_before"))


def refusal_notice(reason: TapNotice, language: str | None) -> Notice | None:
    """Return why a tap was not taken, where nothing is known of its conversation."""
    return turn_notice(TurnResult(reason), language)


def change_notice(context: ConversationContext, now: datetime) -> Notice | None:
    """Return the notice that answers cannot be changed any more; None while they can."""
    if context.conversation.may_change(now):
        return None
    return turn_notice(TurnResult(TapNotice.TOO_LATE, context), context.language)


def forgotten_question(language: str | None) -> Message:
    """Return the text that replaces a question about which nothing is stored any more."""
    return Message(plain(words_in(language)("chat.gone")))


def text_request(context: ConversationContext | TapNotice, language: str | None, reply_to: str) -> Message:
    """Ask for an answer in words under a message that has none, such as a photo."""
    words = words_in(language) if isinstance(context, TapNotice) else context.words
    return Message(plain(words("chat.words.wanted")), reply_to=reply_to)


def refused_edit(context: ConversationContext, turn: TurnResult, reply_to: str) -> Message:
    """Say why an edited message changes nothing: the time is over, or the answer stays, as no other was understood."""
    key, conversation = turn.question or "", context.conversation
    raw, asked = conversation.answers.get(key), conversation.survey.find_question(key)
    if turn.notice is not TapNotice.NOT_LEGAL or raw is None or asked is None:
        return Message(plain(context.words(f"chat.note.{turn.notice}")), reply_to=reply_to)
    answer = answer_text(asked, raw, context.language, context.words)
    return Message(plain(context.words("chat.edit.kept", answer=answer)), reply_to=reply_to)
