"""Set the menus of commands beside the input field, by audience and language, from `bot.messages.commands`.

Telegram shows the menu of the narrowest scope: that of one chat before that of all private chats. So a manager sees
the manager's menu alone, although the commands of customers work for them, too.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from aiogram import Bot, types
from aiogram.methods import SetMyCommands

from bot.messages.command_list import manager_commands
from bot.messages.commands import Audience, ChatCommand, listed_commands
from bot.outbox.messenger import DeliveryError, NeverLeft, Throttled, Uncertain
from bot.telegram.api_errors import translate_errors
from bot.texts import DEFAULT_LANGUAGE, LANGUAGES, words_in
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.address import Address

log = logging.getLogger(__name__)
WAITS = (1.0, 5.0, 30.0)  # seconds before each further try, unless Telegram itself names a wait


class Menus:
    """Menus of one bot. No call raises DeliveryError: a menu that cannot be set is logged.

    A call that may have failed on its way, or that Telegram asks to make later, is repeated up to three times. This is
    safe because setting a menu twice changes nothing. Any other refusal is not repeated.
    """

    def __init__(self, bot: Bot, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._bot = bot
        self._sleep = sleep
        self._changes: dict[Address, Callable[[], Awaitable[None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def set_for_everybody(self) -> None:
        """Set the menu of all private chats and of all groups, in each language; all others get the English one."""
        for language in LANGUAGES:
            # Without a code Telegram shows the menu in every language that has no menu of its own.
            code = None if language == DEFAULT_LANGUAGE else language
            await self._set_menu(
                listed_commands(Audience.CUSTOMER), language, types.BotCommandScopeAllPrivateChats(), code
            )
            await self._set_menu(listed_commands(Audience.TEAM), language, types.BotCommandScopeAllGroupChats(), code)

    def change_for_manager(self, viewer: MapViewer) -> None:
        """Set the menu of a manager's private chat in the background; of several changes the last one holds."""
        self._change(viewer.person, lambda: self.set_for_manager(viewer))

    def change_for_customer(self, customer: Address, language: str) -> None:
        """Set the menu of a customer's private chat in the background; of several changes the last one holds."""
        self._change(customer, lambda: self.set_for_customer(customer, language))

    def _change(self, chat: Address, change: Callable[[], Awaitable[None]]) -> None:
        is_changing = chat in self._changes
        self._changes[chat] = change
        if not is_changing:
            task = asyncio.create_task(self._make_changes(chat))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _make_changes(self, chat: Address) -> None:
        done = None
        try:
            while (change := self._changes[chat]) is not done:
                await change()
                done = change
        finally:
            self._changes.pop(chat, None)

    async def wait_until_idle(self) -> None:
        """Return when every change was made or given up."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self) -> None:
        """Drop the changes that were not made; they are made when the person changes something again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._changes.clear()

    async def set_for_manager(self, viewer: MapViewer) -> None:
        """Set the menu of a manager's private chat: their commands in their language."""
        menu = manager_commands(may_see_all=viewer.may_see_all)
        await self._set_menu(menu, viewer.language, types.BotCommandScopeChat(chat_id=int(viewer.person.id)), None)

    async def set_for_customer(self, customer: Address, language: str) -> None:
        """Set the menu of a customer's private chat, in the language chosen there."""
        await self._set_menu(
            listed_commands(Audience.CUSTOMER), language, types.BotCommandScopeChat(chat_id=int(customer.id)), None
        )

    async def _set_menu(
        self, commands: Sequence[ChatCommand], language: str, scope: types.BotCommandScopeUnion, code: str | None
    ) -> None:
        words = words_in(language)
        menu = [types.BotCommand(command=command.name, description=words(command.text_key)) for command in commands]
        await self._call(SetMyCommands(commands=menu, scope=scope, language_code=code))

    async def _call(self, method: SetMyCommands) -> None:
        # At the start Telegram may be away for a while; a menu that is set late is better than an old one.
        for wait in (*WAITS, None):  # None: the last try, which nothing follows
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
