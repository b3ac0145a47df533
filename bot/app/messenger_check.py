"""Check of the messenger for `tropa doctor`, without starting anything."""

from bot.config.settings import Settings
from bot.outbox.messenger import DeliveryError
from bot.telegram.connection import check_token, make_bot
from cjm.errors import TropaError

_SECONDS = 10.0  # shorter than in operation: a person waits for the answer


async def check_messenger(settings: Settings) -> str:
    """Return the state of the messenger in words. Raises TropaError when the token is wrong or no server answers."""
    telegram = settings.telegram
    if not telegram.token:
        return "no token yet: 'tropa run' needs one from @BotFather"
    bot = make_bot(telegram.token.get_secret_value(), telegram.api_url, _SECONDS)
    try:
        return f"the bot is @{await check_token(bot)}"
    except DeliveryError:
        raise TropaError(f"{telegram.api_url} does not answer; check the connection") from None
    finally:
        await bot.session.close()
