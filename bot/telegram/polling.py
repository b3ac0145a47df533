"""Asking Telegram for updates. They are stored before they are acknowledged: the offset moves only after the commit.

aiogram's own poller parses a whole batch at once, so one update that it does not understand would stop all of them
for ever; we keep what came as it came, and parse later and singly.
"""

import asyncio
import json
import logging
from collections.abc import Sequence
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiohttp import ClientError, ClientTimeout

from bot.db.engine.errors import DatabaseError
from bot.outbox.messenger import DeliveryError
from bot.telegram.api_errors import translate_error
from bot.telegram.inbox_worker import InboxWorker

log = logging.getLogger(__name__)
UPDATE_KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
SECONDS = 25  # for which Telegram holds a question to which it has no answer yet
WAITS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # between questions after failures
EVENTS = {
    401: "Telegram does not know the token any more",
    404: "Telegram does not know the token any more",
    409: "somebody else polls with this token",
}


class _RefusedError(Exception):
    def __init__(self, event: str, seconds: float | None = None) -> None:
        super().__init__(event)
        self.seconds = seconds


class UpdatePoller:
    """``run()`` until cancelled. Only the leader polls: two would take updates from each other."""

    def __init__(
        self, bot: Bot, inbox_worker: InboxWorker, kinds: Sequence[str] = UPDATE_KINDS, waits: Sequence[float] = WAITS
    ) -> None:
        if not isinstance(bot.session, AiohttpSession):
            raise TypeError("polling needs aiogram's own session")
        self._bot = bot
        self._session = bot.session
        self._receiving = inbox_worker
        self._kinds = list(kinds)
        self._waits = waits
        self._offset: int | None = None

    async def run(self) -> None:
        await self._leave_webhook()
        failures = 0
        while True:
            try:
                await self._poll_once()
                failures = 0
            except (_RefusedError, ClientError, TimeoutError, OSError, ValueError, DatabaseError) as error:
                wait = self._waits[min(failures, len(self._waits) - 1)]
                failures += 1
                await self._report(error, failures, wait)

    async def _poll_once(self) -> None:
        updates = await self._get_updates()
        if updates:
            await self._receiving.store(updates)
        # An empty answer says that all before it is acknowledged. Then no offset is kept: after an idle week Telegram
        # counts from anywhere, and an old offset beyond that would throw away what is new.
        self._offset = updates[-1]["update_id"] + 1 if updates else None

    async def _get_updates(self) -> list[dict[str, Any]]:
        session = await self._session.create_session()
        question: dict[str, Any] = {"timeout": SECONDS, "allowed_updates": self._kinds}
        if self._offset is not None:
            question["offset"] = self._offset
        url = self._session.api.api_url(self._bot.token, "getUpdates")
        async with session.post(url, json=question, timeout=ClientTimeout(total=SECONDS + 15)) as response:
            answer = json.loads(await response.text())
        if not isinstance(answer, dict) or answer.get("ok") is not True:
            raise _make_refusal(response.status, answer if isinstance(answer, dict) else {})
        found = answer.get("result") or []
        return [one for one in found if isinstance(one, dict) and isinstance(one.get("update_id"), int)]

    async def _report(self, error: Exception, failures: int, wait: float) -> None:
        """Say it once and not at every try; never with an address, which holds the token."""
        event = str(error) if isinstance(error, _RefusedError | DatabaseError) else f"no answer: {type(error).__name__}"
        if failures == 1:
            log.warning("polling interrupted", extra={"reason": event})
        await asyncio.sleep(error.seconds if isinstance(error, _RefusedError) and error.seconds else wait)

    async def _leave_webhook(self) -> None:
        """Telegram answers no questions while it has a webhook to call."""
        failures = 0
        while True:
            try:
                await self._bot.delete_webhook()
            except Exception as error:
                said: DeliveryError = translate_error(error)
                failures += 1
                if failures == 1:
                    log.warning("polling cannot begin", extra={"reason": str(said)})
                await asyncio.sleep(self._waits[min(failures, len(self._waits)) - 1])
            else:
                return


def _make_refusal(status: int, answer: dict[str, Any]) -> _RefusedError:
    parameters = answer.get("parameters") or {}
    return _RefusedError(EVENTS.get(status, f"Telegram answers {status}"), parameters.get("retry_after"))
