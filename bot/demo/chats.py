"""Chats of the demo: which are new, whose owner the business knows, and those of the simulated customers."""

import asyncio
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Protocol, Self

from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.demo.past import FIRST_ID
from bot.demo.simulated.walks import SimulatedCustomer
from bot.sandbox.people import Viewer
from bot.sandbox.records import Change
from bot.sandbox.server import Sandbox
from bot.sandbox.world.world import World

PAUSE = 0.2  # seconds after a change before the links are read: a handler may still be at work


def add_chat(sandbox: Sandbox, person: SimulatedCustomer, language: str) -> None:
    """Give a simulated customer a chat that no page shows: what Tropa sends them arrives."""
    number = FIRST_ID + person.number
    if number not in sandbox.world.people:
        added = sandbox.add_person(person.id, id=number, language=language)
        added.chat.is_started = added.chat.is_known_to_bot = True


class NewestChanges:
    """``find_changes() -> number of the newest change in each chat, by the name of the chat``."""

    def __init__(self, viewers: Sequence[Viewer]) -> None:
        self._viewers = viewers

    def __call__(self) -> Mapping[str, int]:
        chats = [viewer.chat for viewer in self._viewers]
        return {
            chat.user.first_name if chat.user else chat.title: max(
                (message.last_change for message in chat.messages.values()), default=0
            )
            for chat in chats
        }


class LinkedChats(Protocol):
    """Holder of the chats that are linked; `LinkWatch` sets them."""

    linked: frozenset[int]


class LinkWatch:
    """Watch, inside an ``async with`` block, which customers on the page the business knows by their chat.

    The page offers its link to the others: they started without one, or were forgotten.
    """

    def __init__(self, db: Database, world: World, people: Mapping[int, str], told: LinkedChats) -> None:
        self._db, self._world, self._people, self._told = db, world, people, told
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._world.watchers.append(self._notice)
        self._task = asyncio.create_task(self._watch())
        self._changed.set()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._world.watchers.remove(self._notice)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _notice(self, change: Change) -> None:
        if change.chat in self._people and change.kind in {"message", "edit"}:
            self._changed.set()

    async def _watch(self) -> None:
        while True:
            await self._changed.wait()
            await asyncio.sleep(PAUSE)
            self._changed.clear()
            linked = await self._db.read(self._list_linked)
            differing = linked ^ self._told.linked
            self._told.linked = linked
            for number in differing:
                self._world.notify_watchers("chat", self._world.chats[number])

    def _list_linked(self, tx: Connection) -> frozenset[int]:
        known = customers.list_by_external_ids(tx, self._people.values())
        return frozenset(
            number
            for number, external_id in self._people.items()
            if (customer := known.get(external_id)) is not None
            and customer.address is not None
            and customer.address.id == str(number)
        )
