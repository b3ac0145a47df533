"""`tropa journey`: apply, show and list journeys."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.runtime.command_context import (
    CommandContext,
    confirm,
    find_command_actor,
    make_unknown_journey_failure,
    pass_command_context,
    read_source_file,
    run_async,
    utc_time_text,
)
from bot.cli.runtime.program import CommandFailure, CommandGroup

if TYPE_CHECKING:
    from cjm.drawing.lettering.undrawable_texts import UndrawableText
    from cjm.journeys.difference import ChangeWarning, JourneyChange, JourneyDifference


@click.group(cls=CommandGroup)
def journey() -> None:
    """Apply, show and list journeys."""


@journey.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Apply without asking.")
@pass_command_context
def apply(context: CommandContext, file: Path, yes: bool) -> None:
    """Show what FILE would change, ask, and apply it.

    FILE is compared with the version in force. A running bot takes up the new version by itself.
    """
    run_async(_apply_file(context, file, yes))


async def _apply_file(context: CommandContext, file: Path, yes: bool) -> None:
    from bot.clock import Clock
    from bot.usecases.journeys.apply_journey import ApplyJourney

    source = read_source_file(file)
    async with context.open_database() as db:
        apply_journey = ApplyJourney(db, Clock())
        proposal = await apply_journey.propose(source, str(file))
        key, difference = proposal.journey.key, proposal.difference
        if difference.is_empty:
            click.echo(f"{key}: nothing changes; version {proposal.version} stays in force")
            return
        for line in difference_lines(difference):
            click.echo(line)
        for line in undrawable_lines(proposal.undrawable, str(file), source):
            click.echo(line)
        # `apply` checks again in its own transaction: another file may be applied while a person reads.
        if not yes and not confirm(f"Apply this to {key}?"):
            raise CommandFailure("nothing was applied")
        version = await apply_journey.apply(source, str(file), "command line", find_command_actor())
    click.echo(f"{key}: version {version} is in force")


def difference_lines(difference: "JourneyDifference") -> list[str]:
    """Return one line per change, and a line with "!" below a change that deserves a second look.

    A new journey is one line with the number of its parts.
    """
    if difference.is_new:
        counts = {
            part: sum(e.part == part for e in difference.entries)
            for part in dict.fromkeys(e.part for e in difference.entries)
        }
        return ["a new journey: " + ", ".join(f"{n} {part}{'s' if n > 1 else ''}" for part, n in counts.items())]
    return [line for entry in difference.entries for line in _change_lines(entry)]


def _change_lines(entry: "JourneyChange") -> list[str]:
    thing = f"{entry.part} {entry.path}" if entry.path else str(entry.part)
    subject = f"{entry.field} " if entry.field else ""
    line = f"  {thing}: {subject}{entry.type}"
    if entry.before or entry.after:
        line += f": {entry.before or 'nothing'} → {entry.after or 'nothing'}"
    return [line, f"  ! {_warning_text(entry.warning)}"] if entry.warning else [line]


def _warning_text(warning: "ChangeWarning") -> str:
    from cjm.journeys.difference import ChangeWarning

    return {
        ChangeWarning.LEAVES_THE_MAP: (
            'its answers stay, but leave the map; to rename it use `was`, to retire it status = "removed"'
        ),
        ChangeWarning.HISTORY_UNLINKED: "a former key is dropped: what was counted under it leaves the map",
        ChangeWarning.DAYS_SHIFT: "another time zone: what is counted already keeps its day",
        ChangeWarning.OTHER_SUBJECT: "it is about something else now; answers so far stay where they were",
        ChangeWarning.COHORTS_CHANGE: "customers are grouped by other attributes from now on",
        ChangeWarning.BECOMES_ANONYMOUS: "answers so far are separated from their people, which cannot be undone",
        ChangeWarning.BECOMES_NAMED: (
            "customers agreed to anonymous questions: tell them; answers that are anonymous already stay so"
        ),
    }[warning]


def undrawable_lines(found: "Sequence[UndrawableText]", file: str, text: str) -> Iterator[str]:
    """Yield a line for each of the texts of ``file`` that a map cannot draw whole; ``text`` is its content.

    It is advice: everything else works with such a file.
    """
    from cjm.errors import name_line
    from cjm.toml_lines import find_line, find_lines

    # Once a file: finding the lines reads all of it.
    lines = find_lines(text) if found else {}
    for each in found:
        yield f"  ! {name_line(file, find_line(each.loc, lines))}: {each}"


@journey.command()
@click.argument("key")
@pass_command_context
def show(context: CommandContext, key: str) -> None:
    """Print the journey file of KEY as it is in force."""
    run_async(_print_source(context, key))


async def _print_source(context: CommandContext, key: str) -> None:
    from bot.db.journeys import journeys

    versions = await context.read_database(journeys.list_versions_in_force)
    if key not in versions:
        raise make_unknown_journey_failure(key, versions)
    click.echo(versions[key].source, nl=False)


@journey.command("list")
@pass_command_context
def list_(context: CommandContext) -> None:
    """List the journeys in force, one per line, key first."""
    from bot.db.journeys import journeys

    # Tabs between the columns: scripts cut the key from each line.
    for key, version in run_async(context.read_database(journeys.list_versions_in_force)).items():
        applied_at = utc_time_text(version.applied_at)
        click.echo(f"{key}\t{version.journey.title.in_language('en')}\tversion {version.version}\t{applied_at}")


COMMANDS = (journey,)
