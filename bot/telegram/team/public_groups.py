"""Watch for teams' chats that anybody can read: a group with a user name is public.

Telegram does not tell a bot when a group gets a user name, but each message and tap from it shows the name.
"""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, types

from bot.db.engine.errors import DatabaseError
from bot.telegram.senders import chat_address
from cjm.address import Address

Report = Callable[[Address], Awaitable[None]]


class PublicGroupWatch(BaseMiddleware):
    """Outer middleware for messages and taps; ``report`` is called with the address of a public group."""

    def __init__(self, report: Report) -> None:
        self._report = report

    async def __call__(
        self,
        handler: Callable[[types.TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: types.TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        result = await handler(event, data)
        message = event.message if isinstance(event, types.CallbackQuery) else event
        if (
            isinstance(message, (types.Message, types.InaccessibleMessage))
            and message.chat.type == "supergroup"
            and message.chat.username
        ):
            # After the handler, whose first write marks the update done. The next event reports what fails here.
            with contextlib.suppress(DatabaseError):
                await self._report(chat_address(message))
        return result
