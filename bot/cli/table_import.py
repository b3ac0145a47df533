"""`tropa import`: import past answers and events from a table."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.runtime.command_context import (
    CommandContext,
    find_journey,
    pass_command_context,
    read_source_file,
    run_async,
)
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from bot.usecases.tables.import_table import ImportReport, ImportSource


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--journey", "key", metavar="KEY", required=True, help="Journey that the answers or events belong to.")
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    metavar="FILE",
    required=True,
    help="TOML file that says which column means what.",
)
@click.option("--strict", is_flag=True, help="Import nothing if a single row is bad.")
@pass_command_context
def import_(context: CommandContext, file: Path, key: str, mapping: Path, strict: bool) -> None:
    """Import past answers or events from a CSV FILE.

    Importing the same file again changes nothing.
    """
    if file.suffix.lower() in (".xlsx", ".xls", ".ods"):
        raise CommandFailure(f'{file}: workbooks cannot be read yet; save it as CSV (in Excel: "CSV UTF-8")')
    report = run_async(_import_table(context, file, key, mapping, strict))
    # Bad rows go to stderr, so that stdout holds the summary alone.
    for row in report.bad:
        click.echo(f"{file}: {row}", err=True)
    if report.bad and strict:
        raise CommandFailure(f"{file}: nothing was imported: {_count_text(len(report.bad), 'row')} cannot be imported")
    click.echo(_summary_text(report))
    # Usually a wrong mapping or a wrong file, so the command fails.
    if report.bad and not report.rows:
        raise CommandFailure(f"{file}: no row could be imported")


async def _import_table(context: CommandContext, file: Path, key: str, mapping: Path, strict: bool) -> "ImportReport":
    from bot.clock import Clock
    from bot.usecases.tables.import_table import ImportTable, open_table

    async with context.open_database() as db:
        journey = await find_journey(db, key)
        table = open_table(file, journey, read_source_file(mapping), str(mapping))
        import_table = ImportTable(db, Clock(), context.settings.asking.rules)
        with _progress_bar(table) as report_progress:
            return await import_table(table, report_progress, strict=strict)


@contextmanager
def _progress_bar(table: "ImportSource") -> Iterator[Callable[[int], None]]:
    """Show a bar on stderr; hidden where stderr is no terminal."""
    stderr = sys.stderr
    with click.progressbar(
        length=table.file.bytes_total, label="Importing", file=stderr, hidden=not stderr.isatty(), update_min_steps=1
    ) as bar:
        yield lambda bytes_read: bar.update(bytes_read - bar.pos)


def _summary_text(report: "ImportReport") -> str:
    text = f"{_count_text(report.rows, 'row')} imported: {_count_text(report.new, 'entry')} new"
    text += f", {report.known:,} known before"
    if report.left_out:
        text += f", {_count_text(report.left_out, 'cell')} without an answer"
    return text + (f"; {_count_text(len(report.bad), 'row')} left out, see above" if report.bad else "")


def _count_text(n: int, noun: str) -> str:
    if n == 1:
        return f"1 {noun}"
    return f"{n:,} {noun[:-1] + 'ies' if noun.endswith('y') else noun + 's'}"


COMMANDS = (import_,)
