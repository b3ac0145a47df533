"""Telegram's errors, translated once.

What tells them apart is how far the call came: refused in words (it did not happen), never connected (it did not
happen), or broken off afterwards (nobody knows). No text here repeats an address, because Telegram's hold the token.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiohttp import ClientConnectorError, ConnectionTimeoutError

from bot.faults import describe_fault
from bot.outbox.messenger import ChatMoved, DeliveryError, NeverLeft, Rejected, Throttled, Uncertain, Unreachable
from cjm.address import Address

MESSENGER = "telegram"
NOT_MODIFIED = "message is not modified"
NO_TEXT = "there is no text in the message to edit"
GONE = ("message to delete not found", "message_id_invalid")
# 400s that are about the chat and not about the message.
_CLOSED = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "group chat was deactivated",
    "peer_id_invalid",
    "bot was kicked",
    "bot is not a member",
    "chat_write_forbidden",
    "have no rights to send",
    "not enough rights to send",
    "need administrator rights",
    "chat_restricted",
)


@contextmanager
def translate_errors() -> Iterator[None]:
    """Whatever goes wrong inside comes out as a DeliveryError; never with the original, whose text may hold secrets."""
    try:
        yield
    except DeliveryError:
        raise
    except Exception as error:
        raise translate_error(error) from None


def translate_error(error: Exception) -> DeliveryError:  # noqa: PLR0911 - a table reads best as one
    match error:
        case TelegramRetryAfter():
            return Throttled(error.retry_after)
        case TelegramMigrateToChat():
            return ChatMoved(Address(MESSENGER, str(error.migrate_to_chat_id)))
        case TelegramNetworkError():
            return _translate_network_error(error)
        case ClientDecodeError():
            return Uncertain("an answer that is none")
        case TelegramAPIError():
            return _translate_refusal(error)
        case ValueError() | TypeError():  # raised while the call was being put together
            return Rejected(f"it cannot be said to Telegram: {describe_fault(error)}")
    return Uncertain(describe_fault(error))


def _translate_network_error(error: TelegramNetworkError) -> DeliveryError:
    cause = error.__cause__
    if isinstance(error, TelegramEntityTooLarge):
        return Rejected(refusal_sentence(error))
    if isinstance(cause, ClientConnectorError | ConnectionTimeoutError):
        return NeverLeft("Telegram cannot be reached")
    return Uncertain(f"the connection broke: {type(cause or error).__name__}")


def _translate_refusal(error: TelegramAPIError) -> DeliveryError:
    said = refusal_sentence(error)
    match error:
        case TelegramForbiddenError():
            return Unreachable(said)
        case TelegramUnauthorizedError():
            return NeverLeft("Telegram does not know the token any more")
        case TelegramNotFound() if "method" not in said.lower():
            return NeverLeft("Telegram does not know the token any more")
        case TelegramServerError():
            return Uncertain(said)
        case TelegramBadRequest() if any(sign in said.lower() for sign in _CLOSED):
            return Unreachable(said)
    return Rejected(said)


def refusal_sentence(error: TelegramAPIError) -> str:
    """Telegram's own words, without aiogram's."""
    return error.message.splitlines()[0][:200] if error.message else type(error).__name__
