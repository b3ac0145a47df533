"""What is said at once: answers to taps and commands, and edits in place.

A reply belongs to somebody who is looking at the chat now: it goes before all letters, and when it cannot be
delivered it is gone; what must arrive is a letter. Nothing here raises to the handler: what it wrote is written.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.clock import Clock
from bot.db.delivery import moves
from bot.db.delivery.inbox import on_behalf_of
from bot.db.engine.database import Database
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
from bot.outbox.pace import Pace, is_group
from bot.outbox.uploads import Uploads
from cjm.address import Address

log = logging.getLogger(__name__)
T = TypeVar("T")
WAITS = (0.5, 2.0, 5.0)  # seconds between the tries of what may be tried again
LONGEST_WAIT = 30.0  # who is asked to wait longer is not looking at the chat any more


async def _ignore(_who: Address) -> None: ...


class Replies:
    """``on_unreachable`` is told of people and groups that cannot be written to any more."""

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
        """Send a new message; None when it is not known to have arrived. After an uncertain try it is not repeated."""

        async def call(where: Address, said: Message) -> SentMessage:
            await self._pace.slot(where, is_group(where))
            return await self._messenger.send(where, said)

        return await self._deliver(to, message, call, again=(NeverLeft, Throttled))

    async def edit(self, to: Address, message_id: str, message: Message) -> SentMessage | None:
        """Change a message of ours; None when it is not known to have changed. Repeating an edit changes nothing."""

        async def call(where: Address, said: Message) -> SentMessage:
            await self._pace.slot(None)
            return await self._messenger.edit(where, message_id, said)

        return await self._deliver(to, message, call, again=(NeverLeft, Throttled, Uncertain))

    async def delete(self, to: Address, message_id: str) -> None:
        """Take a message of ours away."""

        async def call(where: Address) -> None:
            await self._pace.slot(None)
            await self._messenger.delete(where, message_id)

        await self._try(to, call, again=(NeverLeft, Throttled, Uncertain))

    async def _deliver(
        self,
        to: Address,
        message: Message,
        call: Callable[[Address, Message], Awaitable[SentMessage]],
        again: tuple[type[DeliveryError], ...],
    ) -> SentMessage | None:
        said = await self._uploads.known(message)

        async def once(where: Address) -> tuple[SentMessage, Message]:
            try:
                return await call(where, said), said
            except Rejected:
                other = await self._uploads.anew(said)
                if other is None:
                    raise
                return await call(where, other), other

        done = await self._try(to, once, again)
        if done is None:
            return None
        await self._uploads.remember(done[1], done[0])
        return done[0]

    async def _try(
        self, to: Address, call: Callable[[Address], Awaitable[T]], again: tuple[type[DeliveryError], ...]
    ) -> T | None:
        for wait in (*self._waits, None):
            try:
                return await call(to)
            except ChatMoved as moved:
                to = await self._follow(to, moved.to)
            except Unreachable:
                log.info("reply not delivered", extra={"reason": "unreachable"})
                with on_behalf_of(None):
                    await self._on_unreachable(to)
                return None
            except DeliveryError as error:
                pause = self._pause(error, wait)
                if not isinstance(error, again) or pause is None:
                    log.warning("reply not delivered", extra={"reason": type(error).__name__, "said": str(error)})
                    return None
                await asyncio.sleep(pause)
        return None

    def _pause(self, error: DeliveryError, wait: float | None) -> float | None:
        """How long to wait before another try (0: the pace waits), or None: not at all."""
        if not isinstance(error, Throttled):
            return wait
        self._pace.pause(error.seconds)
        return 0.0 if wait is not None and error.seconds <= LONGEST_WAIT else None

    async def _follow(self, old: Address, new: Address) -> Address:
        log.info("group moved", extra={"old": str(old), "new": str(new)})
        with on_behalf_of(None):
            await self._db.write(lambda tx: moves.follow(tx, old, new))
        return new
