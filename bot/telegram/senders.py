"""People and chats of Telegram, translated into the addresses and actors of the product."""

from typing import Any

from aiogram import types
from aiogram.filters import Filter

from bot.messages.callbacks import ConversationVerb, unpack_action
from bot.telegram.api_errors import MESSENGER
from bot.usecases.cases.case_access import Actor
from cjm.address import Address
from cjm.given_names import clean_given_name

ANONYMOUS_ADMINISTRATOR = 1087968824
"""Id of the account by which Telegram stands for every administrator who writes as the group itself."""


def is_anonymous_administrator(user: types.User | None) -> bool:
    return user is not None and user.id == ANONYMOUS_ADMINISTRATOR


def person_address(user: types.User) -> Address:
    return Address(MESSENGER, str(user.id))


def chat_address(message: types.Message | types.InaccessibleMessage) -> Address:
    return Address(MESSENGER, str(message.chat.id))


def customer_address(event: types.Message | types.CallbackQuery) -> Address:
    """Return the address of the customer in a private chat, where person and chat have the same id."""
    return chat_address(event) if isinstance(event, types.Message) else person_address(event.from_user)


def find_actor(event: types.Message | types.CallbackQuery) -> Actor | None:
    """Return who acts in which chat, and by a tap on which message; None where Telegram names no person or chat."""
    message = event if isinstance(event, types.Message) else event.message
    if message is None or event.from_user is None:
        return None
    chat = Address(MESSENGER, str(message.chat.id))
    tapped = str(message.message_id) if isinstance(event, types.CallbackQuery) else None
    return Actor(chat, person_address(event.from_user), person_name(event.from_user), tapped)


def person_name(user: types.User) -> str:
    """Return the name that others see of a person: cleaned, and their id where nothing of a name is left."""
    return clean_given_name(user.full_name) or f"id {user.id}"


def account_names(user: types.User | None) -> tuple[str, ...]:
    """Return the names that somebody's account has; they are looked for in their words, and not stored."""
    if user is None:
        return ()
    # A user name is looked for as a whole: the words of "happy_customer" are no names.
    return tuple(filter(None, (user.first_name, user.last_name, user.username and f"@{user.username}")))


def find_reachable_person(update: types.Update) -> Address | None:
    """Return who wrote or tapped in their private chat, None for all else: so the bot can write to them.

    A tap in a conversation is left out: its use case records that itself, with the customer whom it loads anyway.
    """
    event = update.message or update.edited_message
    if event is not None:
        return chat_address(event) if event.chat.type == "private" else None
    tap = update.callback_query
    if tap is None or tap.message is None or tap.message.chat.type != "private":
        return None
    action = unpack_action(tap.data)
    return None if action is not None and isinstance(action.verb, ConversationVerb) else person_address(tap.from_user)


def sender_language(event: types.Message | types.CallbackQuery) -> str | None:
    """Return the language of the sender's app, such as "pl" or "pt-br"; None where Telegram does not tell."""
    return event.from_user.language_code if event.from_user else None


def find_topic(message: object) -> int | None:
    """Return the topic to answer in; None outside of topics, and for a message that is out of reach."""
    # A reply in a plain group has a thread id, too; sending into that "thread" is refused.
    return message.message_thread_id if isinstance(message, types.Message) and message.is_topic_message else None


class PrivateChatFilter(Filter):
    """Let messages of people in their own chat with the bot through."""

    async def __call__(self, event: types.Message) -> bool:
        # Two bots would answer each other for ever, and a message without a person has nobody to answer.
        return event.chat.type == "private" and event.from_user is not None and not event.from_user.is_bot


class ActorFilter(Filter):
    """Let events through that Telegram ascribes to a person in a chat; the handler may take the ``actor``.

    A tap on a message that Telegram does not name any more has no actor: its chat is unknown.
    """

    async def __call__(self, event: types.Message | types.CallbackQuery) -> bool | dict[str, Any]:
        actor = find_actor(event)
        return {"actor": actor} if actor is not None else False
