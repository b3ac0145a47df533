"""List imports and take them back."""

from typing import TYPE_CHECKING

import click

from bot.cli.importing.flags import ImportFlags
from bot.cli.importing.progress import WaitingNote, show_progress
from bot.cli.importing.wording import list_lines, undo_lines, undo_question_lines
from bot.cli.runtime.command_context import CommandContext, confirm, find_command_actor
from bot.cli.runtime.interrupts import hold_interrupts
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from bot.db.engine.database import Database
    from bot.usecases.tables.undo_import import UndoReport


async def list_imports(context: CommandContext, key: str | None) -> None:
    """Print a line for each import of a journey, or of all of them."""
    from bot.usecases.tables.list_imports import ListImports

    async with context.open_database() as db:
        found = await ListImports(db)(key)
    lines = [line for journey, units in found.items() for line in list_lines(units, journey)]
    for line in lines:
        click.echo(line)
    if not lines:
        click.echo("there are no imports", err=True)  # not a line for scripts


async def undo_import(context: CommandContext, flags: ImportFlags) -> None:
    """Say what goes and what stays, ask, and take an import back."""
    from bot.usecases.tables.list_imports import ListImports

    assert flags.key is not None  # the flags were checked
    assert flags.undo is not None
    async with context.open_database() as db:
        units = await ListImports(db).find(flags.key, flags.undo)
        for line in undo_question_lines(units, flags.key):
            click.echo(line, err=True)
        if not flags.yes and not confirm("Take it back?"):
            raise CommandFailure("nothing was taken back")
        report = await _take_back(db, flags.key, flags.undo, sum(unit.rows for unit in units))
    for line in undo_lines(report):
        click.echo(line)
    if report.is_stopped:
        click.echo("stopped; the other rows are still there. The same command goes on", err=True)
        raise click.Abort


async def _take_back(db: "Database", key: str, name: str, rows: int) -> "UndoReport":
    from bot.usecases.tables.undo_import import UndoImport

    with hold_interrupts() as is_stopped, show_progress("Taking back", rows) as report_progress:
        undo = UndoImport(db, WaitingNote(is_stopped), actor=find_command_actor())
        return await undo(key, name, report_progress, is_stopped=is_stopped)
