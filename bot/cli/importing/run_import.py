"""Import a file, or try what an import would do."""

import sys
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.importing.example_wording import example_lines
from bot.cli.importing.flags import ImportFlags
from bot.cli.importing.progress import WaitingNote, show_progress
from bot.cli.importing.report_wording import report_lines
from bot.cli.importing.target_journey import find_target_journey
from bot.cli.importing.wording import count_text, doubt_line, option_text, refusal_lines
from bot.cli.runtime.command_context import (
    CommandContext,
    confirm,
    find_command_actor,
    read_source_file,
    write_file,
)
from bot.cli.runtime.interrupts import hold_interrupts
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from bot.db.engine.database import Database
    from bot.usecases.tables.find_import_doubts import ImportDoubt
    from bot.usecases.tables.import_report import ImportReport
    from bot.usecases.tables.import_source import ImportSource
    from bot.usecases.tables.try_import import ImportTrial, TryImport
    from cjm.figures.journey_map import JourneyMap
    from cjm.journeys.journey import Journey


async def import_file(context: CommandContext, flags: ImportFlags) -> None:
    """Ask about what looks like a mistake, import the file or try to, and print the report.

    Raises CommandFailure when nothing could be imported or what was asked for was not done.
    """
    async with context.open_database() as db:
        source = await _open_source(db, flags)
        if flags.is_trial:
            await _show_trial(context, db, source, flags)
            return
        await _ask_about_doubts(db, source, flags)
        report = await _import(context, db, source, flags)
    _show_refusals(report, source)
    if not report.is_trial:  # else a single refused row has stopped it: what would have been stored does not matter
        _show_report(report, source)
    _refuse_failure(report, source, flags)


async def _open_source(db: "Database", flags: ImportFlags) -> "ImportSource":
    from bot.usecases.tables.import_source import open_table

    assert flags.file is not None  # the flags were checked
    assert flags.key is not None
    journey = await find_target_journey(db, flags.key)
    if flags.mapping is None:
        return _open_tool_export(flags, journey)
    return open_table(flags.file, journey, read_source_file(flags.mapping), str(flags.mapping), flags.name)


def _open_tool_export(flags: ImportFlags, journey: "Journey") -> "ImportSource":
    """Open the export of a survey tool with the mapping that its columns and the journey's questions give."""
    from datetime import UTC, datetime

    from bot.cli.importing.guess_wording import tool_lines
    from bot.usecases.tables.guess_mapping import GuessRequest, guess_mapping, import_name_of
    from bot.usecases.tables.import_source import open_table

    assert flags.file is not None
    name = flags.name or import_name_of(flags.file)
    found = guess_mapping(GuessRequest(flags.file, name, journey, flags.tool), datetime.now(UTC))
    for line in tool_lines(found):
        click.echo(line)
    return open_table(flags.file, journey, found.mapping, f"the mapping of {found.tool}", name)


# ---- questions before anything is stored -----------------------------------------------------------------------------


async def _ask_about_doubts(db: "Database", source: "ImportSource", flags: ImportFlags) -> None:
    doubts = [] if flags.yes else await _find_doubts(db, source)
    for doubt in doubts:
        click.echo(f"{source.path}: {doubt_line(doubt, source)}", err=True)
    if not doubts:
        return
    if not sys.stdin.isatty():
        raise CommandFailure(f"{source.path}: nothing was imported; --yes imports it all the same")
    if not confirm("Import it all the same?"):
        raise CommandFailure("nothing was imported")


async def _find_doubts(db: "Database", source: "ImportSource") -> "list[ImportDoubt]":
    from bot.clock import Clock
    from bot.usecases.tables.find_import_doubts import FindImportDoubts

    # Nothing is stored yet, so Ctrl-C may end this at once.
    with show_progress("Comparing", source.file.bytes_total) as report_progress:
        return await FindImportDoubts(db, Clock())(source, report_progress)


# ---- the import ------------------------------------------------------------------------------------------------------


async def _import(
    context: CommandContext, db: "Database", source: "ImportSource", flags: ImportFlags
) -> "ImportReport":
    from bot.clock import Clock
    from bot.usecases.tables.import_table import ImportTable
    from bot.usecases.tables.try_import import ImportAllOrNothing

    rules, retention = context.settings.asking.rules, _retention(context)
    readings = 2 if flags.strict else 1
    with (
        hold_interrupts() as is_stopped,
        show_progress("Importing", readings * source.file.bytes_total) as report_progress,
    ):
        import_table = ImportTable(db, Clock(), rules, retention, WaitingNote(is_stopped), find_command_actor())
        run = ImportAllOrNothing(_make_try_import(context, db), import_table) if flags.strict else import_table
        return await run(source, report_progress, mirror=flags.mirror, is_stopped=is_stopped)


def _show_refusals(report: "ImportReport", source: "ImportSource") -> None:
    """Print the reasons of refused rows to stderr, so that stdout holds the summary alone; end a stopped import."""
    for line in refusal_lines(report.refusals.reasons):
        click.echo(f"{source.path}: {line}", err=True)
    if report.is_stopped:
        _show_stop(report, source)
        raise click.Abort


def _show_report(report: "ImportReport", source: "ImportSource") -> None:
    for line in report_lines(report, source):
        click.echo(line)


def _show_stop(report: "ImportReport", source: "ImportSource") -> None:
    if report.is_trial:
        click.echo("stopped; nothing was stored", err=True)
        return
    undo = f"'tropa import {option_text('--undo', source.name)} --journey {source.journey.key}'"
    rows = f"{count_text(report.stored_rows, 'row')} of this file {'is' if report.stored_rows == 1 else 'are'} stored"
    click.echo(f"stopped; {rows}. The same command goes on, and {undo} takes back what is there", err=True)


def _refuse_failure(report: "ImportReport", source: "ImportSource", flags: ImportFlags) -> None:
    """Raise CommandFailure when nothing could be imported, or when what was asked for was not done."""
    if report.refused_rows and flags.strict and report.is_trial:
        raise CommandFailure(f"{source.path}: nothing was imported: {count_text(report.refused_rows, 'row')} refused")
    if report.refused_rows and not report.stored_rows:
        # Usually a wrong mapping or a wrong file.
        raise CommandFailure(f"{source.path}: no row could be imported")
    if report.refused_rows and flags.strict:
        raise CommandFailure(
            f"{source.path}: {count_text(report.refused_rows, 'row')} refused that could be read before: "
            "the database has changed meanwhile, and the other rows are stored"
        )
    if report.refused_rows and flags.mirror and report.missing:
        raise CommandFailure(
            f"{source.path}: nothing was removed: one of the refused rows may be one of those that are missing"
        )


# ---- the dry run -----------------------------------------------------------------------------------------------------


async def _show_trial(context: CommandContext, db: "Database", source: "ImportSource", flags: ImportFlags) -> None:
    out = flags.out or _choose_map_file(source.name)
    _check_map_file(out)
    for doubt in await _find_doubts(db, source):
        click.echo(f"{source.path}: {doubt_line(doubt, source)}", err=True)
    trial = await _try(context, db, source, flags)
    _show_refusals(trial.report, source)
    _show_report(trial.report, source)
    for line in example_lines(trial.report, source):
        click.echo(line)
    if trial.map is not None:
        _draw_map(trial.map, out)
        click.echo(f"the map of {trial.map.period.first} to {trial.map.period.last}, as it would be: {out}")
    click.echo("nothing was stored")
    _refuse_failure(trial.report, source, flags)


async def _try(context: CommandContext, db: "Database", source: "ImportSource", flags: ImportFlags) -> "ImportTrial":
    with hold_interrupts() as is_stopped, show_progress("Trying", source.file.bytes_total) as report_progress:
        return await _make_try_import(context, db)(source, report_progress, mirror=flags.mirror, is_stopped=is_stopped)


def _make_try_import(context: CommandContext, db: "Database") -> "TryImport":
    from bot.clock import Clock
    from bot.usecases.tables.try_import import TryImport

    settings = context.settings
    return TryImport(db, Clock(), settings.asking.rules, settings.privacy.minimum_answers, _retention(context))


def _retention(context: CommandContext) -> timedelta:
    return timedelta(days=context.settings.privacy.retention_days)


def _choose_map_file(name: str) -> Path:
    """Return the first of NAME.png, NAME-2.png … that is free; what a system may not take in a name is a hyphen."""
    stem = "".join(c if c.isalnum() or c in "-_. " else "-" for c in name).strip(". ") or "import"
    files = (Path(f"{stem}.png" if n == 1 else f"{stem}-{n}.png") for n in count(1))
    return next(file for file in files if not file.exists())


def _check_map_file(out: Path) -> None:
    """Raise CommandFailure when the map cannot be written there: a long trial should not end so."""
    if out.suffix.lower() != ".png":
        raise CommandFailure(f"{out}: the name must end in .png")
    if not out.absolute().parent.is_dir():
        raise CommandFailure(f"{out}: there is no folder {out.parent}")


def _draw_map(journey_map: "JourneyMap", out: Path) -> None:
    from bot.texts import words_in
    from cjm.drawing import Layout, draw_map

    write_file(out, draw_map(journey_map, words_in(journey_map.language), layout=Layout("wall")))
