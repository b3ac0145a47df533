"""Somebody who floods us is answered once, and then not at all until it is over; nobody else notices.

What is passed over is not lost on anybody: no person taps twenty times in ten seconds and means each of them.
"""

import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.clock import monotonic
from bot.outbox.replies import Replies
from bot.screens.customer.welcome import flood_warning
from bot.telegram import senders
from bot.texts import words_in

log = logging.getLogger(__name__)
MOST, SECONDS = 20, 10.0
REMEMBERED = 5000  # people; beyond, those who have been quiet are let go


class Throttle(BaseMiddleware):
    """An outer middleware for messages and taps in private chats."""

    def __init__(self, replies: Replies, now: Callable[[], float] = monotonic) -> None:
        self._replies, self._now = replies, now
        self._came: dict[int, deque[float]] = {}
        self._warned: set[int] = set()

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        if not isinstance(event, (Message, CallbackQuery)) or not _is_private(event) or event.from_user is None:
            return await handler(event, data)
        person = event.from_user.id
        if not self._floods(person):
            self._warned.discard(person)
            return await handler(event, data)
        if person not in self._warned:
            self._warned.add(person)
            log.warning("somebody floods us")
            await self._replies.send(
                senders.person_address(event.from_user), flood_warning(words_in(senders.sender_language(event)))
            )
        return None

    def _floods(self, person: int) -> bool:
        now = self._now()
        came = self._came.setdefault(person, deque(maxlen=MOST + 1))
        came.append(now)
        if len(self._came) > REMEMBERED:
            self._came = {one: times for one, times in self._came.items() if now - times[-1] < SECONDS}
        return len(came) > MOST and now - came[0] < SECONDS


def _is_private(event: Message | CallbackQuery) -> bool:
    message = event if isinstance(event, Message) else event.message
    return message is not None and message.chat.type == "private"
