"""Make the file of an export for a manager's chat.

Invariants:

* Each step and each slice checks again which journeys the manager may see.
* A file names the customers whose rows it holds, so that it is taken out of the chat when one of them is forgotten.
  That needs a row for each of them, so there are limits: `MOST_BYTES` and `MOST_PEOPLE`.
* The file is made in slices of `SLICE_SECONDS`, and the chat shows how far it is. Memory holds the file, so at most
  `MOST_FILES` are made at once.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from weakref import WeakSet

from bot.clock import Clock
from bot.db.delivery import views
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection, Database
from bot.usecases.tables.export_rows import ExportRows
from bot.usecases.teams.recognize_viewer import MapViewer, RecognizeViewer, visible_journeys
from cjm.tables.own.columns import ExportKind
from cjm.tables.own.writers import ExportFormat

MOST_BYTES = 49_000_000  # of a file: Telegram takes 50 MB from a bot
MOST_PEOPLE = 20_000
MOST_FILES = 3  # that are made at once, each in memory
SLICE_SECONDS = 2.0
KINDS: Sequence[ExportKind] = tuple(ExportKind)
FORMATS: Sequence[ExportFormat] = (ExportFormat.XLSX, ExportFormat.CSV, ExportFormat.NDJSON)
"""Formats that the chat offers; buttons name kinds and formats by their place: append new ones at the end."""


@dataclass(frozen=True, slots=True)
class ExportMenu:
    """Journeys whose rows a manager may export, by key and title. ``view_id`` keeps the list."""

    view_id: int
    journeys: Sequence[tuple[str, str]]

    def find_place(self, key: str) -> int | None:
        """Return the place of the journey that was named, or of the only one; None where one is to be chosen."""
        keys = [each for each, _ in self.journeys]
        return keys.index(key) if key in keys else 0 if len(keys) == 1 else None


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """Journey that was chosen from a list, by its ``place`` there."""

    view_id: int
    place: int
    key: str
    title: str


@dataclass(slots=True, eq=False, weakref_slot=True)
class ExportedFile:
    """File while it is made. ``people`` are the ids of the customers whose rows it holds.

    ``may_go_on`` returns whether the manager may still see the journey.
    """

    name: str
    rows: ExportRows
    pieces: AsyncIterator[bytes]
    people: set[int]
    may_go_on: Callable[[], Awaitable[bool]]
    data: list[bytes] = field(default_factory=list)
    size: int = 0
    is_complete: bool = False
    is_broken: bool = False
    """True when it cannot be finished: what is there is no whole file."""
    is_forbidden: bool = False
    """True when the manager may not see the journey any more."""

    @property
    def is_ended(self) -> bool:
        """Return whether there is nothing more to make."""
        return self.is_complete or self.is_broken or self.is_forbidden or self.is_too_large

    @property
    def is_too_large(self) -> bool:
        return self.size > MOST_BYTES or len(self.people) > MOST_PEOPLE

    async def go_on(self) -> None:
        """Make the next slice; at its end the file is complete, forbidden, too large, or wants another one."""
        if not await self.may_go_on():
            self.is_forbidden = True
            self.data.clear()
            return
        until = time.monotonic() + SLICE_SECONDS
        self.is_broken = True  # until this slice is whole: after an error there are no more pieces
        async for piece in self.pieces:
            self.data.append(piece)
            self.size += len(piece)
            if self.is_too_large:
                self.data.clear()
                break
            if time.monotonic() >= until:
                break
        else:
            self.is_complete = True
        self.is_broken = False


class ExportToChat:
    """``list_journeys`` begins; ``find_choice`` returns None for a journey that is gone or not the manager's."""

    def __init__(self, db: Database, clock: Clock, minimum: int, recognize: RecognizeViewer) -> None:
        self._db, self._clock, self._minimum, self._recognize = db, clock, minimum, recognize
        self._files = WeakSet[ExportedFile]()  # one that a later tap gave up is gone from it

    async def list_journeys(self, viewer: MapViewer) -> ExportMenu:
        """Return the journeys, and keep their list for the buttons."""
        now = self._clock.now()

        def write(tx: Connection) -> ExportMenu:
            titles = {
                key: each.title.in_language(viewer.language) for key, each in visible_journeys(tx, viewer).items()
            }
            view_id = views.insert_view(tx, ViewKind.EXPORT, viewer.chat, {"journeys": list(titles)}, now)
            return ExportMenu(view_id, list(titles.items()))

        return await self._db.write(write)

    async def find_choice(self, viewer: MapViewer, view_id: int, place: int) -> ExportChoice | None:
        """Return the journey at a place of a kept list."""

        def read(tx: Connection) -> ExportChoice | None:
            view = views.find(tx, view_id, viewer.chat, ViewKind.EXPORT)
            keys = view.data["journeys"] if view is not None else []
            journey = visible_journeys(tx, viewer).get(keys[place]) if 0 <= place < len(keys) else None
            if journey is None:
                return None
            return ExportChoice(view_id, place, journey.key, journey.title.in_language(viewer.language))

        return await self._db.read(read)

    def begin(
        self, viewer: MapViewer, choice: ExportChoice, kind: ExportKind, file_format: ExportFormat
    ) -> ExportedFile | None:
        """Return the file before its first slice, or None while `MOST_FILES` others are made.

        The audit log has it before the first row is read.
        """
        if sum(not file.is_ended for file in self._files) >= MOST_FILES:
            return None

        async def may_go_on() -> bool:
            current = await self._recognize(viewer.chat, viewer.person, viewer.name, viewer.language)
            return current is not None and current.may_see(choice.key)

        people: set[int] = set()
        rows = ExportRows(self._db, self._minimum, self._clock, viewer.in_audit, people)
        name = f"{choice.key}-{kind}.{file_format}"
        file = ExportedFile(name, rows, rows(choice.key, kind, file_format), people, may_go_on)
        self._files.add(file)
        return file
