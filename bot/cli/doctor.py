"""`tropa doctor`: check what keeps Tropa from running, a line or more per check; a failed one says what is wrong.

The names of the checks, their findings and what they say are those of `/readyz` (`bot.usecases.upkeep.findings`).
"""

import os
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.runtime.command_context import CommandContext, pass_command_context, run_async
from bot.cli.runtime.loading import pause_garbage_collection
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from bot.usecases.upkeep.findings import Finding

_ZONES = ("Europe/Warsaw", "Asia/Almaty", "UTC")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON, for programs.")
@pass_command_context
def doctor(context: CommandContext, as_json: bool) -> None:
    """Check that Tropa can run here, or how it runs now.

    Checks config, time zones, database, journeys, disk, port and token, what waits or got lost, and asks the running
    Tropa. Says what to do about a problem.
    """
    if not run_async(_print_findings(context, as_json=as_json)):
        # Programs read the exit code; their output is JSON and nothing else.
        raise click.exceptions.Exit(1) if as_json else CommandFailure("some checks failed: see the lines marked with !")


async def _print_findings(context: CommandContext, *, as_json: bool) -> bool:
    from bot.usecases.upkeep.findings import Severity

    findings: list[Finding] = []
    async for finding in _run_checks(context):
        if finding in findings:  # the running Tropa has found it too
            continue
        findings.append(finding)
        if not as_json:
            mark = "ok" if finding.severity is Severity.OK else "! "
            click.echo(f"{mark:<3} {finding.check.value:<10} {finding.text}")
    passed = all(finding.severity is Severity.OK for finding in findings)
    if as_json:
        import json

        rows = [{"check": one.check.value, "severity": one.severity.value, "text": one.text} for one in findings]
        click.echo(json.dumps({"passed": passed, "findings": rows}, ensure_ascii=False, indent=2))
    return passed


async def _run_checks(context: CommandContext) -> AsyncIterator["Finding"]:
    from bot.usecases.upkeep.findings import Severity

    config = list(_check_config(context))
    for finding in config:
        yield finding
    yield _check_time_zones()
    if not all(finding.severity is Severity.OK for finding in config):
        return  # the other checks need the settings
    for check in _CHECKS:
        async for finding in check(context):
            yield finding


def _check_config(context: CommandContext) -> Iterator["Finding"]:
    from bot.config.reader import ConfigError, find_config_file
    from bot.usecases.upkeep.findings import CheckName, Finding, Severity

    path = find_config_file(context.config, os.environ)
    try:
        _ = context.settings
    except ConfigError as error:
        yield from (Finding(CheckName.CONFIG, Severity.PROBLEM, str(mistake)) for mistake in error.mistakes)
    else:
        text = str(path) if path else "no config file: the defaults apply ('tropa init' writes one)"
        yield Finding(CheckName.CONFIG, Severity.OK, text)


def _check_time_zones() -> "Finding":
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from bot.usecases.upkeep.findings import CheckName, Finding, Severity

    try:
        for name in _ZONES:
            ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return Finding(CheckName.TIME_ZONES, Severity.PROBLEM, "missing on this machine: pip install tzdata")
    return Finding(CheckName.TIME_ZONES, Severity.OK, "available")


async def _check_database(context: CommandContext) -> AsyncIterator["Finding"]:
    from bot.clock import wall_now
    from bot.db.journeys import journeys
    from bot.db.upkeep.integrity import list_damage
    from bot.usecases.upkeep.check_stored_work import check_stored_work
    from bot.usecases.upkeep.findings import CheckName, Finding, Severity
    from cjm.errors import TropaError

    settings, now = context.settings, wall_now()
    try:
        async with context.open_database() as db:
            db.files.refuse_unwritable()
            damage, in_force = await db.read(list_damage), await db.read(journeys.list_current)
            stored = await db.read(lambda tx: check_stored_work(tx, settings.teams, settings.bot_id, now))
    except (TropaError, CommandFailure) as error:
        yield Finding(CheckName.DATABASE, Severity.PROBLEM, str(error))
        return
    state = f"damaged, restore a backup: {damage[0]}" if damage else "intact"
    severity = Severity.PROBLEM if damage else Severity.OK
    yield Finding(CheckName.DATABASE, severity, f"{settings.database.redacted_url}: {state}")
    yield _check_journeys(in_force, settings.journeys.files)
    for finding in stored:
        yield finding


def _check_journeys(in_force: Collection[str], files: Collection[Path]) -> "Finding":
    from bot.usecases.upkeep.findings import CheckName, Finding, Severity

    if in_force:
        return Finding(CheckName.JOURNEYS, Severity.OK, ", ".join(in_force))
    if files:  # as it is before the first start
        text = "none is in force yet: 'tropa run' begins with those of [journeys] paths"
        return Finding(CheckName.JOURNEYS, Severity.OK, text)
    return Finding(CheckName.JOURNEYS, Severity.PROBLEM, "none is in force: run 'tropa journey apply FILE'")


async def _check_disk(context: CommandContext) -> AsyncIterator["Finding"]:
    from bot.usecases.upkeep.check_disk import check_disk

    if (finding := check_disk(context.settings.database.path)) is not None:
        yield finding


async def _check_http(context: CommandContext) -> AsyncIterator["Finding"]:
    from bot.http.readiness_client import ask_readiness
    from bot.http.server import AddressError, AddressTaken, check_address
    from bot.usecases.upkeep.findings import CheckName, Finding, ProcessRole, Severity

    http = context.settings.http
    try:
        await check_address(http.host, http.port)
    except AddressTaken as error:
        if (running := await ask_readiness(http.host, http.port)) is None:
            text = f"{error} (no Tropa answers there; is one starting or hanging?)"
            yield Finding(CheckName.HTTP, Severity.PROBLEM, text)
        else:
            yield Finding(CheckName.HTTP, Severity.OK, f"Tropa answers at {http.host}:{http.port}")
            if running.role in (ProcessRole.LEADING, ProcessRole.WAITING):
                yield Finding(CheckName.PROCESS, Severity.OK, _describe_role(running.role))
            for finding in running.findings:
                yield finding
    except AddressError as error:
        yield Finding(CheckName.HTTP, Severity.PROBLEM, str(error))
    else:
        yield Finding(CheckName.HTTP, Severity.OK, f"{http.host}:{http.port} is free")
    # Not a failure: maps and chats work without events from other systems.
    if not http.tokens:
        text = "no token is set ([http] tokens): no system can post events yet"
        yield Finding(CheckName.HTTP, Severity.OK, text)


def _describe_role(role: str) -> str:
    return "this Tropa leads" if role == "leading" else "this Tropa waits to lead"


async def _check_messenger(context: CommandContext) -> AsyncIterator["Finding"]:
    with pause_garbage_collection():
        from bot.app.messenger_check import check_messenger

    for finding in await check_messenger(context.settings):
        yield finding


_CHECKS: tuple[Callable[[CommandContext], AsyncIterator["Finding"]], ...] = (
    _check_database,
    _check_disk,
    _check_http,
    _check_messenger,
)
COMMANDS = (doctor,)
