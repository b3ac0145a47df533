"""Commands on the database: migrate it, check its counters, copy it."""

from pathlib import Path

import click

from bot.cli.command_context import CommandContext, find_journey, pass_command_context, run_async
from bot.cli.program import CommandFailure


@click.command()
@pass_command_context
def migrate(context: CommandContext) -> None:
    """Bring the database to the newest schema."""
    run_async(_migrate(context))


async def _migrate(context: CommandContext) -> None:
    from bot.db.upkeep.schema import migrate as bring

    async with context.database(migrated=False) as db:
        await bring(db)
    click.echo(f"{context.settings.database.redacted_url}: is of this version")


@click.command()
@click.option("--check", "checking", is_flag=True, help="Prove the counters against the answers and visits.")
@click.option("--rebuild", is_flag=True, help="Make them anew.")
@click.option("--journey", "key", metavar="KEY", help="One journey only.")
@pass_command_context
def tally(context: CommandContext, checking: bool, rebuild: bool, key: str | None) -> None:
    """Prove or rebuild the counters."""
    if checking == rebuild:
        raise click.UsageError("one of --check and --rebuild is needed.")
    if not run_async(_tally(context, rebuild, key)):
        raise CommandFailure("the counters are not as the answers say; 'tropa tally --rebuild' mends them")


async def _tally(context: CommandContext, rebuild: bool, key: str | None) -> bool:
    from bot.db.upkeep import counter_check
    from bot.db.journeys import journeys

    right = True
    async with context.database() as db:
        known = [await find_journey(db, key)] if key else list((await db.read(journeys.list_current)).values())
        for journey in known:
            if rebuild:
                wrong = await db.write(lambda tx: counter_check.rebuild_counters(tx, journey))  # noqa: B023 - awaited in this turn
                click.echo(f"{journey.key}: {wrong or 'no'} counter{'' if wrong == 1 else 's'} had to be mended")
                continue
            differing = await db.read(lambda tx: counter_check.list_wrong_counters(tx, journey))  # noqa: B023
            for counter, stored, counted in differing[:20]:
                place = f"{counter.day} {counter.subject} {counter.measure} {counter.bucket}".rstrip()
                click.echo(f"{journey.key}: {place}: {stored.n} stored, {counted.n} counted", err=True)
            click.echo(f"{journey.key}: {len(differing) or 'no'} counters are wrong")
            right = right and not differing
    return right


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@pass_command_context
def backup(context: CommandContext, file: Path) -> None:
    """Copy the database to FILE while it is in use.

    For SQLite; PostgreSQL has its own pg_dump.
    """
    path = context.settings.database.path
    if path is None:
        raise CommandFailure(
            "this is PostgreSQL: use its own pg_dump, such as 'pg_dump --format=custom --file=FILE DATABASE'"
        )
    if not path.exists():
        raise CommandFailure(f"the database {path}: there is none yet; run 'tropa migrate'")
    if file.exists():
        raise CommandFailure(f"{file}: is there already; nothing was written")
    _copy(path, file)
    click.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


def _copy(path: Path, file: Path) -> None:
    """Copy page by page; a file that could not be finished does not stay."""
    import sqlite3
    from contextlib import closing

    part = file.with_name(file.name + ".part")
    try:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(part)) as target,
        ):
            source.backup(target, pages=1024)
            target.execute("PRAGMA journal_mode=DELETE")
        part.replace(file)
    except (sqlite3.Error, OSError) as error:
        raise CommandFailure(f"{file}: the copy could not be made: {str(error).lower()}") from None
    finally:
        part.unlink(missing_ok=True)


COMMANDS = (migrate, tally, backup)
