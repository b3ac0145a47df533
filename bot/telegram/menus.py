"""What the button beside the input field offers: commands by audience, in the reader's language."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from aiogram import Bot
from aiogram.methods import SetMyCommands
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeUnion,
)

from bot.outbox.messenger import DeliveryError, NeverLeft, Throttled, Uncertain
from bot.telegram.api_errors import translate_errors
from bot.texts import DEFAULT_LANGUAGE, LANGUAGES, words_in
from cjm.address import Address

log = logging.getLogger(__name__)
CUSTOMER = ("complain", "mycases", "settings", "mydata", "stop", "forget", "help")
MANAGER = ("map", "stages", "voices", "digest", "complaints", "journeys", "managers", "help")
TEAM = ("map", "digest", "complaints")
WAITS = (1.0, 5.0, 30.0)


class Menus:
    """Sets the menus. Setting is idempotent, so it is simply tried again; a menu that cannot be set stops nobody."""

    def __init__(self, bot: Bot, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._bot = bot
        self._sleep = sleep

    async def set_for_everybody(self) -> None:
        """Customers in private chats, teams in groups; English for those whose language we do not speak."""
        for language in LANGUAGES:
            code = None if language == DEFAULT_LANGUAGE else language
            await self._set_menu("customer", CUSTOMER, language, BotCommandScopeAllPrivateChats(), code)
            await self._set_menu("team", TEAM, language, BotCommandScopeAllGroupChats(), code)

    async def set_for_manager(self, manager: Address, language: str | None) -> None:
        """A manager's private chat; in the language chosen there."""
        await self._set_menu("manager", MANAGER, language, BotCommandScopeChat(chat_id=int(manager.id)), None)

    async def set_for_customer(self, customer: Address, language: str) -> None:
        """A customer's private chat, in the language chosen there."""
        await self._set_menu("customer", CUSTOMER, language, BotCommandScopeChat(chat_id=int(customer.id)), None)

    async def _set_menu(
        self,
        audience: str,
        commands: Sequence[str],
        language: str | None,
        scope: BotCommandScopeUnion,
        code: str | None,
    ) -> None:
        words = words_in(language)
        shown = [BotCommand(command=name, description=words(f"menu.{audience}.{name}")) for name in commands]
        await self._call(SetMyCommands(commands=shown, scope=scope, language_code=code))

    async def _call(self, method: SetMyCommands) -> None:
        for wait in (*WAITS, None):
            try:
                with translate_errors():
                    await self._bot(method)
            except (NeverLeft, Uncertain, Throttled) as error:
                if wait is not None:
                    await self._sleep(error.seconds if isinstance(error, Throttled) else wait)
            except DeliveryError as error:
                log.warning("menu not set", extra={"reason": str(error)})
                return
            else:
                return
        log.warning("menu not set", extra={"reason": "Telegram does not answer"})
