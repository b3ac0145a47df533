"""Where a customer sees what came of a tap: in the message that was tapped."""

from aiogram.types import CallbackQuery

from bot.messages.message import Message
from bot.outbox.replies import Replies
from bot.telegram import senders


async def show(replies: Replies, query: CallbackQuery, message: Message) -> None:
    """Change the message that was tapped; one out of reach is said anew."""
    person = senders.person_address(query.from_user)
    if query.message is None or await replies.edit(person, str(query.message.message_id), message) is None:
        await replies.send(person, message)
