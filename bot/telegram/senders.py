"""Who taps or writes, and where, as the rest of the house knows it."""

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message, User

from bot.telegram.api_errors import MESSENGER
from bot.usecases.cases.admit_to_case import Actor
from cjm.address import Address


def person_address(user: User) -> Address:
    return Address(MESSENGER, str(user.id))


def chat_address(message: Message) -> Address:
    return Address(MESSENGER, str(message.chat.id))


def find_actor(event: Message | CallbackQuery) -> Actor | None:
    """Who wants to do something, in which chat, by a tap on which message; None where nobody is named."""
    message = event if isinstance(event, Message) else event.message
    if message is None or event.from_user is None:
        return None
    where = Address(MESSENGER, str(message.chat.id))
    tapped = str(message.message_id) if isinstance(event, CallbackQuery) else None
    return Actor(where, person_address(event.from_user), event.from_user.full_name, tapped)


def sender_language(event: Message | CallbackQuery) -> str | None:
    return event.from_user.language_code if event.from_user else None


class PrivateChatFilter(Filter):
    """Messages of people in their own chat with us."""

    async def __call__(self, event: Message) -> bool:
        return event.chat.type == "private" and event.from_user is not None and not event.from_user.is_bot
