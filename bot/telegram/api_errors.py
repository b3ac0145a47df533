"""Translate Telegram's errors into those of the messenger port, in one place.

Invariants:

* The error tells how far the call came. Refused or never connected: it did not happen. Broken off after it left, or
  answered by a server error or unreadably: it may have happened, and is `Uncertain`.
* No text of an error repeats an address of Telegram's API, because addresses hold the token.
* Telegram tells refusals with the same code apart by their sentences only; this module knows the ones that matter.
* The wait that a "too many requests" asks for is brought between `SHORTEST_PAUSE` and `LONGEST_PAUSE`: the answer may
  name none, zero, a negative or a huge number.
"""

import math
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
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 86_400.0  # seconds
DEFAULT_PAUSE = 5.0  # seconds, when the answer does not say how long
TOO_MANY_REQUESTS = 429
NOT_MODIFIED = "message is not modified"
TOO_MANY = "too many requests"
NO_TEXT = "there is no text in the message to edit"
GONE = ("message to delete not found", "message_id_invalid")
# Refusals that are about this message although their code is the one of a chat that cannot be written to.
_ABOUT_THE_MESSAGE = ("message_delete_forbidden", "message_author_required")
# Refusals (400) that are about the chat and not about the message: every message to it would be refused.
_UNREACHABLE = (
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
    """Raise each error of the block as a DeliveryError; the original is dropped, because its text may hold secrets."""
    try:
        yield
    except DeliveryError:
        raise
    except Exception as error:
        raise translate_error(error) from None


def translate_error(error: Exception) -> DeliveryError:  # noqa: PLR0911 - a table reads best as one
    """Return the error of the port that an error of aiogram, or of building the call, stands for."""
    match error:
        case TelegramRetryAfter():
            return make_throttled(error.retry_after)
        case TelegramMigrateToChat():
            return ChatMoved(Address(MESSENGER, str(error.migrate_to_chat_id)))
        case TelegramNetworkError():
            return _translate_network_error(error)
        case ClientDecodeError(data={"ok": False, "error_code": code, **answer}) if code == TOO_MANY_REQUESTS:
            parameters = answer.get("parameters")
            return make_throttled(parameters.get("retry_after") if isinstance(parameters, dict) else None)
        case ClientDecodeError():
            return Uncertain("Telegram's answer cannot be read")
        case TelegramAPIError() if not error.message:  # Telegram gives a sentence with each refusal
            return Uncertain("Telegram's answer cannot be read")
        case TelegramAPIError():
            return _translate_refusal(error)
        case ValueError() | TypeError():  # raised while the call was being put together
            return Rejected(f"the message cannot be given to Telegram: {describe_fault(error)}")
    return Uncertain(describe_fault(error))


def make_throttled(retry_after: object) -> Throttled:
    """Return the error of a call that is to be tried later, with a wait that can be kept."""
    try:
        seconds = float(retry_after)  # type: ignore[arg-type]  # what is no number raises
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    return Throttled(DEFAULT_PAUSE if math.isnan(seconds) else min(max(seconds, SHORTEST_PAUSE), LONGEST_PAUSE))


def _translate_network_error(error: TelegramNetworkError) -> DeliveryError:
    cause = error.__cause__
    if isinstance(error, TelegramEntityTooLarge):
        return Rejected(refusal_sentence(error))
    if isinstance(cause, ClientConnectorError | ConnectionTimeoutError):
        return NeverLeft("Telegram cannot be reached")
    return Uncertain(f"the connection broke: {type(cause or error).__name__}")


def _translate_refusal(error: TelegramAPIError) -> DeliveryError:  # noqa: PLR0911 - a table too
    sentence = refusal_sentence(error)
    match error:
        case _ if any(sign in sentence.lower() for sign in _ABOUT_THE_MESSAGE):
            return Rejected(sentence)
        case TelegramForbiddenError():
            return Unreachable(sentence)
        # aiogram has an error of its own for it only if the answer says how long to wait.
        case _ if TOO_MANY in sentence.lower():
            return make_throttled(None)
        case TelegramUnauthorizedError():
            return NeverLeft("Telegram does not know the token any more")
        # An unknown token and an unknown method are both "not found"; only the token can become known again.
        case TelegramNotFound() if "method" not in sentence.lower():
            return NeverLeft("Telegram does not know the token any more")
        case TelegramServerError():
            return Uncertain(sentence)
        case TelegramBadRequest() if any(sign in sentence.lower() for sign in _UNREACHABLE):
            return Unreachable(sentence)
    return Rejected(sentence)


def refusal_sentence(error: TelegramAPIError) -> str:
    """Return Telegram's own sentence, without the lines that aiogram adds to it."""
    return error.message.splitlines()[0][:200] if error.message else type(error).__name__
