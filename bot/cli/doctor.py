"""`tropa doctor`: a look at everything that can stand in the way, a line each, with what to do."""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import click

from bot.cli.command_context import CommandContext, pass_house, run
from bot.cli.program import CommandFailure

_LEAST_ROOM = 500_000_000  # bytes
_ZONES = ("Europe/Warsaw", "Asia/Almaty", "UTC")
Finding = tuple[bool, str, str]
"""Whether all is well, what was looked at, and what was found."""


@click.command()
@pass_house
def doctor(house: CommandContext) -> None:
    """Look at all that can stand in the way.

    Config, time zones, database, journeys, disk, port and token, each with what to do.
    """
    if not run(_look(house)):
        raise CommandFailure("not everything is well: see the lines marked with !")


async def _look(house: CommandContext) -> bool:
    well = True
    async for right, about, said in _findings(house):
        click.echo(f"{'ok' if right else '! ':<3} {about:<10} {said}")
        well = well and right
    return well


async def _findings(house: CommandContext) -> AsyncIterator[Finding]:
    config = list(_config(house))
    for finding in config:
        yield finding
    yield _zones()
    if not all(right for right, _, _ in config):
        return  # the rest would look at what nobody wrote
    for look in _LOOKS:
        async for finding in look(house):
            yield finding


def _config(house: CommandContext) -> Iterator[Finding]:
    from bot.config.settings import ConfigError, config_path

    path = config_path(house.config, os.environ)
    try:
        _ = house.settings
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


async def _database(house: CommandContext) -> AsyncIterator[Finding]:
    from bot.db.engine.integrity import damage
    from bot.db.journeys import journeys
    from cjm.errors import TropaError

    shown = house.settings.database.shown
    try:
        async with house.database() as db:
            wrong, known = await db.read(damage), await db.read(journeys.current)
    except (TropaError, CommandFailure) as error:
        yield False, "database", str(error)
        return
    yield not wrong, "database", f"{shown}: damaged, restore a backup: {wrong[0]}" if wrong else f"{shown}: whole"
    there = ", ".join(known)
    yield bool(known), "journeys", there or "none is in force: 'tropa journey apply FILE'"


async def _disk(house: CommandContext) -> AsyncIterator[Finding]:
    path = house.settings.database.path
    folder = path.absolute().parent if path else Path()
    if folder.is_dir():
        free = shutil.disk_usage(folder).free
        right = free >= _LEAST_ROOM
        yield right, "disk", f"{free / 1e9:.1f} GB free at {folder}" + ("" if right else ": make room")


async def _port(house: CommandContext) -> AsyncIterator[Finding]:
    from aiohttp.web import Application

    from bot.http.server import AddressError, HttpServer

    http = house.settings.http
    try:
        async with HttpServer(Application(), http.host, http.port):
            pass
    except AddressError as error:
        yield False, "http", f"{error} (or is it Tropa itself that runs already?)"
    else:
        yield True, "http", f"{http.host}:{http.port} is free"
    if not http.tokens:
        yield True, "http", "no token is configured ([http] tokens): nobody can post events yet"


async def _telegram(house: CommandContext) -> AsyncIterator[Finding]:
    settings = house.settings.telegram
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
