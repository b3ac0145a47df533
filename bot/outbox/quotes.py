"""Quotes of replies: whom a message of ours shows is stored with it, so that it can be taken away with their words.

Invariants:

* Before a change of a message, those whom it will show are added; after it, those whom it shows no more are removed.
  So at no moment does it show anybody who is not stored, also after a crash.
* A new message is stored as soon as its number is known. While the database is away that waits in memory.
* A message that never shows anybody's words costs nothing.
"""

import logging

from bot.clock import Clock
from bot.db.delivery import quoted_messages
from bot.db.delivery.quoted_messages import Quotes
from bot.db.delivery.states import MessageCarrier
from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseError
from bot.db.engine.joined_write import write_apart
from bot.messages.message import Message
from cjm.address import Address

log = logging.getLogger(__name__)


def find_quotes(message: Message) -> Quotes | None:
    """Return whom a message shows, and what carries their words; None for a message that never shows any."""
    return None if message.quotes is None else Quotes(message.quotes, find_carrier(message))


def find_carrier(message: Message) -> MessageCarrier:
    """Return the part of a message that holds the words or the file."""
    upload = message.upload
    if upload is None:
        return MessageCarrier.TEXT
    is_document = upload.kind == "photo" and upload.as_file
    return MessageCarrier.DOCUMENT if is_document else MessageCarrier(upload.kind)


class QuoteRecords:
    """Record of whom the replies quote."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self._unrecorded: dict[tuple[Address, str], Quotes] = {}

    async def add(self, to: Address, message_id: str, message: Message) -> None:
        """Store before a change of this message whom it will show. Raises DatabaseError: it must not be shown then."""
        quotes = find_quotes(message)
        if quotes is None or not quotes.people:
            return
        known = await self._db.read(lambda tx: quoted_messages.find_quotes(tx, to, message_id))
        if known is not None and known.people >= quotes.people:
            return
        with write_apart():
            await self._db.write(lambda tx: quoted_messages.add_quotes(tx, to, message_id, quotes, self._clock.now()))

    async def record(self, to: Address, message_id: str, message: Message, *, is_new: bool) -> None:
        """Store whom this message shows now, and nobody else; later, if the database does not take it."""
        quotes = find_quotes(message)
        if quotes is None or (is_new and not quotes.people):
            return
        self._unrecorded[to, message_id] = quotes
        await self.record_pending()

    async def record_pending(self) -> None:
        """Store what the database did not take before."""
        for (to, message_id), quotes in tuple(self._unrecorded.items()):
            try:
                await self._record(to, message_id, quotes)
            except DatabaseError as error:
                log.warning("quotes not stored", extra={"error": str(error)})
                return
            if self._unrecorded.get((to, message_id)) is quotes:
                del self._unrecorded[to, message_id]

    async def _record(self, to: Address, message_id: str, quotes: Quotes) -> None:
        if await self._db.read(lambda tx: quoted_messages.find_quotes(tx, to, message_id)) == (
            quotes if quotes.people else None
        ):
            return

        def write(tx: Connection) -> None:
            quoted_messages.record_quotes(tx, to, message_id, quotes.people, quotes.carrier, self._clock.now())

        with write_apart():
            await self._db.write(write)
