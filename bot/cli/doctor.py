"""`tropa doctor`: a look at everything that can stand in the way, a line each, with what to do."""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import click

from bot.cli.command_context import CommandContext, pass_command_context, run_async
from bot.cli.program import CommandFailure

_LEAST_ROOM = 500_000_000  # bytes
_ZONES = ("Europe/Warsaw", "Asia/Almaty", "UTC")
Finding = tuple[bool, str, str]
"""Whether all is well, what was looked at, and what was found."""


@click.command()
@pass_command_context
def doctor(context: CommandContext) -> None:
    """Look at all that can stand in the way.

    Config, time zones, database, journeys, disk, port and token, each with what to do.
    """
    if not run_async(_look(context)):
        raise CommandFailure("not everything is well: see the lines marked with !")


async def _look(context: CommandContext) -> bool:
    well = True
    async for right, about, said in _findings(context):
        click.echo(f"{'ok' if right else '! ':<3} {about:<10} {said}")
        well = well and right
    return well


async def _findings(context: CommandContext) -> AsyncIterator[Finding]:
    config = list(_config(context))
    for finding in config:
        yield finding
    yield _zones()
    if not all(right for right, _, _ in config):
        return  # the rest would look at what nobody wrote
    for look in _LOOKS:
        async for finding in look(context):
            yield finding


def _config(context: CommandContext) -> Iterator[Finding]:
    from bot.config.settings import ConfigError, find_config_file

    path = find_config_file(context.config, os.environ)
    try:
        _ = context.settings
    except ConfigError as error:
        yield from ((False, "config", str(mistake)) for mistake in error.mistakes)
    else:
        yield True, "config", str(path) if path else "no file: the defaults hold ('tropa init' writes one)"


def _zones() -> Finding:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        for name in _ZONES:
            ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return False, "time zones", "there are none on this machine: pip install tzdata"
    return True, "time zones", "are there"


async def _database(context: CommandContext) -> AsyncIterator[Finding]:
    from bot.db.upkeep.integrity import list_damage
    from bot.db.journeys import journeys
    from cjm.errors import TropaError

    shown = context.settings.database.redacted_url
    try:
        async with context.database() as db:
            wrong, known = await db.read(list_damage), await db.read(journeys.list_current)
    except (TropaError, CommandFailure) as error:
        yield False, "database", str(error)
        return
    yield not wrong, "database", f"{shown}: damaged, restore a backup: {wrong[0]}" if wrong else f"{shown}: whole"
    there = ", ".join(known)
    yield bool(known), "journeys", there or "none is in force: 'tropa journey apply FILE'"


async def _disk(context: CommandContext) -> AsyncIterator[Finding]:
    path = context.settings.database.path
    folder = path.absolute().parent if path else Path()
    if folder.is_dir():
        free = shutil.disk_usage(folder).free
        right = free >= _LEAST_ROOM
        yield right, "disk", f"{free / 1e9:.1f} GB free at {folder}" + ("" if right else ": make room")


async def _port(context: CommandContext) -> AsyncIterator[Finding]:
    from aiohttp.web import Application

    from bot.http.server import AddressError, HttpServer

    http = context.settings.http
    try:
        async with HttpServer(Application(), http.host, http.port):
            pass
    except AddressError as error:
        yield False, "http", f"{error} (or is it Tropa itself that runs already?)"
    else:
        yield True, "http", f"{http.host}:{http.port} is free"
    if not http.tokens:
        yield True, "http", "no token is configured ([http] tokens): nobody can post events yet"


async def _telegram(context: CommandContext) -> AsyncIterator[Finding]:
    settings = context.settings.telegram
    if not settings.token:
        yield True, "telegram", "no token yet: 'tropa run' needs the one that @BotFather gives"
        return
    from bot.outbox.messenger import DeliveryError
    from bot.telegram.connection import check_token, make_bot
    from cjm.errors import TropaError

    bot = make_bot(settings.token.get_secret_value(), settings.api_url, 10)
    try:
        yield True, "telegram", f"the bot is @{await check_token(bot)}"
    except TropaError as error:
        yield False, "telegram", str(error)
    except DeliveryError:
        yield False, "telegram", f"{settings.api_url} does not answer; check the connection"
    finally:
        await bot.session.close()


_LOOKS: tuple[Callable[[CommandContext], AsyncIterator[Finding]], ...] = (_database, _disk, _port, _telegram)
COMMANDS = (doctor,)
