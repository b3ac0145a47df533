"""The message whose button was tapped: where most taps show their result."""

from aiogram import types

from bot.outbox.showings import Content, MessageReplacement, NewMessage, Showing
from bot.telegram import senders


def tapped_message_id(query: types.CallbackQuery) -> str:
    """Return the id of the tapped message; "" when Telegram does not tell it any more."""
    return str(query.message.message_id) if query.message is not None else ""


def replace_tapped(query: types.CallbackQuery, content: Content) -> Showing:
    """Show ``content`` in place of the tapped message, or as a new one where that is not known to have worked.

    A tapped message can be out of reach: deleted, sent by an older bot, or so old that Telegram keeps only its id.
    """
    if query.message is None:
        return NewMessage(senders.person_address(query.from_user), content)
    thread = senders.find_topic(query.message)
    return MessageReplacement(senders.chat_address(query.message), tapped_message_id(query), content, thread)
