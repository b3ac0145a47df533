"""What commands share: the settings, the database, a question to whoever sits there."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.cli.program import CommandFailure

if TYPE_CHECKING:  # a command imports what it needs when it is run: `tropa --help` answers at once
    from bot.config.settings import Settings
    from bot.db.engine.database import Connection, Database
    from cjm.journeys.journey import Journey

T = TypeVar("T")


class CommandContext:
    """The settings and what they lead to, read when a command asks for them."""

    def __init__(self, config: Path | None) -> None:
        self.config = config

    @cached_property
    def settings(self) -> "Settings":
        from bot.config.settings import read_settings

        return read_settings(self.config)

    @asynccontextmanager
    async def database(self, *, migrated: bool = True) -> AsyncIterator["Database"]:
        """The database, open; with ``migrated`` it must be there and of this version."""
        from bot.db.engine.database import Database
        from bot.db.upkeep.schema import check_schema

        path = self.settings.database.path
        if migrated and path is not None and not path.exists():
            raise CommandFailure(f"the database {path}: there is none yet; run 'tropa migrate'")
        db = Database(self.settings.database.url.get_secret_value())
        try:
            if migrated:
                await check_schema(db)
            yield db
        finally:
            await db.close()

    async def read_database(self, fn: "Callable[[Connection], T]") -> T:
        """Open the database for one reading."""
        async with self.database() as db:
            return await db.read(fn)


async def find_journey(db: "Database", key: str) -> "Journey":
    """The journey in force under this key. Raises Failure with the keys that there are."""
    from bot.db.journeys import journeys
    from cjm.mistake_wording import join_names, quote_name

    known = await db.read(journeys.list_current)
    if key not in known:
        there = f"there are {join_names(known)}" if known else "there are none yet: 'tropa journey apply FILE' adds one"
        raise CommandFailure(f"there is no journey {quote_name(key)}; {there}")
    return known[key]


def run_async(main: Coroutine[Any, Any, T]) -> T:
    """Run it to its end. Ctrl-C interrupts at once: asyncio's own handler would wait for a prompt to be answered."""
    before = signal.signal(signal.SIGINT, _interrupt)
    try:
        return asyncio.run(main)
    finally:
        signal.signal(signal.SIGINT, before)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def confirm(question: str) -> bool:
    """Whether whoever sits there says yes; nobody there (no more input) means no."""
    try:
        return click.confirm(question, err=True)
    except click.Abort as error:
        if isinstance(error.__context__, EOFError):
            click.echo(err=True)
            return False
        raise


pass_command_context = click.make_pass_decorator(CommandContext)
