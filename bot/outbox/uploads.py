"""Files of ours with a cache key are uploaded once; afterwards the messenger's own id of a file is sent.

Invariants:

* Only an upload with a ``cache_key`` is remembered; equal keys mean equal bytes.
* Who wants to send a file that is being uploaded waits for its id, at most `LONGEST_SHARING` seconds: an upload that
  hangs, or waits in its chat, holds up nobody else for longer.
* When a message with an id is refused, the id is forgotten, and the message is sent once more with its bytes if it
  has any.
* Writes here belong to no update that is being handled, except `record_file_id`, which is part of its caller's
  transaction.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from weakref import WeakValueDictionary

from bot.clock import Clock
from bot.db.delivery import pictures, quoted_messages
from bot.db.engine.database import Connection, Database
from bot.db.engine.joined_write import write_apart
from bot.messages.message import Message
from bot.outbox.messenger import SentMessage

LONGEST_SHARING = 10.0
"""Seconds to wait for another one's upload of the same file, before it is uploaded once more."""


class Uploads:
    """Files that the messenger has already, and those that are being uploaded to it."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._under_way: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # by key, while it is held

    @asynccontextmanager
    async def share(self, message: Message) -> AsyncIterator[Message]:
        """Yield the message as `use_known_file` returns it; inside the block it is sent, and its new id stored.

        While one uploads a file, others who want to send the same one wait.
        """
        ready = await self.use_known_file(message)
        upload = ready.upload
        if upload is None or upload.cache_key is None or upload.file_id is not None:
            yield ready
            return
        turn = self._under_way.setdefault(upload.cache_key, asyncio.Lock())
        is_first = not turn.locked()
        try:
            async with asyncio.timeout(LONGEST_SHARING):
                await turn.acquire()
        except TimeoutError:
            yield ready
            return
        try:
            yield ready if is_first else await self.use_known_file(message)
        finally:
            turn.release()

    async def use_known_file(self, message: Message) -> Message:
        """Return the same message, with the messenger's id in its upload when there is one."""
        key = message.upload.cache_key if message.upload else None
        if message.upload is None or key is None or message.upload.file_id is not None:
            return message
        file_id = await self._db.read(lambda tx: pictures.find_file_id(tx, key))
        return replace(message, upload=replace(message.upload, file_id=file_id)) if file_id else message

    async def use_bytes_again(self, message: Message) -> Message | None:
        """Return a refused message with its bytes, in case the id is stale; None when that would change nothing."""
        upload = message.upload
        # Without bytes of our own (a photo that a customer sent) there is nothing else to try.
        if upload is None or upload.file_id is None or upload.data is None:
            return None
        if (key := upload.cache_key) is not None:
            with write_apart():
                await self._db.write(lambda tx: pictures.delete_picture(tx, key))
        return replace(message, upload=replace(upload, file_id=None))

    async def save_file_id(self, message: Message, sent: SentMessage) -> None:
        """Store the new id of an upload, in a transaction of its own; nothing when there is none."""
        if new_file_ids(message, sent):
            with write_apart():
                await self._db.write(lambda tx: self.record_file_id(tx, message, sent))

    def record_file_id(self, tx: Connection, message: Message, sent: SentMessage) -> None:
        """Store the new id of an upload; nothing when there is none, or when somebody whom it quotes is forgotten."""
        found = new_file_ids(message, sent)
        if found and message.quotes and message.quotes - quoted_messages.lock_people(tx, message.quotes):
            return
        for key, file_id in found:
            pictures.save(tx, key, file_id, self._clock.now())


def new_file_ids(message: Message, sent: SentMessage) -> list[tuple[str, str]]:
    """Return the key and the new id of an upload that is to be remembered: one pair or none."""
    upload = message.upload
    if upload is None or upload.cache_key is None or upload.file_id is not None or sent.file_id is None:
        return []
    return [(upload.cache_key, sent.file_id)]
