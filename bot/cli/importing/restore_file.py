"""Import a file that `tropa export` wrote: its columns are known, so it needs no mapping."""

from typing import TYPE_CHECKING

import click

from bot.cli.importing.flags import ImportFlags
from bot.cli.importing.progress import WaitingNote, show_progress
from bot.cli.importing.report_wording import align, days_line, outcome_cells
from bot.cli.importing.target_journey import find_target_journey
from bot.cli.importing.wording import count_text, option_text, refusal_lines
from bot.cli.runtime.command_context import CommandContext, find_command_actor
from bot.cli.runtime.interrupts import hold_interrupts
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from bot.db.engine.database import Database
    from bot.usecases.tables.restoring.own_source import OwnSource
    from bot.usecases.tables.restoring.restore_export import RestoreReport

_KNOWN_NOTE = "stored already, or about a question that was never sent"


async def restore_file(context: CommandContext, flags: ImportFlags) -> None:
    """Import the file and print the report.

    Raises CommandFailure for a file that is no own export, and when no row could be imported.
    """
    from bot.usecases.tables.restoring.own_source import open_own_export

    assert flags.file is not None  # the flags were checked
    assert flags.key is not None
    async with context.open_database() as db:
        journey = await find_target_journey(db, flags.key)
        source = open_own_export(flags.file, journey, flags.name)
        if source is None:
            raise CommandFailure(
                f"{flags.file}: is no export of Tropa's; write --mapping MAPPING (--guide explains it)"
            )
        report = await _restore(db, source, flags)
    for line in refusal_lines(report.refusals.reasons):
        click.echo(f"{source.path}: {line}", err=True)
    if report.is_stopped:
        undo = f"'tropa import {option_text('--undo', source.name)} --journey {journey.key}'"
        click.echo(f"stopped; the same command goes on, and {undo} takes back what is there", err=True)
        raise click.Abort
    _show_report(report, source, flags)
    if report.refusals.rows == report.rows.total():
        raise CommandFailure(f"{source.path}: no row could be imported")


async def _restore(db: "Database", source: "OwnSource", flags: ImportFlags) -> "RestoreReport":
    from bot.clock import Clock
    from bot.db.upkeep.database_copy import open_copy
    from bot.usecases.tables.restoring.restore_export import RestoreExport

    label = "Trying" if flags.is_trial else "Importing"
    with hold_interrupts() as is_stopped, show_progress(label, source.file.bytes_total) as report_progress:
        if flags.is_trial:
            async with open_copy(db) as copy:
                return await RestoreExport(copy, Clock())(source, report_progress, is_stopped=is_stopped)
        restore = RestoreExport(db, Clock(), WaitingNote(is_stopped), find_command_actor())
        return await restore(source, report_progress, is_stopped=is_stopped)


def _show_report(report: "RestoreReport", source: "OwnSource", flags: ImportFlags) -> None:
    total = count_text(report.rows.total(), "row")
    click.echo(f'{source.path}, import "{source.name}": {total} of {source.kind}')
    for line in align(list(outcome_cells(report.rows, is_trial=flags.is_trial, known_note=_KNOWN_NOTE)), {1}):
        click.echo(line)
    if report.first_day is not None:
        click.echo(days_line(report.first_day, report.last_day))
    if flags.is_trial:
        click.echo("nothing was stored")
