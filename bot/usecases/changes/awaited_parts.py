"""Parts of a change that a manager types: what the next text in their chat is taken for."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.clock import Clock
from bot.db.asking import awaited_texts
from bot.db.asking.awaited_texts import AwaitedText, AwaitedTextKind
from bot.db.engine.database import Connection, Database
from bot.usecases.changes.change_access import find_change
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.address import Address
from cjm.cases.team_change import ChangeRefusal

TYPING_PERIOD = timedelta(minutes=30)


class ChangePart(StrEnum):
    """Part that is typed: of a change that is being planned, or of one that is there."""

    TITLE = "title"
    OWNER = "owner"
    DUE = "due"
    MADE_ON = "made_on"
    MOVED_TO = "moved_to"


PLANNED_PARTS = (ChangePart.TITLE, ChangePart.OWNER, ChangePart.DUE)
"""Parts whose ``ref`` is the view that keeps the change while it is being planned; of others it is the change."""


@dataclass(frozen=True, slots=True)
class AwaitedPart:
    """Part of a change that is awaited in a chat; ``message`` is the id of the message that asks, once it is known."""

    part: ChangePart
    ref: int
    message: str | None = None


class AwaitChangePart:
    """``await await_part(viewer, change, part)`` awaits a day of a change as text; ``find`` says what is awaited."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(self, viewer: MapViewer, change_id: int, part: ChangePart) -> ChangeRefusal | None:
        now = self._clock.now()

        def write(tx: Connection) -> ChangeRefusal | None:
            if find_change(tx, viewer, change_id) is None:
                return ChangeRefusal.GONE
            await_part(tx, viewer.chat, AwaitedPart(part, change_id), now)
            return None

        return await self._db.write(write)

    async def stop(self, viewer: MapViewer, change_id: int) -> None:
        """Await no day of a change any more; what is awaited for another change, or for a draft, still is."""
        now = self._clock.now()

        def write(tx: Connection) -> None:
            awaited = find_awaited_part(tx, viewer.chat, now)
            if awaited is not None and awaited.part not in PLANNED_PARTS and awaited.ref == change_id:
                await_nothing(tx, viewer.chat)

        await self._db.write(write)

    async def note_message(self, viewer: MapViewer, ref: int, message_id: str) -> None:
        """Note which message asks for the part of ``ref`` that is awaited; nothing when another text is awaited."""
        now = self._clock.now()

        def write(tx: Connection) -> None:
            awaited = find_awaited_part(tx, viewer.chat, now)
            if awaited is not None and awaited.ref == ref and awaited.message != message_id:
                await_part(tx, viewer.chat, replace(awaited, message=message_id), now)

        await self._db.write(write)

    async def find(self, chat: Address) -> AwaitedPart | None:
        """Return the part that the next text of a chat is taken for."""
        now = self._clock.now()
        return await self._db.read(lambda tx: find_awaited_part(tx, chat, now))


def await_part(tx: Connection, chat: Address, awaited: AwaitedPart, now: datetime) -> None:
    """Take the next text of a chat for a part of a change."""
    data = {"part": awaited.part, "message": awaited.message}
    awaited_texts.save(tx, chat, AwaitedText(AwaitedTextKind.CHANGE, now, awaited.ref, data))


def await_nothing(tx: Connection, chat: Address) -> None:
    """Take the next text of a chat for no part of a change."""
    awaited_texts.delete_awaited(tx, chat, AwaitedTextKind.CHANGE)


def find_awaited_part(tx: Connection, chat: Address, now: datetime) -> AwaitedPart | None:
    """Return the part of a change that a chat awaits, if it was asked for not long ago."""
    awaited = awaited_texts.find(tx, chat)
    if awaited is None or awaited.kind is not AwaitedTextKind.CHANGE or now - awaited.at > TYPING_PERIOD:
        return None
    part = next((each for each in ChangePart if each == awaited.data.get("part")), None)
    if part is None or awaited.ref is None:
        return None
    return AwaitedPart(part, awaited.ref, awaited.data.get("message"))
