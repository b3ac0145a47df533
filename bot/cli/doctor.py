"""`tropa doctor`: check everything that can keep Tropa from running, one line each, with what to do."""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import click

from bot.cli.runtime.command_context import CommandContext, pass_command_context, run_async
from bot.cli.runtime.program import CommandFailure

_MIN_FREE_BYTES = 500_000_000
_ZONES = ("Europe/Warsaw", "Asia/Almaty", "UTC")
Finding = tuple[bool, str, str]
"""Whether the check passed, its subject, and the result in words."""


@click.command()
@pass_command_context
def doctor(context: CommandContext) -> None:
    """Check that Tropa can run here.

    Checks config, time zones, database, journeys, disk, port and token, and says what to do about a problem.
    """
    if not run_async(_print_findings(context)):
        raise CommandFailure("some checks failed: see the lines marked with !")


async def _print_findings(context: CommandContext) -> bool:
    all_passed = True
    async for passed, subject, result in _run_checks(context):
        click.echo(f"{'ok' if passed else '! ':<3} {subject:<10} {result}")
        all_passed = all_passed and passed
    return all_passed


async def _run_checks(context: CommandContext) -> AsyncIterator[Finding]:
    config = list(_check_config(context))
    for finding in config:
        yield finding
    yield _check_time_zones()
    if not all(passed for passed, _, _ in config):
        return  # without settings the other checks would test the defaults
    for check in _CHECKS:
        async for finding in check(context):
            yield finding


def _check_config(context: CommandContext) -> Iterator[Finding]:
    from bot.config.reader import ConfigError, find_config_file

    path = find_config_file(context.config, os.environ)
    try:
        _ = context.settings
    except ConfigError as error:
        yield from ((False, "config", str(mistake)) for mistake in error.mistakes)
    else:
        yield True, "config", str(path) if path else "no config file: the defaults apply ('tropa init' writes one)"


def _check_time_zones() -> Finding:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        for name in _ZONES:
            ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return False, "time zones", "none on this machine: pip install tzdata"
    return True, "time zones", "available"


async def _check_database(context: CommandContext) -> AsyncIterator[Finding]:
    from bot.db.journeys import journeys
    from bot.db.upkeep.integrity import list_damage
    from cjm.errors import TropaError

    url = context.settings.database.redacted_url
    try:
        async with context.open_database() as db:
            damage, known = await db.read(list_damage), await db.read(journeys.list_current)
    except (TropaError, CommandFailure) as error:
        yield False, "database", str(error)
        return
    yield not damage, "database", f"{url}: damaged, restore a backup: {damage[0]}" if damage else f"{url}: intact"
    yield bool(known), "journeys", ", ".join(known) or "none is in force: run 'tropa journey apply FILE'"


async def _check_disk(context: CommandContext) -> AsyncIterator[Finding]:
    path = context.settings.database.path
    folder = path.absolute().parent if path else Path()
    if folder.is_dir():
        free = shutil.disk_usage(folder).free
        enough = free >= _MIN_FREE_BYTES
        yield enough, "disk", f"{free / 1e9:.1f} GB free at {folder}" + ("" if enough else ": free some space")


async def _check_http(context: CommandContext) -> AsyncIterator[Finding]:
    from bot.http.server import AddressError, check_address

    http = context.settings.http
    try:
        await check_address(http.host, http.port)
    except AddressError as error:
        yield False, "http", f"{error} (or is Tropa running already?)"
    else:
        yield True, "http", f"{http.host}:{http.port} is free"
    # Not a failure: maps and chats work without events from other systems.
    if not http.tokens:
        yield True, "http", "no token is set ([http] tokens): no system can post events yet"


async def _check_messenger(context: CommandContext) -> AsyncIterator[Finding]:
    from bot.app.messenger_check import check_messenger
    from cjm.errors import TropaError

    try:
        yield True, "messenger", await check_messenger(context.settings)
    except TropaError as error:
        yield False, "messenger", str(error)


_CHECKS: tuple[Callable[[CommandContext], AsyncIterator[Finding]], ...] = (
    _check_database,
    _check_disk,
    _check_http,
    _check_messenger,
)
COMMANDS = (doctor,)
