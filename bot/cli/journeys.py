"""Journeys as files: compared, applied, shown."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.command_context import CommandContext, agreed, journey_of, pass_house, run
from bot.cli.program import CommandFailure

if TYPE_CHECKING:
    from cjm.journeys.difference import JourneyChange, JourneyDifference


@click.group()
def journey() -> None:
    """Apply, show and list journeys."""


@journey.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_house
def apply(house: CommandContext, file: Path, yes: bool) -> None:
    """Compare FILE with what is in force, show the difference, and apply it. A running bot takes it up."""
    run(_apply(house, file, yes))


async def _apply(house: CommandContext, file: Path, yes: bool) -> None:
    from bot.clock import Clock
    from bot.usecases.journeys.apply_journey import ApplyJourney

    source = journey_source(file)
    async with house.database() as db:
        use = ApplyJourney(db, Clock())
        proposal = await use.propose(source, str(file))
        key, found = proposal.journey.key, proposal.difference
        if found.is_nothing:
            click.echo(f"{key}: nothing changes; version {proposal.version} stays in force")
            return
        for line in told(found):
            click.echo(line)
        if not yes and not agreed(f"Apply this to {key}?"):
            raise CommandFailure("nothing was applied")
        version = await use.apply(source, str(file), by="command line")
    click.echo(f"{key}: version {version} is in force")


def journey_source(file: Path) -> str:
    from cjm.toml_file import TomlError, read_text

    try:
        return read_text(file)
    except TomlError as error:
        raise CommandFailure(f"{file}: {error}") from None


def told(found: "JourneyDifference") -> list[str]:
    """A difference in words, a line a change; what deserves a second look is marked with "!"."""
    if found.is_new:
        counts = {
            part: sum(e.part == part for e in found.entries) for part in dict.fromkeys(e.part for e in found.entries)
        }
        return ["a new journey: " + ", ".join(f"{n} {part}{'s' if n > 1 else ''}" for part, n in counts.items())]
    return [line for entry in found.entries for line in _told(entry)]


def _told(entry: "JourneyChange") -> list[str]:
    thing = f"{entry.part} {entry.path}" if entry.path else str(entry.part)
    said = f"  {thing}: {entry.what}"
    if entry.field:
        said = f"  {thing}: {entry.field} {entry.what}"
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
@pass_house
def show(house: CommandContext, key: str) -> None:
    """Print the file of the journey KEY as it is in force."""
    run(_show(house, key))


async def _show(house: CommandContext, key: str) -> None:
    from bot.db.journeys import journeys

    async with house.database() as db:
        await journey_of(db, key)
        click.echo((await db.read(journeys.versions))[key].source, nl=False)


@journey.command("list")
@pass_house
def list_(house: CommandContext) -> None:
    """Print the journeys in force, one a line, the key first."""
    from bot.db.journeys import journeys

    for key, version in run(house.read(journeys.versions)).items():
        at = version.applied_at.strftime("%Y-%m-%d %H:%M UTC")
        click.echo(f"{key}\t{version.journey.title.in_('en')}\tversion {version.version}\t{at}")


COMMANDS = (journey,)
