"""Replies: answers to taps and commands that are sent at once, and edits in place.

Invariants:

* A reply is for a person who looks at the chat now. It goes before all letters, and when it cannot be delivered it is
  lost; anything that must arrive is a letter.
* No DeliveryError reaches the handler, which has committed its changes already.
* A message that may have arrived is not sent again; an edit or a deletion is: repeating it does no harm.
* Writes of ours never belong to the update that is being handled, so they cannot mark it as done.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.clock import Clock
from bot.db.delivery import chat_migration
from bot.db.engine.database import Database
from bot.db.engine.joined_write import write_apart
from bot.messages.message import Message
from bot.outbox.messenger import (
    ChatMoved,
    DeliveryError,
    Messenger,
    NeverLeft,
    Rejected,
    SentMessage,
    Throttled,
    Uncertain,
    Unreachable,
)
from bot.outbox.pace import Pace
from bot.outbox.uploads import Uploads
from cjm.address import Address

log = logging.getLogger(__name__)
T = TypeVar("T")
WAITS = (0.5, 2.0, 5.0)  # seconds between the tries of what may be tried again
LONGEST_WAIT = 30.0  # seconds; after a longer wait nobody looks at the chat any more


async def _ignore(_chat: Address) -> None: ...


class Replies:
    """Sender of replies. ``on_unreachable`` is called with a person or group that cannot be written to any more."""

    def __init__(
        self,
        messenger: Messenger,
        pace: Pace,
        db: Database,
        clock: Clock,
        *,
        on_unreachable: Callable[[Address], Awaitable[None]] = _ignore,
        waits: tuple[float, ...] = WAITS,
    ) -> None:
        self._messenger = messenger
        self._pace = pace
        self._db = db
        self._uploads = Uploads(db, clock)
        self._on_unreachable = on_unreachable
        self._waits = waits

    async def send(self, to: Address, message: Message) -> SentMessage | None:
        """Send a new message; None when it is not known to have arrived."""

        async def call(chat: Address, ready: Message) -> SentMessage:
            await self._pace.wait_to_start(chat)
            return await self._messenger.send(chat, ready)

        return await self._deliver(to, message, call, again=(NeverLeft, Throttled))

    async def edit(self, to: Address, message_id: str, message: Message) -> SentMessage | None:
        """Change a message of ours; None when it is not known to have changed."""

        async def call(chat: Address, ready: Message) -> SentMessage:
            await self._pace.wait_to_start(None)
            return await self._messenger.edit(chat, message_id, ready)

        return await self._deliver(to, message, call, again=(NeverLeft, Throttled, Uncertain))

    async def delete(self, to: Address, message_id: str) -> None:
        """Remove a message of ours."""

        async def call(chat: Address) -> None:
            await self._pace.wait_to_start(None)
            await self._messenger.delete(chat, message_id)

        await self._try(to, call, again=(NeverLeft, Throttled, Uncertain))

    async def _deliver(
        self,
        to: Address,
        message: Message,
        call: Callable[[Address, Message], Awaitable[SentMessage]],
        again: tuple[type[DeliveryError], ...],
    ) -> SentMessage | None:
        ready = await self._uploads.use_known_file(message)

        async def call_once(chat: Address) -> tuple[SentMessage, Message]:
            try:
                return await call(chat, ready), ready
            except Rejected:
                with_bytes = await self._uploads.use_bytes_again(ready)
                if with_bytes is None:
                    raise
                return await call(chat, with_bytes), with_bytes

        result = await self._try(to, call_once, again)
        if result is None:
            return None
        sent, carried = result
        await self._uploads.save_file_id(carried, sent)
        return sent

    async def _try(
        self, to: Address, call: Callable[[Address], Awaitable[T]], again: tuple[type[DeliveryError], ...]
    ) -> T | None:
        for wait in (*self._waits, None):
            try:
                return await call(to)
            except ChatMoved as moved:
                to = await self._follow(to, moved.to)
            except Unreachable:  # no letter failed here, so nobody else would note it
                log.info("reply not delivered", extra={"reason": "unreachable"})
                with write_apart():
                    await self._on_unreachable(to)
                return None
            except DeliveryError as error:
                pause = self._pause_before_retry(error, wait)
                if not isinstance(error, again) or pause is None:
                    log.warning("reply not delivered", extra={"reason": type(error).__name__, "error": str(error)})
                    return None
                await asyncio.sleep(pause)
        return None

    def _pause_before_retry(self, error: DeliveryError, wait: float | None) -> float | None:
        """Return the seconds before another try (0: the pace waits), or None when there is to be none."""
        if not isinstance(error, Throttled):
            return wait
        self._pace.pause(error.seconds)
        return 0.0 if wait is not None and error.seconds <= LONGEST_WAIT else None

    async def _follow(self, old: Address, new: Address) -> Address:
        log.info("group moved", extra={"old": str(old), "new": str(new)})
        with write_apart():
            await self._db.write(lambda tx: chat_migration.migrate_chat(tx, old, new))
        return new
