"""Go back to an earlier version of a journey, put a journey to rest, and bring it back."""

from typing import TYPE_CHECKING

import click

from bot.cli.journeys.difference_text import difference_lines
from bot.cli.journeys.files import NOTHING_APPLIED
from bot.cli.runtime.command_context import CommandContext, confirm, find_command_actor, find_journey
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from bot.usecases.journeys.roll_back_journey import RollBack


async def roll_back(context: CommandContext, key: str, version: int | None, yes: bool) -> None:
    """Show what an earlier version would change, ask, and put it into force again."""
    from bot.clock import Clock
    from bot.usecases.journeys.roll_back_journey import RollBackJourney

    async with context.open_database() as db:
        await find_journey(db, key)
        roll_back_journey = RollBackJourney(db, Clock())
        found = await roll_back_journey.propose(key, version)
        if found is None:
            wanted = "earlier version" if version is None else f"earlier version {version}"
            raise CommandFailure(f"{key}: there is no {wanted}; see `tropa journey history {key}`")
        if found.proposal.difference.is_empty:
            click.echo(f"{key}: nothing changes; version {found.proposal.version} stays in force")
            return
        _print_roll_back(found)
        if not yes and not confirm(f"Put version {found.version} of {key} into force again?"):
            raise CommandFailure(NOTHING_APPLIED)
        new = await roll_back_journey.apply(key, found, find_command_actor())
    click.echo(f"{key}: version {new} is in force, the same as version {found.version}")
    click.echo("a file of the settings stays as it is: a start applies only journeys that are new")


def _print_roll_back(found: "RollBack") -> None:
    for line in difference_lines(found.proposal.difference):
        click.echo(line)
    for place in found.hidden:
        click.echo(f"  ! {place.part} {place.path}: has answers; they are kept, and return with a version that has it")


async def archive_journey(context: CommandContext, key: str, yes: bool) -> None:
    """Put a journey to rest, after a question."""
    from bot.clock import Clock
    from bot.usecases.journeys.archive_journey import ArchiveJourney

    async with context.open_database() as db:
        await find_journey(db, key)
        if not yes and not confirm(f"Archive {key}? It asks nothing more, and its events are refused."):
            raise CommandFailure("nothing was archived")
        is_new = await ArchiveJourney(db, Clock())(key, True, find_command_actor())
    click.echo(f"{key}: archived; its maps and exports stay readable" if is_new else f"{key}: is archived already")


async def unarchive_journey(context: CommandContext, key: str) -> None:
    """Bring a journey back from the archive."""
    from bot.clock import Clock
    from bot.usecases.journeys.archive_journey import ArchiveJourney

    async with context.open_database() as db:
        await find_journey(db, key)
        is_new = await ArchiveJourney(db, Clock())(key, False, find_command_actor())
    click.echo(f"{key}: asks and takes events again" if is_new else f"{key}: is not archived")
