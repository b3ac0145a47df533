"""Settings, database, files and prompts that commands share."""

import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:  # a command imports what it needs when it is run: `tropa --help` answers at once
    from bot.config.settings import Settings
    from bot.db.audit.audit_actions import AuditActor
    from bot.db.engine.database import Connection, Database
    from cjm.journeys.journey import Journey

T = TypeVar("T")


class CommandContext:
    """Settings of one run of the command line, read when a command first asks for them, and its database."""

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
        DatabaseError when the file is missing or the schema is another one.
        """
        from bot.db.engine.database import Database
        from bot.db.upkeep.schema import check_schema

        db = Database(self.settings.database.url.get_secret_value())
        try:
            if migrated:
                db.files.refuse_missing()
                await check_schema(db)
            yield db
        finally:
            await db.close()

    async def read_database(self, fn: "Callable[[Connection], T]") -> T:
        """Open the database and return the result of one read transaction."""
        async with self.open_database() as db:
            return await db.read(fn)


def find_command_actor() -> "AuditActor":
    """Return who runs this command, for the audit log: the user of this machine."""
    import getpass

    from bot.db.audit.audit_actions import AuditActor

    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        user = "unknown user"
    return AuditActor.of_command(user)


async def find_journey(db: "Database", key: str) -> "Journey":
    """Return the journey in force with this key. Raises CommandFailure that lists the keys in force."""
    from bot.db.journeys import journeys

    current = await db.read(journeys.list_current)
    if key not in current:
        raise make_unknown_journey_failure(key, current)
    return current[key]


def make_unknown_journey_failure(key: str, keys: Iterable[str]) -> CommandFailure:
    """Return the failure for a key that no journey in force has; ``keys`` are those in force."""
    from cjm.mistake_wording import list_journeys, quote_name

    return CommandFailure(f"there is no journey {quote_name(key)}; {list_journeys(keys)}")


def read_source_file(file: Path) -> str:
    """Return the text of a TOML file. Raises CommandFailure that names the file."""
    from cjm.toml_file import TomlError, read_toml_text

    try:
        return read_toml_text(file)
    except TomlError as error:
        raise CommandFailure(f"{file}: {error}") from None


def write_file(out: Path, content: bytes, *, is_private: bool = False) -> None:
    """Write to FILE.part and rename it: a failure leaves no half file. Raises CommandFailure that names FILE.

    A private file is for this user alone.
    """
    from bot.private_files import open_private

    part = out.with_name(out.name + ".part")
    try:
        with open_private(part) if is_private else part.open("wb") as file:
            file.write(content)
        part.replace(out)
    except OSError as error:  # one about a full disk names no file
        raise CommandFailure(f"{out}: {(error.strerror or 'cannot be written').lower()}") from None
    finally:
        part.unlink(missing_ok=True)


def utc_time_text(time: datetime) -> str:
    """Return a time in UTC to the minute, as commands print it."""
    return time.strftime("%Y-%m-%d %H:%M UTC")


def run_async(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end.

    Ctrl-C interrupts at once, unless the coroutine handles it: asyncio's own handler would wait for an open prompt.
    """
    import asyncio

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
