"""Questions to the messenger for commands, without starting anything: `tropa doctor` and `tropa qr`."""

from bot.config.settings import Settings, TelegramSettings
from bot.outbox.messenger import DeliveryError
from bot.usecases.upkeep.findings import CheckName, Finding, Severity
from cjm.errors import TropaError

_SECONDS = 10.0  # shorter than in operation: a person waits for the answer


class BotNameError(TropaError):
    """The bot's user name cannot be asked for."""


async def check_messenger(settings: Settings) -> list[Finding]:
    """Return what is known about the token, and about the webhook if the settings want one."""
    if not settings.telegram.token:
        return [_make_finding(Severity.OK, "no token yet: 'tropa run' needs one from @BotFather")]
    return await _ask_messenger(settings.telegram)


async def ask_bot_name(settings: Settings) -> str:
    """Return the bot's user name. Raises BotNameError without a token or an answer, TokenError for an unknown token."""
    from bot.telegram.connection import check_token, make_bot

    telegram = settings.telegram
    if not telegram.token.get_secret_value():
        raise BotNameError("[telegram] token is not set; set it")
    bot = make_bot(telegram.token.get_secret_value(), telegram.api_url, _SECONDS)
    try:
        return await check_token(bot)
    except DeliveryError:
        raise BotNameError("Telegram does not answer; try again later") from None
    finally:
        await bot.session.close()


async def _ask_messenger(telegram: TelegramSettings) -> list[Finding]:
    # aiogram takes seconds to load, which the first look of a newcomer, without a token, does not need.
    from bot.telegram.connection import check_token, make_bot
    from bot.telegram.receiving.webhook import find_webhook_trouble

    try:
        bot = make_bot(telegram.token.get_secret_value(), telegram.api_url, _SECONDS)
    except TropaError as error:
        return [_make_finding(Severity.PROBLEM, str(error))]
    try:
        known = _make_finding(Severity.OK, f"the bot is @{await check_token(bot)}")
        trouble = await find_webhook_trouble(bot, telegram.webhook_url) if telegram.mode == "webhook" else None
        return [known, _make_finding(Severity.WARNING, trouble)] if trouble else [known]
    except TropaError as error:
        return [_make_finding(Severity.PROBLEM, str(error))]
    except DeliveryError:
        return [_make_finding(Severity.PROBLEM, f"{telegram.api_url} does not answer; check the connection")]
    finally:
        await bot.session.close()


def _make_finding(severity: Severity, text: str) -> Finding:
    return Finding(CheckName.MESSENGER, severity, text)
