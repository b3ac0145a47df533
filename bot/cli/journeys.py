"""Journeys as files: compared, applied, shown."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.command_context import CommandContext, confirm, find_journey, pass_command_context, run_async
from bot.cli.program import CommandFailure

if TYPE_CHECKING:
    from cjm.journeys.difference import JourneyChange, JourneyDifference


@click.group()
def journey() -> None:
    """Apply, show and list journeys."""


@journey.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_command_context
def apply(context: CommandContext, file: Path, yes: bool) -> None:
    """Compare FILE with what is in force, show the difference, and apply it. A running bot takes it up."""
    run_async(_apply(context, file, yes))


async def _apply(context: CommandContext, file: Path, yes: bool) -> None:
    from bot.clock import Clock
    from bot.usecases.journeys.apply_journey import ApplyJourney

    source = read_source_file(file)
    async with context.database() as db:
        use = ApplyJourney(db, Clock())
        proposal = await use.propose(source, str(file))
        key, found = proposal.journey.key, proposal.difference
        if found.is_empty:
            click.echo(f"{key}: nothing changes; version {proposal.version} stays in force")
            return
        for line in difference_lines(found):
            click.echo(line)
        if not yes and not confirm(f"Apply this to {key}?"):
            raise CommandFailure("nothing was applied")
        version = await use.apply(source, str(file), by="command line")
    click.echo(f"{key}: version {version} is in force")


def read_source_file(file: Path) -> str:
    from cjm.toml_file import TomlError, read_toml_text

    try:
        return read_toml_text(file)
    except TomlError as error:
        raise CommandFailure(f"{file}: {error}") from None


def difference_lines(found: "JourneyDifference") -> list[str]:
    """A difference in words, a line a change; what deserves a second look is marked with "!"."""
    if found.is_new:
        counts = {
            part: sum(e.part == part for e in found.entries) for part in dict.fromkeys(e.part for e in found.entries)
        }
        return ["a new journey: " + ", ".join(f"{n} {part}{'s' if n > 1 else ''}" for part, n in counts.items())]
    return [line for entry in found.entries for line in _change_lines(entry)]


def _change_lines(entry: "JourneyChange") -> list[str]:
    thing = f"{entry.part} {entry.path}" if entry.path else str(entry.part)
    said = f"  {thing}: {entry.type}"
    if entry.field:
        said = f"  {thing}: {entry.field} {entry.type}"
    if entry.before or entry.after:
        said += f": {entry.before or 'nothing'} → {entry.after or 'nothing'}"
    return [said, f"  ! {_SECOND_LOOK[entry.warning]}"] if entry.warning else [said]


_SECOND_LOOK = {
    "leaves_the_map": 'its answers stay, but leave the map; to rename it use `was`, to retire it status = "removed"',
    "history_unlinked": "a former key is dropped: what was counted under it is not found any more",
    "days_shift": "days counted so far stay where they were",
    "other_subject": "it is about something else now; answers so far stay where they were",
    "cohorts_change": "customers are told apart differently from now on",
}


@journey.command()
@click.argument("key")
@pass_command_context
def show(context: CommandContext, key: str) -> None:
    """Print the file of the journey KEY as it is in force."""
    run_async(_show(context, key))


async def _show(context: CommandContext, key: str) -> None:
    from bot.db.journeys import journeys

    async with context.database() as db:
        await find_journey(db, key)
        click.echo((await db.read(journeys.list_versions))[key].source, nl=False)


@journey.command("list")
@pass_command_context
def list_(context: CommandContext) -> None:
    """Print the journeys in force, one a line, the key first."""
    from bot.db.journeys import journeys

    for key, version in run_async(context.read_database(journeys.list_versions)).items():
        at = version.applied_at.strftime("%Y-%m-%d %H:%M UTC")
        click.echo(f"{key}\t{version.journey.title.in_language('en')}\tversion {version.version}\t{at}")


COMMANDS = (journey,)
