"""A picture is uploaded once: afterwards the messenger's own id of it is sent."""

from dataclasses import replace

from bot.clock import Clock
from bot.db.delivery import pictures
from bot.db.delivery.inbox import on_behalf_of
from bot.db.engine.database import Connection, Database
from bot.messages.message import Message
from bot.outbox.messenger import SentMessage


class Uploads:
    """What the messenger already has. Its own writes belong to no update that may be being handled."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def known(self, message: Message) -> Message:
        """The same message, with the messenger's id for its upload when there is one."""
        key = message.upload.remember if message.upload else None
        if message.upload is None or key is None or message.upload.file_id is not None:
            return message
        found = await self._db.read(lambda tx: pictures.find(tx, key))
        return replace(message, upload=replace(message.upload, file_id=found)) if found else message

    async def anew(self, message: Message) -> Message | None:
        """After a refusal: the same message with its bytes, in case the id had gone stale; None if that is no use."""
        upload = message.upload
        if upload is None or upload.file_id is None or upload.data is None:
            return None
        if (key := upload.remember) is not None:
            with on_behalf_of(None):
                await self._db.write(lambda tx: pictures.forget(tx, key))
        return replace(message, upload=replace(upload, file_id=None))

    async def remember(self, message: Message, sent: SentMessage) -> None:
        if news(message, sent):
            with on_behalf_of(None):
                await self._db.write(lambda tx: self.note(tx, message, sent))

    def note(self, tx: Connection, message: Message, sent: SentMessage) -> None:
        """Keep the id that the messenger gave to what was uploaded."""
        for key, file_id in news(message, sent):
            pictures.remember(tx, key, file_id, self._clock.now())


def news(message: Message, sent: SentMessage) -> list[tuple[str, str]]:
    """The key and the new id of an upload that is to be remembered: one or none."""
    upload = message.upload
    if upload is None or upload.remember is None or upload.file_id is not None or sent.file_id is None:
        return []
    return [(upload.remember, sent.file_id)]
