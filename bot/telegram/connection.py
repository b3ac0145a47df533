"""Getting to know Telegram: a bot from a token, on Telegram's server or another that speaks like it."""

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import TelegramNotFound, TelegramUnauthorizedError
from aiogram.utils.token import TokenValidationError

from bot.outbox.messenger import DeliveryError
from bot.telegram.api_errors import translate_error
from cjm.errors import TropaError

SECONDS = 30.0  # for one call, with its upload


class TokenError(TropaError):
    """Telegram cannot be used with this token."""


def make_bot(token: str, api_url: str | None = None, seconds: float = SECONDS) -> Bot:
    """A bot that does nothing yet; close it with ``await bot.session.close()``. Raises TokenError."""
    server = TelegramAPIServer.from_base(api_url) if api_url else PRODUCTION
    try:
        return Bot(token, session=AiohttpSession(api=server, timeout=seconds))
    except TokenValidationError:
        raise TokenError("telegram.token is not a bot's token; take the one that @BotFather gave") from None


async def check_token(bot: Bot) -> str:
    """The bot's user name. Raises TokenError when Telegram does not know the token, DeliveryError when it is away."""
    try:
        return (await bot.me()).username or ""
    except (TelegramUnauthorizedError, TelegramNotFound):
        raise TokenError("Telegram does not know telegram.token; take the one that @BotFather gave") from None
    except Exception as error:
        raise translate_error(error) from None


__all__ = ["DeliveryError", "TokenError", "check_token", "make_bot"]
