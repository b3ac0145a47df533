"""Take updates that Telegram delivers to us (webhook).

Invariants:

* Telegram gets its 200 after the update is stored; until then it delivers the update again. JSON that is no update
  gets its 200 without being stored.
* A request without the secret is refused before any of its body is read.
"""

import hmac
import json
import logging
from collections.abc import Mapping

from aiogram import Bot

from bot.telegram.api_errors import translate_errors
from bot.telegram.receiving.inbox_worker import InboxWorker
from bot.telegram.receiving.polling import UPDATE_KINDS

log = logging.getLogger(__name__)
WEBHOOK_PATH = "/telegram/webhook"
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header, not a secret
_REFUSAL = "this address is for Telegram, which knows the secret"


class Webhook:
    """Receiver of a webhook; ``secret`` is what Telegram was given in `set_webhook` and sends with each request."""

    def __init__(self, inbox_worker: InboxWorker, secret: str) -> None:
        if not secret:
            raise ValueError("a webhook needs a secret")
        self._inbox_worker = inbox_worker
        self._secret = secret

    def find_refusal(self, headers: Mapping[str, str]) -> str | None:
        """Return the sentence that refuses a request that is not Telegram's; None when it has the secret."""
        # A header may hold any bytes, which aiohttp decodes with surrogateescape.
        sent = headers.get(_SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        # Compared in constant time, so that the secret cannot be guessed a character at a time.
        return None if hmac.compare_digest(sent, self._secret.encode()) else _REFUSAL

    async def accept(self, body: bytes) -> None:
        """Store an update of a request that `find_refusal` did not refuse.

        JSON that is no update is dropped but accepted: delivered again it would be no better, and delay its chat.

        Raises:
            DatabaseError: The update is not stored; the answer must be 503, so that Telegram delivers it again.
        """
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            update = None
        if isinstance(update, dict):
            await self._inbox_worker.store([update])
        else:
            log.warning("received JSON that is no update")


async def set_webhook(bot: Bot, url: str, secret: str, kinds: tuple[str, ...] = UPDATE_KINDS) -> None:
    """Tell Telegram the address and the secret of our webhook. Raises DeliveryError."""
    # Telegram opens no more connections than this at once, so a backlog after a pause cannot flood the database.
    with translate_errors():
        await bot.set_webhook(url, secret_token=secret, allowed_updates=list(kinds), max_connections=20)


async def find_webhook_trouble(bot: Bot, url: str) -> str | None:
    """Return what Telegram says is wrong with our webhook at ``url``, with what to do; None when it says nothing.

    Raises DeliveryError.
    """
    with translate_errors():
        info = await bot.get_webhook_info()
    if info.url != url + WEBHOOK_PATH:
        what = "posts to another address" if info.url else "knows no address to post to"
        return f"Telegram {what}: 'tropa run' tells it the right one when it starts"
    if info.last_error_message and info.pending_update_count:
        waiting = f"{info.pending_update_count} update{'' if info.pending_update_count == 1 else 's'}"
        reason = info.last_error_message[:200]
        return f'Telegram cannot post {waiting} ("{reason}"): check telegram.webhook_url and what stands before Tropa'
    return None
