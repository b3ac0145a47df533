"""`tropa export`: write answers, visits, invitations, decisions, cases or changes to a file."""

import os
from pathlib import Path

import click

from bot.cli.runtime.command_context import CommandContext, find_command_actor, pass_command_context, run_async
from bot.cli.runtime.program import CommandFailure

_FORMATS = {".csv": "csv", ".xlsx": "xlsx", ".ndjson": "ndjson", ".jsonl": "ndjson", ".parquet": "parquet"}


@click.command()
@click.argument("key")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="FILE.csv, FILE.xlsx, FILE.ndjson or FILE.parquet; - prints NDJSON.",
)
@click.option(
    "--what",
    type=click.Choice(["answers", "visits", "invitations", "decisions", "cases", "changes"]),
    default="answers",
    show_default=True,
    help="Rows to write.",
)
@pass_command_context
def export(context: CommandContext, key: str, out: Path, what: str) -> None:
    """Write answers, visits, cases or changes of KEY to a file.

    Also questions to people (invitations), and decisions whether to ask.

    Times are in the journey's time zone. Anonymous journeys name no person and no exact time. `tropa import` takes such
    files without a mapping.
    """
    is_printed = str(out) == "-"
    file_format = "ndjson" if is_printed else _FORMATS.get(out.suffix.lower())
    if file_format is None:
        raise CommandFailure(f"{out}: the name must end in .csv, .xlsx, .ndjson or .parquet")
    run_async(_print_rows(context, key, what) if is_printed else _write_rows(context, key, what, file_format, out))


async def _print_rows(context: CommandContext, key: str, what: str) -> None:
    from bot.usecases.tables.export_rows import ExportRows

    async with context.open_database() as db:
        rows = ExportRows(db, context.settings.privacy.minimum_answers, actor=find_command_actor())
        async for piece in rows(key, what, "ndjson"):
            click.echo(piece, nl=False)


async def _write_rows(context: CommandContext, key: str, what: str, file_format: str, out: Path) -> None:
    """Write to FILE.part and rename it at the end, so that a failed export leaves no half file."""
    from bot.private_files import open_private
    from bot.usecases.tables.export_rows import ExportRows

    part = out.with_name(out.name + ".part")
    try:
        async with context.open_database() as db:
            rows = ExportRows(db, context.settings.privacy.minimum_answers, actor=find_command_actor())
            with open_private(part) as file:
                # Piece by piece: a journey may have millions of rows.
                async for piece in rows(key, what, file_format):
                    file.write(piece)
                # On disk before the rename: a power cut leaves either the old file or the whole new one.
                file.flush()
                os.fsync(file.fileno())
        part.replace(out)
    except OSError as error:  # it names the part, which nobody asked for
        raise CommandFailure(f"{out}: {(error.strerror or 'cannot be written').lower()}") from None
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"{out}: {rows.row_count:,} {what.removesuffix('s') if rows.row_count == 1 else what}")


COMMANDS = (export,)
