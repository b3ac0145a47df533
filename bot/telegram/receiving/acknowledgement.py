"""Acknowledge every tap, so that its button does not look busy for ever.

Invariants:

* A tap is acknowledged once, however often its handler is tried: with the :class:`Notice` that the handler returned, or
  without words.
* It is acknowledged right after its handler has ended, without waiting for the sending pace, and after ``patience``
  seconds at the latest, also when the handler fails.
* The call holds no handler's place and no chat's turn: it is a task with places of its own. While the Bot API hangs, a
  call costs one of these places for `CALL_SECONDS`, and one that waited `LONGEST_WAIT` for a place is given up.
* An acknowledgement that cannot be sent is only logged: Telegram forgets old taps, and nothing depends on it.
"""

import asyncio
import logging

from aiogram import Bot
from aiogram.methods import AnswerCallbackQuery

from bot.db.engine.joined_write import write_apart
from bot.faults import describe_fault
from bot.messages.notice import Notice

log = logging.getLogger(__name__)
MOST_NOTICE = 200  # characters; Telegram refuses more
CALL_SECONDS = 5
PLACES = 48  # calls at once
LONGEST_WAIT = 60.0  # seconds; Telegram has forgotten the tap by then


class TapAcknowledgement:
    """Answer to one tap that is still to be sent, at the latest when the patience is over."""

    def __init__(self, acknowledger: "TapAcknowledger", query_id: str, patience: float) -> None:
        self.query_id = query_id
        self.is_sent = False
        self._acknowledger = acknowledger
        self._timer = asyncio.get_running_loop().call_later(patience, self.send)

    def send(self, notice: Notice | None = None) -> None:
        """Acknowledge the tap in the background; later calls do nothing."""
        if not self.is_sent:
            self.is_sent = True
            self._timer.cancel()
            self._acknowledger.send(self.query_id, notice)

    def cancel(self) -> None:
        """Leave the tap without an acknowledgement: the next leader handles it, and makes another."""
        self.is_sent = True
        self._timer.cancel()


class TapAcknowledger:
    """Sender of all acknowledgements of one bot."""

    def __init__(self, bot: Bot, places: int = PLACES) -> None:
        self._bot = bot
        self._places = asyncio.Semaphore(places)
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, query_id: str, notice: Notice | None) -> None:
        """Acknowledge a tap in the background."""
        with write_apart():
            task = asyncio.create_task(self._call(query_id, notice))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def wait_until_idle(self) -> None:
        """Return when no acknowledgement is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self, seconds: float) -> None:
        """Give those under way so many seconds, then cancel them."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _call(self, query_id: str, notice: Notice | None) -> None:
        text, is_alert = (notice.text[:MOST_NOTICE], notice.is_alert or None) if notice is not None else (None, None)
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                await self._places.acquire()
            try:
                answer = AnswerCallbackQuery(callback_query_id=query_id, text=text, show_alert=is_alert)
                await self._bot(answer, request_timeout=CALL_SECONDS)
            finally:
                self._places.release()
        except Exception as error:
            log.info("tap not acknowledged", extra={"error": describe_fault(error)})
