"""The connection to Telegram: a bot made from a token, for Telegram's server or another one with the same API."""

from typing import Any, cast

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import TelegramNotFound, TelegramUnauthorizedError
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageMedia,
    EditMessageText,
    Response,
    SendMessage,
    TelegramMethod,
)
from aiogram.types import InputFile
from aiogram.utils.token import TokenValidationError
from aiohttp import ClientTimeout, FormData, JsonPayload

from bot.outbox.messenger import DeliveryError
from bot.telegram.api_errors import translate_error
from cjm.errors import TropaError

# aiogram asks pydantic for a class of the answer in every call. Pydantic forgets a class that nobody holds, and making
# one costs more than the call.
_METHODS: tuple[type[TelegramMethod[Any]], ...] = (AnswerCallbackQuery, EditMessageText, EditMessageMedia, SendMessage)
_ANSWER_CLASSES = tuple(Response.__class_getitem__(method.__returning__) for method in _METHODS)
CALL_SECONDS = 30.0  # for one call, with its upload
CONNECT_SECONDS = 3.0  # of them for the connection: what fails by then never left, so it can be tried again


class JsonSession(AiohttpSession):
    """Session that sends a call without files as JSON: making and reading a form costs far more."""

    def build_form_data(self, bot: Bot, method: TelegramMethod[Any]) -> FormData:
        files: dict[str, InputFile] = {}
        values = {
            name: prepared
            for name, value in method.model_dump(warnings=False).items()
            if (prepared := self.prepare_value(value, bot=bot, files=files))
        }
        # aiogram passes the result on to aiohttp, which takes a payload as well as a form.
        return super().build_form_data(bot, method) if files else cast("FormData", JsonPayload(values))


class TokenError(TropaError):
    """Telegram cannot be used with this token."""


def make_bot(
    token: str, api_url: str | None = None, seconds: float = CALL_SECONDS, connect_seconds: float = CONNECT_SECONDS
) -> Bot:
    """Return a bot that has not called Telegram yet; close it with ``await bot.session.close()``.

    Raises:
        TokenError: The token does not have the form of a token.
    """
    server = TelegramAPIServer.from_base(api_url) if api_url else PRODUCTION
    # aiogram hands its timeout to aiohttp as it is, and a number could not tell the connection from the answer.
    timeout = cast("float", ClientTimeout(total=seconds, connect=min(connect_seconds, seconds)))
    try:
        return Bot(token, session=JsonSession(api=server, timeout=timeout))
    except TokenValidationError:
        raise TokenError("telegram.token is not a bot's token; take the one that @BotFather gave") from None


async def check_token(bot: Bot) -> str:
    """Return the bot's user name.

    Raises:
        TokenError: Telegram does not know the token.
        DeliveryError: Telegram cannot be reached.
    """
    try:
        return (await bot.me()).username or ""
    # Telegram answers 401 to an unknown or revoked token, and 404 to what does not have the form of one.
    except (TelegramUnauthorizedError, TelegramNotFound):
        raise TokenError("Telegram does not know telegram.token; take the one that @BotFather gave") from None
    except Exception as error:
        raise translate_error(error) from None


__all__ = ["DeliveryError", "TokenError", "check_token", "make_bot"]
