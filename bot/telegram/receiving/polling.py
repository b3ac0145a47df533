"""Ask Telegram for updates (long polling).

Invariants:

* Updates are stored before they are acknowledged: the offset moves only after the commit.
* One update that aiogram cannot parse delays no other: updates are kept as they came, and parsed later and singly.
  aiogram's own poller parses a whole batch at once and would fail at the same batch for ever.
* No log line holds an address of Telegram's API, because addresses hold the token.
* An interruption is one line of the log with its reason, one more for a refusal that a person has to mend, and one when
  polling goes on.
"""

import asyncio
import json
import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiohttp import ClientError, ClientTimeout

from bot.clock import wall_now
from bot.db.engine.errors import DatabaseError
from bot.outbox.messenger import DeliveryError, Throttled
from bot.telegram.api_errors import make_throttled, translate_errors
from bot.telegram.receiving.inbox_worker import InboxWorker

log = logging.getLogger(__name__)
UPDATE_KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
POLL_SECONDS = 25  # for so long Telegram holds a request while there are no updates
ANSWER_SECONDS = 15  # more that an answer may take on a slow line
WAITS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds between requests after failures
LONGEST_DATABASE_WAIT = 5.0  # seconds: to ask it again costs little, and people wait
UNREADABLE = "Telegram's answer cannot be read"
_REASONS = {
    401: "Telegram does not know the token any more",
    404: "Telegram does not know the token any more",
    409: "another process polls with this token",
}
_REMEDIES = {
    _REASONS[401]: "; take the one that @BotFather shows now, and restart Tropa",
    _REASONS[409]: "; stop that process, or take a new token from @BotFather and restart Tropa",
}


class _RefusedError(Exception):
    """Telegram answered a request with an error; ``seconds`` is how long it asks to wait."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


_FAILURES = (_RefusedError, DeliveryError, ClientError, TimeoutError, OSError, ValueError, DatabaseError)


class UpdatePoller:
    """Poller of one bot. Only the leader runs it: two pollers would take updates from each other."""

    def __init__(
        self, bot: Bot, inbox_worker: InboxWorker, kinds: Sequence[str] = UPDATE_KINDS, waits: Sequence[float] = WAITS
    ) -> None:
        if not isinstance(bot.session, AiohttpSession):
            raise TypeError("polling needs aiogram's own session")
        self._bot = bot
        self._session = bot.session
        self._inbox_worker = inbox_worker
        self._kinds = list(kinds)
        self._waits = waits
        self._offset: int | None = None
        self._trouble: str | None = None
        self._since = wall_now()

    @property
    def trouble(self) -> str | None:
        """Reason why no updates come, since when, and what a person can do; None while polling works."""
        if self._trouble is None:
            return None
        return f"{self._trouble} (since {self._since:%Y-%m-%d %H:%M} UTC){_REMEDIES.get(self._trouble, '')}"

    async def run(self) -> None:
        """Ask for updates and store them until cancelled; failures are waited out. It may be run again."""
        self._offset, self._trouble = None, None
        failures = 0
        is_webhook_left = False
        while True:
            try:
                if not is_webhook_left:
                    await self._leave_webhook()
                    is_webhook_left = True
                await self._poll_once()
            except _FAILURES as error:
                wait = self._waits[min(failures, len(self._waits) - 1)]
                failures += 1
                self._report(error)
                await asyncio.sleep(_find_wait(error, wait))
            else:
                failures = 0
                self._report_answer()

    async def _poll_once(self) -> None:
        updates = await self._get_updates()
        if updates:
            await self._inbox_worker.store(updates)
        # After an empty answer everything is acknowledged, and no offset is kept: after an idle week Telegram may start
        # to number from anywhere, and an old offset above that would acknowledge, and so lose, new updates.
        self._offset = updates[-1]["update_id"] + 1 if updates else None

    async def _get_updates(self) -> list[dict[str, Any]]:
        session = await self._session.create_session()
        # After a failure without waiting for updates: it is known at once whether polling works again.
        seconds = POLL_SECONDS if self._trouble is None else 0
        request: dict[str, Any] = {"timeout": seconds, "allowed_updates": self._kinds}
        if self._offset is not None:
            request["offset"] = self._offset
        # Not through aiogram: it would parse the answer, and fail at the first update that it does not know.
        url = self._session.api.api_url(self._bot.token, "getUpdates")
        async with session.post(
            url, json=request, timeout=ClientTimeout(total=POLL_SECONDS + ANSWER_SECONDS)
        ) as response:
            answer = _read_object(await response.text(errors="replace"))
        if answer.get("ok") is not True:
            raise _make_refusal(response.status, answer)
        updates = answer.get("result")
        if not isinstance(updates, list):
            raise _RefusedError(UNREADABLE)
        return [update for update in updates if isinstance(update, dict) and isinstance(update.get("update_id"), int)]

    def _report(self, error: Exception) -> None:
        """Note why no updates come; log the first reason of an interruption, and what a person has to mend."""
        says_why = isinstance(error, _RefusedError | DeliveryError | DatabaseError)
        reason = str(error) if says_why else f"no answer: {type(error).__name__}"
        if self._trouble is None:
            self._since = wall_now()
        if self._trouble is None or (reason != self._trouble and reason in _REASONS.values()):
            log.warning("polling interrupted", extra={"reason": reason})
        self._trouble = reason

    def _report_answer(self) -> None:
        """Log that polling works again, if it did not."""
        if self._trouble is not None:
            log.info("polling answers again")
        self._trouble = None

    async def _leave_webhook(self) -> None:
        """Delete the webhook: while there is one, Telegram refuses requests for updates."""
        with translate_errors():
            await self._bot.delete_webhook()


def _find_wait(error: Exception, wait: float) -> float:
    """Return the seconds that Telegram asks to wait, else ``wait``; for the database not more than a few."""
    if isinstance(error, DatabaseError):
        return min(wait, LONGEST_DATABASE_WAIT)
    asked = error.seconds if isinstance(error, _RefusedError | Throttled) else None
    return asked or wait


def _read_object(text: str) -> dict[str, Any]:
    """Return the JSON object of an answer; empty for anything else, such as a gateway's page."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _make_refusal(status: int, answer: dict[str, Any]) -> _RefusedError:
    parameters = answer.get("parameters")
    asked = parameters.get("retry_after") if isinstance(parameters, dict) else None
    reason = _REASONS.get(status, f"Telegram answers {status}")
    if status == HTTPStatus.OK:
        reason = UNREADABLE
    return _RefusedError(reason, None if asked is None else make_throttled(asked).seconds)
