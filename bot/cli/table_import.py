"""Past answers and events from tables."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.command_context import CommandContext, find_journey, pass_command_context, run_async
from bot.cli.journeys import read_source_file
from bot.cli.program import CommandFailure

if TYPE_CHECKING:
    from bot.usecases.tables.import_table import ImportReport, ImportSource


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--journey", "key", metavar="KEY", required=True, help="The journey that the answers or events belong to."
)
@click.option(
    "--mapping", type=click.Path(path_type=Path), metavar="FILE", required=True, help="Which column means what."
)
@click.option("--strict", is_flag=True, help="Keep nothing if a single row is bad.")
@pass_command_context
def import_(context: CommandContext, file: Path, key: str, mapping: Path, strict: bool) -> None:
    """Take past answers or events from a CSV FILE. The same file again changes nothing."""
    if file.suffix.lower() in (".xlsx", ".xls", ".ods"):
        raise CommandFailure(f'{file}: a workbook cannot be read yet; save it as CSV (in Excel: "CSV UTF-8")')
    found = run_async(_import(context, file, key, mapping, strict))
    for row in found.bad:
        click.echo(f"{file}: {row}", err=True)
    if found.bad and strict:
        raise CommandFailure(f"{file}: nothing was kept: {_count(len(found.bad), 'row')} cannot be taken")
    click.echo(_summary(found))
    if found.bad and not found.rows:
        raise CommandFailure(f"{file}: no row could be taken")


async def _import(context: CommandContext, file: Path, key: str, mapping: Path, strict: bool) -> "ImportReport":
    from bot.clock import Clock
    from bot.usecases.tables.import_table import ImportTable, open_table

    async with context.database() as db:
        journey = await find_journey(db, key)
        table = open_table(file, journey, read_source_file(mapping), str(mapping))
        use = ImportTable(db, Clock(), context.settings.asking.rules)
        with _progress(table) as told:
            return await use(table, told, strict=strict)


@contextmanager
def _progress(table: "ImportSource") -> Iterator[Callable[[int], None]]:
    """A bar on stderr for whoever watches; nothing where nobody does."""
    stderr = sys.stderr
    with click.progressbar(
        length=table.file.size, label="Importing", file=stderr, hidden=not stderr.isatty(), update_min_steps=1
    ) as bar:
        yield lambda read: bar.update(read - bar.pos)


def _summary(found: "ImportReport") -> str:
    said = f"{_count(found.rows, 'row')} taken: {_count(found.new, 'entry')} new, {found.known:,} known already"
    if found.left_out:
        said += f", {_count(found.left_out, 'cell')} without an answer"
    return said + (f"; {_count(len(found.bad), 'row')} left out, see above" if found.bad else "")


def _count(n: int, what: str) -> str:
    if n == 1:
        return f"1 {what}"
    return f"{n:,} {what[:-1] + 'ies' if what.endswith('y') else what + 's'}"


COMMANDS = (import_,)
