"""`tropa doctor`: check what keeps Tropa from running, a line or more per check; a failed one says what is wrong."""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import click

from bot.cli.runtime.command_context import CommandContext, pass_command_context, run_async
from bot.cli.runtime.program import CommandFailure

_LEAST_FREE_BYTES = 500_000_000
_ZONES = ("Europe/Warsaw", "Asia/Almaty", "UTC")


class CheckResult(NamedTuple):
    """Result of one check, in words for the operator."""

    passed: bool
    subject: str
    text: str


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
    async for result in _run_checks(context):
        click.echo(f"{'ok' if result.passed else '! ':<3} {result.subject:<10} {result.text}")
        all_passed = all_passed and result.passed
    return all_passed


async def _run_checks(context: CommandContext) -> AsyncIterator[CheckResult]:
    config = list(_check_config(context))
    for result in config:
        yield result
    yield _check_time_zones()
    if not all(result.passed for result in config):
        return  # the other checks need the settings
    for check in _CHECKS:
        async for result in check(context):
            yield result


def _check_config(context: CommandContext) -> Iterator[CheckResult]:
    from bot.config.reader import ConfigError, find_config_file

    path = find_config_file(context.config, os.environ)
    try:
        _ = context.settings
    except ConfigError as error:
        yield from (CheckResult(False, "config", str(mistake)) for mistake in error.mistakes)
    else:
        yield CheckResult(
            True, "config", str(path) if path else "no config file: the defaults apply ('tropa init' writes one)"
        )


def _check_time_zones() -> CheckResult:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        for name in _ZONES:
            ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return CheckResult(False, "time zones", "missing on this machine: pip install tzdata")
    return CheckResult(True, "time zones", "available")


async def _check_database(context: CommandContext) -> AsyncIterator[CheckResult]:
    from bot.db.journeys import journeys
    from bot.db.upkeep.integrity import list_damage
    from cjm.errors import TropaError

    url = context.settings.database.redacted_url
    try:
        async with context.open_database() as db:
            damage, in_force = await db.read(list_damage), await db.read(journeys.list_current)
    except (TropaError, CommandFailure) as error:
        yield CheckResult(False, "database", str(error))
        return
    state = f"damaged, restore a backup: {damage[0]}" if damage else "intact"
    yield CheckResult(not damage, "database", f"{url}: {state}")
    keys = ", ".join(in_force)
    yield CheckResult(bool(keys), "journeys", keys or "none is in force: run 'tropa journey apply FILE'")


async def _check_disk(context: CommandContext) -> AsyncIterator[CheckResult]:
    path = context.settings.database.path
    folder = path.absolute().parent if path else Path()
    if folder.is_dir():
        free = shutil.disk_usage(folder).free
        is_enough = free >= _LEAST_FREE_BYTES
        advice = "" if is_enough else ": free some space"
        yield CheckResult(is_enough, "disk", f"{free / 1e9:.1f} GB free at {folder}{advice}")


async def _check_http(context: CommandContext) -> AsyncIterator[CheckResult]:
    from bot.http.server import AddressError, check_address

    http = context.settings.http
    try:
        await check_address(http.host, http.port)
    except AddressError as error:
        yield CheckResult(False, "http", f"{error} (or is Tropa running already?)")
    else:
        yield CheckResult(True, "http", f"{http.host}:{http.port} is free")
    # Not a failure: maps and chats work without events from other systems.
    if not http.tokens:
        yield CheckResult(True, "http", "no token is set ([http] tokens): no system can post events yet")


async def _check_messenger(context: CommandContext) -> AsyncIterator[CheckResult]:
    from bot.app.messenger_check import check_messenger
    from cjm.errors import TropaError

    try:
        yield CheckResult(True, "messenger", await check_messenger(context.settings))
    except TropaError as error:
        yield CheckResult(False, "messenger", str(error))


_CHECKS: tuple[Callable[[CommandContext], AsyncIterator[CheckResult]], ...] = (
    _check_database,
    _check_disk,
    _check_http,
    _check_messenger,
)
COMMANDS = (doctor,)
