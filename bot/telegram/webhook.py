"""Being told of updates. Telegram gets its 200 when the update is stored; until then it will tell us again."""

import hmac
import json
import logging

from aiogram import Bot

from bot.telegram.api_errors import translate_errors
from bot.telegram.inbox_worker import InboxWorker
from bot.telegram.polling import UPDATE_KINDS

log = logging.getLogger(__name__)


class Webhook:
    """``secret`` is what Telegram was given when the webhook was set; anybody else does not know it."""

    def __init__(self, inbox_worker: InboxWorker, secret: str) -> None:
        if not secret:
            raise ValueError("a webhook needs a secret")
        self._receiving = inbox_worker
        self._secret = secret

    async def accept(self, body: bytes, secret: str | None) -> bool:
        """Store an update; False for somebody who is not Telegram. Raises DatabaseError: answer 503 and be told again.

        What is no update is accepted and dropped: told again it would be none either, and hold up its chat.
        """
        if not hmac.compare_digest((secret or "").encode(), self._secret.encode()):
            return False
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            update = None
        if isinstance(update, dict):
            await self._receiving.store([update])
        else:
            log.warning("what came is no update")
        return True


async def set_webhook(bot: Bot, url: str, secret: str, kinds: tuple[str, ...] = UPDATE_KINDS) -> None:
    """Tell Telegram where we are. Raises DeliveryError."""
    with translate_errors():
        await bot.set_webhook(url, secret_token=secret, allowed_updates=list(kinds), max_connections=20)
