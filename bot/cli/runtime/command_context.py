"""Settings, database and prompts that commands share."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:  # a command imports what it needs when it is run: `tropa --help` answers at once
    from bot.config.settings import Settings
    from bot.db.engine.database import Connection, Database
    from cjm.journeys.journey import Journey

T = TypeVar("T")


class CommandContext:
    """Settings and database of one run of the command line, read when a command first asks for them."""

    def __init__(self, config: Path | None) -> None:
        self.config = config

    @cached_property
    def settings(self) -> "Settings":
        from bot.config.reader import read_settings

        return read_settings(self.config)

    @asynccontextmanager
    async def open_database(self, *, migrated: bool = True) -> AsyncIterator["Database"]:
        """Open the database for the block.

        ``migrated`` demands that it exists with this version's schema; only `tropa migrate` does without. Raises
        CommandFailure when the file is missing, DatabaseError when the schema is another one.
        """
        from bot.db.engine.database import Database
        from bot.db.upkeep.schema import check_schema

        path = self.settings.database.path
        # Opening a missing SQLite file would create an empty database, and hide a wrong path in the config.
        if migrated and path is not None and not path.exists():
            raise CommandFailure(f"the database {path} does not exist yet; run 'tropa migrate'")
        db = Database(self.settings.database.url.get_secret_value())
        try:
            if migrated:
                await check_schema(db)
            yield db
        finally:
            await db.close()

    async def read_database(self, fn: "Callable[[Connection], T]") -> T:
        """Open the database and return the result of one read transaction."""
        async with self.open_database() as db:
            return await db.read(fn)


async def find_journey(db: "Database", key: str) -> "Journey":
    """Return the journey in force with this key. Raises CommandFailure that lists the keys in force."""
    from bot.db.journeys import journeys
    from cjm.mistake_wording import join_names, quote_name

    known = await db.read(journeys.list_current)
    if key not in known:
        existing = f"in force: {join_names(known)}" if known else "none is in force yet: run 'tropa journey apply FILE'"
        raise CommandFailure(f"there is no journey {quote_name(key)}; {existing}")
    return known[key]


def run_async(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end. Ctrl-C interrupts at once: asyncio's own handler would wait for an open prompt."""
    before = signal.signal(signal.SIGINT, _interrupt)
    try:
        return asyncio.run(main)
    finally:
        signal.signal(signal.SIGINT, before)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def confirm(question: str) -> bool:
    """Ask on stderr and return whether the answer is yes. End of input counts as no: a script must say --yes."""
    try:
        return click.confirm(question, err=True)
    except click.Abort as error:
        # click reports Ctrl-C and the end of input alike; only the end of input is an answer.
        if isinstance(error.__context__, EOFError):
            click.echo(err=True)
            return False
        raise


pass_command_context = click.make_pass_decorator(CommandContext)
