"""The message whose button was tapped: where most taps show their result."""

from dataclasses import replace

from aiogram import types

from bot.messages.message import Message
from bot.outbox.replies import Replies
from bot.telegram import senders


def tapped_message_id(query: types.CallbackQuery) -> str:
    """Return the id of the tapped message; "" when Telegram does not tell it any more."""
    return str(query.message.message_id) if query.message is not None else ""


async def replace_tapped(replies: Replies, query: types.CallbackQuery, message: Message) -> None:
    """Show ``message`` in place of the tapped one, or as a new one where that is not known to have worked.

    A tapped message can be out of reach: deleted, sent by an older bot, or so old that Telegram keeps only its id.
    """
    if query.message is None:
        await replies.send(senders.person_address(query.from_user), message)
        return
    chat = senders.chat_address(query.message)
    if await replies.edit(chat, tapped_message_id(query), message) is None:
        await replies.send(chat, replace(message, thread=message.thread or senders.find_topic(query.message)))
