"""Replies: one try to send, change or remove a message for a person who looks at the chat now.

The `Display` decides what is tried when, and what becomes of a failure.

Invariants:

* A reply goes before letters, apart from the share that `bot.outbox.pace` keeps for them. When it cannot be delivered
  it is lost; anything that must arrive is a letter.
* Each call waits for the pace. A ``start`` that was reserved before is used, also when it comes late.
* A group that moved is followed, here and in the database; a person who cannot be written to is reported. Its old
  messages stay behind, so none is changed or removed by its number: at the new address that number is another one's.
* A message that shows people's words is stored with them (`bot.outbox.quotes`).
"""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.clock import Clock
from bot.db.delivery import chat_migration
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseError
from bot.db.engine.joined_write import write_apart
from bot.messages.message import Message
from bot.outbox.messenger import ChatMoved, Messenger, Rejected, SentMessage, Throttled, Unreachable
from bot.outbox.pace import Pace
from bot.outbox.quotes import QuoteRecords
from bot.outbox.send_budget import PlannedStart, StartKind
from bot.outbox.uploads import Uploads
from cjm.address import Address

log = logging.getLogger(__name__)
T = TypeVar("T")


async def _ignore(_chat: Address) -> None: ...


class Replies:
    """Sender of replies; each call is one try and raises DeliveryError.

    ``on_unreachable`` is called with a person or group that cannot be written to any more.
    """

    def __init__(
        self,
        messenger: Messenger,
        pace: Pace,
        db: Database,
        clock: Clock,
        *,
        on_unreachable: Callable[[Address], Awaitable[None]] = _ignore,
    ) -> None:
        self._messenger = messenger
        self._pace = pace
        self._db = db
        self._uploads = Uploads(db, clock)
        self._quotes = QuoteRecords(db, clock)
        self._on_unreachable = on_unreachable

    def seconds_to_wait(self, to: Address, kind: StartKind) -> float:
        """Return in how many seconds this chat takes a call of this kind; others may have to wait for all chats."""
        return self._pace.seconds_until_reply(to, kind)

    async def reserve_start(self, to: Address, kind: StartKind) -> PlannedStart:
        """Return a start for one call, a little ahead of its time; call `give_up_start` after the call."""
        return await self._pace.reserve_reply_start(to, kind)

    def give_up_start(self, start: PlannedStart) -> None:
        """Leave a start to others if no call has used it."""
        self._pace.give_up(start)

    async def send(self, to: Address, message: Message, start: PlannedStart | None = None) -> SentMessage:
        """Send a new message."""

        async def call(chat: Address, ready: Message, start: PlannedStart | None) -> SentMessage:
            await self._wait(chat, StartKind.MESSAGE, start)
            return await self._messenger.send(chat, ready)

        chat, sent = await self._deliver(to, message, call, start)
        await self._quotes.record(chat, sent.message_id, message, is_new=True)
        return sent

    async def edit(
        self, to: Address, message_id: str, message: Message, start: PlannedStart | None = None
    ) -> SentMessage:
        """Change a message of ours."""

        async def call(chat: Address, ready: Message, start: PlannedStart | None) -> SentMessage:
            _check_has_stayed(chat, to)
            await self._wait(chat, StartKind.EDIT, start)
            return await self._messenger.edit(chat, message_id, ready)

        await self._quotes.add(to, message_id, message)
        _, sent = await self._deliver(to, message, call, start)
        await self._quotes.record(to, message_id, message, is_new=False)
        return sent

    async def delete(self, to: Address, message_id: str, start: PlannedStart | None = None) -> None:
        """Remove a message of ours."""

        async def call(chat: Address, start: PlannedStart | None) -> None:
            _check_has_stayed(chat, to)
            await self._wait(chat, StartKind.DELETION, start)
            await self._messenger.delete(chat, message_id)

        await self._try(to, call, start)

    async def record_pending_quotes(self) -> None:
        """Store whom messages quote, as far as the database did not take it when they were sent."""
        await self._quotes.record_pending()

    async def _wait(self, to: Address, kind: StartKind, start: PlannedStart | None) -> None:
        if start is None:
            await self._pace.wait_to_start(to, kind=kind)
        else:
            await self._pace.begin(start)

    async def _deliver(
        self,
        to: Address,
        message: Message,
        call: Callable[[Address, Message, PlannedStart | None], Awaitable[SentMessage]],
        start: PlannedStart | None,
    ) -> tuple[Address, SentMessage]:
        """Return the chat that took the message, and the message there."""
        async with self._uploads.share(message) as ready:
            return await self._deliver_ready(to, ready, call, start)

    async def _deliver_ready(
        self,
        to: Address,
        ready: Message,
        call: Callable[[Address, Message, PlannedStart | None], Awaitable[SentMessage]],
        start: PlannedStart | None,
    ) -> tuple[Address, SentMessage]:
        async def call_once(chat: Address, start: PlannedStart | None) -> tuple[Address, SentMessage, Message]:
            try:
                return chat, await call(chat, ready, start), ready
            except Rejected:
                with_bytes = await self._uploads.use_bytes_again(ready)
                if with_bytes is None:
                    raise
                return chat, await call(chat, with_bytes, None), with_bytes

        chat, sent, carried = await self._try(to, call_once, start)
        try:
            await self._uploads.save_file_id(carried, sent)
        except DatabaseError as error:  # the message has arrived, so it must not look like a failure
            log.warning("file id not saved", extra={"error": str(error)})
        return chat, sent

    async def _try(
        self, to: Address, call: Callable[[Address, PlannedStart | None], Awaitable[T]], start: PlannedStart | None
    ) -> T:
        try:
            result = await call(to, start)
        except ChatMoved as moved:
            await self._follow(to, moved.to)
            result = await call(moved.to, None)  # a second call needs a start of its own
        except Throttled as error:
            self._pace.pause(to, error.seconds)
            raise
        except Unreachable:  # no letter failed here, so nobody else would note it
            with write_apart():
                await self._on_unreachable(to)
            raise
        self._pace.note_taken_message()
        return result

    async def _follow(self, old: Address, new: Address) -> None:
        log.info("group moved", extra={"old": str(old), "new": str(new)})
        with write_apart():
            await self._db.write(lambda tx: chat_migration.migrate_chat(tx, old, new))


def _check_has_stayed(chat: Address, before: Address) -> None:
    """Raise Rejected for a message in a group that moved."""
    if chat != before:
        raise Rejected("the group moved, and its messages stayed behind")
