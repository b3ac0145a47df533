"""Limit how many messages and taps of one person are handled, so that a flood delays nobody else.

Invariants:

* A person who sends more than `MOST_EVENTS` in `PERIOD_SECONDS` is warned once, then ignored until the flood is over.
* Ignored messages and taps are dropped, not delayed. They are taken for accidental repeats: no person taps twenty
  times in ten seconds and means each of them.
* Groups are not limited: a team may write as much as it likes. Nor are taps whose message Telegram does not name.
"""

import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, types

from bot.clock import monotonic
from bot.outbox.showings import NewMessage
from bot.screens.customer.welcome import flood_warning
from bot.telegram import senders
from bot.telegram.handler_result import show
from bot.texts import words_in
from cjm.address import Address

log = logging.getLogger(__name__)
MOST_EVENTS, PERIOD_SECONDS = 20, 10.0
REMEMBERED = 5000  # people; beyond that, those who sent nothing for `PERIOD_SECONDS` are forgotten


class Throttle(BaseMiddleware):
    """Outer middleware for messages and taps in private chats; ``now`` is monotonic time in seconds."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._arrivals: dict[Address, deque[float]] = {}
        self._warned: set[Address] = set()

    async def __call__(
        self,
        handler: Callable[[types.TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: types.TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        if not isinstance(event, (types.Message, types.CallbackQuery)) or not _is_private(event):
            return await handler(event, data)
        person = senders.customer_address(event)
        if not self._is_flooding(person):
            self._warned.discard(person)
            return await handler(event, data)
        if person not in self._warned:
            self._warned.add(person)
            log.warning("person throttled")
            return show(NewMessage(person, flood_warning(words_in(senders.sender_language(event)))))
        return None

    def _is_flooding(self, person: Address) -> bool:
        """Count this event, and tell whether it is one too many."""
        now = self._now()
        times = self._arrivals.setdefault(person, deque(maxlen=MOST_EVENTS + 1))
        times.append(now)
        # The whole table is swept only when it is full, so that an ordinary event costs nothing.
        if len(self._arrivals) > REMEMBERED:
            self._arrivals = {each: kept for each, kept in self._arrivals.items() if now - kept[-1] < PERIOD_SECONDS}
        return len(times) > MOST_EVENTS and now - times[0] < PERIOD_SECONDS


def _is_private(event: types.Message | types.CallbackQuery) -> bool:
    message = event if isinstance(event, types.Message) else event.message
    return message is not None and message.chat.type == "private"
