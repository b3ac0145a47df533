"""Every tap is acknowledged: at once with what its handler returns, or, while that takes longer, with nothing.

Until then the button shows that it is at work. A handler of taps may return a text, which is shown as a short notice,
or an :class:`Alert`, which must be closed.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiogram import Bot
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from bot.faults import fault

log = logging.getLogger(__name__)
MOST = 200  # characters of a notice
CALL_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Alert:
    """What a handler returns to have its words shown until they are closed."""

    text: str


class TapAcknowledgement:
    """``said`` is what the handler returned."""

    def __init__(self, bot: Bot, query: CallbackQuery) -> None:
        self.said: object = None
        self._bot = bot
        self._query = query
        self.given = False

    async def send(self) -> None:
        """Once; later calls do nothing. Too late, too old, no connection: nobody is the worse for it."""
        if self.given:
            return
        self.given = True
        alert = isinstance(self.said, Alert)
        text = self.said.text if isinstance(self.said, Alert) else self.said if isinstance(self.said, str) else ""
        answer = AnswerCallbackQuery(
            callback_query_id=self._query.id, text=text[:MOST] or None, show_alert=alert or None
        )
        try:
            await self._bot(answer, request_timeout=CALL_SECONDS)
        except Exception as error:
            log.info("tap not acknowledged", extra={"error": fault(error)})

    async def send_later(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.send()


@asynccontextmanager
async def acknowledge_tap(
    bot: Bot, query: CallbackQuery | None, patience: float
) -> AsyncIterator[TapAcknowledgement | None]:
    """Whatever happens inside, the tap is acknowledged when it ends, and after ``patience`` seconds at the latest."""
    if query is None:
        yield None
        return
    acknowledgement = TapAcknowledgement(bot, query)
    early = asyncio.create_task(acknowledgement.send_later(patience))
    try:
        yield acknowledgement
    finally:
        if not acknowledgement.given:
            early.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await early
        await acknowledgement.send()
