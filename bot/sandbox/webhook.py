"""Webhook: updates are posted to the bot's address, in order per chat, and repeated until it answers 2xx."""

import asyncio
import json
import re
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.sandbox import wire
from bot.sandbox.methods.parameters import Parameters
from bot.sandbox.polling import read_allowed_kinds
from bot.sandbox.records import Json
from bot.sandbox.refusals import bad_request
from bot.sandbox.world.updates import Update
from bot.sandbox.world.world import World

SET_PARAMETERS = frozenset(
    {"url", "secret_token", "max_connections", "allowed_updates", "drop_pending_updates", "ip_address"}
)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (a header's name)
ANSWER_TIMEOUT = 60.0


@dataclass
class Webhook:
    """Address of the bot, and the last failure to deliver to it."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_date: int = 0


@dataclass
class WebhookDelivery:
    """Delivery of updates while an address is set. `delays`: seconds before each repetition; the last one repeats."""

    world: World
    carry_out: Callable[[str, Json], Awaitable[Any]]
    """Carry out a method that the bot put into its answer to an update."""
    tls: ssl.SSLContext | None = None
    """Certificates to trust in place of the system's, for a bot whose address has one that it made itself."""
    delays: tuple[float, ...] = (0, 2, 4, 8, 16, 32, 60)
    webhook: Webhook = field(default_factory=Webhook)
    _chat_tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _delivery: asyncio.Task[None] | None = None

    @property
    def is_active(self) -> bool:
        return bool(self.webhook.url)

    async def set_webhook(self, parameters: Parameters) -> bool:
        """Set the address and start to deliver. An empty URL removes it, as with Telegram."""
        parameters.refuse_others(SET_PARAMETERS)
        url, secret = parameters.text("url"), parameters.text("secret_token")
        if not url:
            return await self.delete_webhook(parameters)
        # Telegram demands https; http is allowed here, because both ends are on this machine.
        if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
            raise bad_request("invalid webhook URL specified")
        if len(secret) > 256:
            raise bad_request("secret token is too long")
        if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
            raise bad_request("secret token contains unallowed characters")
        kinds = read_allowed_kinds(parameters)
        if kinds is not None:
            self.world.updates.allowed = kinds
        await self.stop()
        if parameters.flag("drop_pending_updates"):
            self.world.updates.drop_all()
        self.webhook = Webhook(url, secret, parameters.integer("max_connections", 40, 1, 100))
        self._delivery = asyncio.create_task(self._deliver())
        return True

    async def delete_webhook(self, parameters: Parameters) -> bool:
        """Remove the address. Waiting updates stay for polling, unless the call drops them."""
        await self.stop()
        self.webhook = Webhook()
        if parameters.flag("drop_pending_updates"):
            self.world.updates.drop_all()
        return True

    def webhook_info(self) -> Json:
        """Return the `WebhookInfo` of the Bot API."""
        shape: Json = {
            "url": self.webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.world.updates.waiting),
        }
        if self.is_active:
            shape["max_connections"] = self.webhook.max_connections
        if self.webhook.last_error:
            shape |= {
                "last_error_message": self.webhook.last_error,
                "last_error_date": self.webhook.last_error_date,
            }
        allowed = self.world.updates.allowed
        return shape | ({"allowed_updates": allowed} if allowed else {})

    async def stop(self) -> None:
        """End deliveries. Unanswered updates stay in the queue."""
        tasks = [task for task in (self._delivery, *self._chat_tasks.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._chat_tasks.clear()
        self._delivery = None

    async def _deliver(self) -> None:
        """Keep one task for every chat with waiting updates: a slow answer holds up its own chat only."""
        connector = aiohttp.TCPConnector(ssl=self.tls or True)
        timeout = aiohttp.ClientTimeout(ANSWER_TIMEOUT)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            while True:
                for chat in await self.world.bell.until(self._idle_chats):
                    self._chat_tasks[chat] = asyncio.create_task(self._deliver_to_chat(session, chat))

    def _idle_chats(self) -> set[int]:
        return {update.chat for update in self.world.updates.waiting} - set(self._chat_tasks)

    async def _deliver_to_chat(self, session: aiohttp.ClientSession, chat: int) -> None:
        failures = 0
        try:
            while (update := self._find_first(chat)) is not None:
                if await self._post_update(session, update):
                    failures = 0
                    # Counted only now: an update without a 2xx was not delivered.
                    self.world.updates.hand_out([update])
                    self.world.updates.acknowledge([update])
                else:
                    await asyncio.sleep(self.delays[min(failures, len(self.delays) - 1)])
                    failures += 1
        finally:
            self._chat_tasks.pop(chat, None)
            self.world.bell.ring()

    def _find_first(self, chat: int) -> Update | None:
        return next((update for update in self.world.updates.waiting if update.chat == chat), None)

    async def _post_update(self, session: aiohttp.ClientSession, update: Update) -> bool:
        headers = {SECRET_HEADER: self.webhook.secret} if self.webhook.secret else {}
        try:
            async with session.post(self.webhook.url, json=update.body(), headers=headers) as response:
                body = await response.read()
                if not 200 <= response.status < 300:
                    return self._note_failure(f"Wrong response from the webhook: {response.status} {response.reason}")
                if response.content_type == "application/json":
                    await self._carry_out_answer(body)
                return True
        except (aiohttp.ClientError, TimeoutError) as problem:
            return self._note_failure(f"Connection failed: {type(problem).__name__}")

    async def _carry_out_answer(self, body: bytes) -> None:
        """Carry out the call that a bot may answer an update with. The bot learns neither its result nor a mistake."""
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            return
        if isinstance(answer, dict) and isinstance(answer.get("method"), str):
            await self.carry_out(answer["method"], {k: v for k, v in answer.items() if k != "method"})

    def _note_failure(self, reason: str) -> bool:
        self.webhook.last_error = reason
        self.webhook.last_error_date = wire.unix_time(self.world.now())
        self.world.bell.ring()
        return False
