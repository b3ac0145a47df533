"""Acknowledge every tap, so that its button does not look busy for ever.

Invariants:

* A tap is acknowledged once in each try of its handler: with the :class:`Notice` that the handler returned, or without
  words.
* It is acknowledged when its handler ends, also when that fails, and after `RetryDelays.tap` seconds at the latest.
* An acknowledgement that cannot be sent is only logged: Telegram forgets old taps, and nothing depends on it.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiogram import Bot, types
from aiogram.methods import AnswerCallbackQuery

from bot.faults import describe_fault
from bot.messages.notice import Notice

log = logging.getLogger(__name__)
MOST_NOTICE = 200  # characters; Telegram refuses more
CALL_SECONDS = 5


class TapAcknowledgement:
    """Answer to one tap that is still to be sent; ``notice`` is filled when the handler returns one."""

    def __init__(self, bot: Bot, query: types.CallbackQuery) -> None:
        self.notice: Notice | None = None
        self.is_sent = False
        self._bot = bot
        self._query = query

    async def send(self) -> None:
        """Acknowledge the tap; later calls do nothing. Never raises."""
        if self.is_sent:
            return
        self.is_sent = True  # before the call: a handler that ends meanwhile must not send a second one
        answer = AnswerCallbackQuery(callback_query_id=self._query.id)
        if self.notice is not None:
            answer = answer.model_copy(
                update={"text": self.notice.text[:MOST_NOTICE], "show_alert": self.notice.is_alert or None}
            )
        try:
            await self._bot(answer, request_timeout=CALL_SECONDS)
        except Exception as error:
            log.info("tap not acknowledged", extra={"error": describe_fault(error)})

    async def send_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.send()


@asynccontextmanager
async def acknowledge_tap(
    bot: Bot, query: types.CallbackQuery | None, patience: float
) -> AsyncIterator[TapAcknowledgement | None]:
    """Acknowledge the tap when the block ends, and after ``patience`` seconds at the latest; None without a tap."""
    if query is None:
        yield None
        return
    acknowledgement = TapAcknowledgement(bot, query)
    early = asyncio.create_task(acknowledgement.send_after(patience))
    try:
        yield acknowledgement
    finally:
        if not acknowledgement.is_sent:
            early.cancel()
        # A call that has begun is awaited and not cut off: a tap acknowledged twice would be an error of Telegram's.
        with contextlib.suppress(asyncio.CancelledError):
            await early
        await acknowledgement.send()
