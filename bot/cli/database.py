"""Commands on the database: migrate it, check or rebuild its counters, copy it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.runtime.command_context import (
    CommandContext,
    find_command_actor,
    find_journey,
    pass_command_context,
    run_async,
)
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from bot.db.counters.counter_table import WrongCounter
    from bot.db.engine.database import Database
    from cjm.journeys.journey import Journey

_MOST_LINES = 20  # of wrong counters per journey; the number of all of them follows


@click.command("migrate")
@click.option("--new", "is_renewed", is_flag=True, help="Begin with an empty database where the file of one was lost.")
@pass_command_context
def migrate_(context: CommandContext, is_renewed: bool) -> None:
    """Create the database, or bring it to the newest schema."""
    run_async(_migrate_database(context, is_renewed=is_renewed))


async def _migrate_database(context: CommandContext, *, is_renewed: bool) -> None:
    from bot.db.upkeep.schema import migrate

    async with context.open_database(migrated=False) as db:
        is_new = await migrate(db, is_renewed=is_renewed, on_rebuild=_echo_rebuild)
    click.echo(f"{context.settings.database.redacted_url}: {'created' if is_new else 'schema is up to date'}")


def _echo_rebuild() -> None:
    click.echo("computing counters from the answers and visits; this may take minutes")


@click.command()
@click.option("--check", "check", is_flag=True, help="Compare the counters with the answers and visits.")
@click.option("--rebuild", is_flag=True, help="Compute the counters again from the answers and visits.")
@click.option("--journey", "key", metavar="KEY", help="Only this journey.")
@pass_command_context
def tally(context: CommandContext, check: bool, rebuild: bool, key: str | None) -> None:
    """Check or rebuild the counters behind every figure."""
    if check == rebuild:
        raise click.UsageError("use either --check or --rebuild.")
    if not run_async(_run_tally(context, rebuild, key)):
        raise CommandFailure("some counters differ from the answers and visits; 'tropa tally --rebuild' corrects them")


async def _run_tally(context: CommandContext, rebuild: bool, key: str | None) -> bool:
    from bot.db.journeys import journeys

    async with context.open_database() as db:
        current = [await find_journey(db, key)] if key else list((await db.read(journeys.list_current)).values())
        handle = _rebuild_counters if rebuild else _check_counters
        return all([await handle(db, journey) for journey in current])


async def _rebuild_counters(db: "Database", journey: "Journey") -> bool:
    from bot.db.upkeep import counter_check

    wrong = await db.write(lambda tx: counter_check.rebuild_counters(tx, journey))
    click.echo(f"{journey.key}: {wrong or 'no'} counter{'' if wrong == 1 else 's'} corrected")
    return True


async def _check_counters(db: "Database", journey: "Journey") -> bool:
    from bot.db.upkeep import counter_check

    differences = await db.read(lambda tx: counter_check.list_wrong_counters(tx, journey))
    for wrong in differences[:_MOST_LINES]:
        click.echo(f"{journey.key}: {_describe_wrong(wrong)}", err=True)
    click.echo(f"{journey.key}: {len(differences) or 'no'} counter{'' if len(differences) == 1 else 's'} wrong")
    return not differences


def _describe_wrong(wrong: "WrongCounter") -> str:
    """Return one line about a wrong counter, a wrong gap counter of `cjm.figures.gaps`, or a wrong sum of either."""
    from cjm.figures.facts.duration_blocks import BLOCK, EVERYONE, BlockKey
    from cjm.figures.facts.spans import DAY, GapWeekKey, TotalKey, WeekKey
    from cjm.figures.gaps import GAP_CLASSES, GapKey

    key, right_word = wrong.key, "counted"
    name = f"{key.day} {key.subject or '(whole journey)'} {key.measure}"
    if isinstance(key, TotalKey | WeekKey | GapWeekKey | BlockKey):
        is_day, right_word = isinstance(key, TotalKey | BlockKey) and key.span == DAY, "summed"
        is_everyone = isinstance(key, TotalKey) or (isinstance(key, BlockKey) and key.cohort_id == EVERYONE)
        name = f"{'' if is_day else 'week of '}{name}{', everyone' if is_everyone else ''}"
    if isinstance(key, GapKey | GapWeekKey):
        days = GAP_CLASSES[key.gap]
        name += f", pairs {days[0]}–{days[-1]} days apart"
        stored, right = wrong.stored.pairs, wrong.right.pairs
    else:
        first = key.block * BLOCK if isinstance(key, BlockKey) else 0
        bucket = f"buckets {first}–{first + BLOCK - 1}" if isinstance(key, BlockKey) else key.bucket
        name = f"{name} {bucket}".rstrip()
        stored, right = wrong.stored.n, wrong.right.n
    if stored == right:
        return f"{name}: {stored} stored and {right_word}, but their sums differ"
    return f"{name}: {stored} stored, {right} {right_word}"


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@pass_command_context
def backup(context: CommandContext, file: Path) -> None:
    """Copy the database to FILE while it is in use.

    Only for SQLite; PostgreSQL has its own pg_dump.
    """
    from bot.db.engine.database import Database

    path = _require_file(context, "pg_dump, such as 'pg_dump --format=custom --file=FILE DATABASE'")
    Database(context.settings.database.url.get_secret_value()).files.refuse_missing()
    if file.exists():
        raise CommandFailure(f"{file}: exists already; nothing was written")
    if not file.absolute().parent.is_dir():
        raise CommandFailure(f"{file}: there is no folder {file.parent}")
    run_async(_record_copy(context, "back-up-database", file))
    _copy_database(path, file)
    click.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@pass_command_context
def restore(context: CommandContext, file: Path) -> None:
    """Put the backup FILE in the place of the database.

    The former database is kept beside it under another name. Only for SQLite, while Tropa is stopped; PostgreSQL has
    its own pg_restore.
    """
    import shutil

    from bot.db.engine.database import Database

    path = _require_file(context, "pg_restore, such as 'pg_restore --dbname=DATABASE FILE' into an empty database")
    _check_backup(file)
    files = Database(context.settings.database.url.get_secret_value()).files
    files.lock()  # refused while Tropa runs on it
    try:
        part = path.with_name(path.name + ".restored")
        _copy_database(file, part)
        kept = _rename_former(path)
        if kept is not None:
            shutil.copymode(kept, part)  # who may read customers' words stays as it was
        part.replace(path)
        run_async(_record_copy(context, "restore-database", file))
    finally:
        files.unlock()
    former = f"; the former one is {kept}" if kept else ""
    click.echo(f"{path}: restored from {file}{former}")


async def _record_copy(context: CommandContext, action: str, file: Path) -> None:
    from bot.clock import Clock
    from bot.db.audit.audit_actions import AuditAction
    from bot.db.engine.database import Database
    from bot.usecases.audit.record_copy import RecordCopy

    db = Database(context.settings.database.url.get_secret_value())
    try:
        await RecordCopy(db, Clock())(find_command_actor(), AuditAction(action), file.name)
    finally:
        await db.close()


def _require_file(context: CommandContext, other_way: str) -> Path:
    """Return the path of the SQLite database. Raises CommandFailure that names PostgreSQL's way."""
    path = context.settings.database.path
    if path is None:
        raise CommandFailure(f"the database is PostgreSQL: use {other_way}")
    return path


def _check_backup(file: Path) -> None:
    """Raise CommandFailure unless ``file`` is a whole database of Tropa."""
    import sqlite3
    from contextlib import closing

    if not os.path.lexists(file):
        raise CommandFailure(f"{file}: there is no such file")
    if file.is_fifo():
        raise CommandFailure(f"{file}: is a pipe; save the backup as a file first")  # opening it would wait for ever
    try:
        # SQLite does not say why it cannot open a file.
        file.open("rb").close()
    except OSError as error:
        raise CommandFailure(f"{file}: cannot be read: {(error.strerror or 'unknown error').lower()}") from None
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as backup_file:
            is_whole = backup_file.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
            backup_file.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        is_whole = False
    if not is_whole:
        raise CommandFailure(f"{file}: this is no database of Tropa, or it is damaged; nothing was changed")


def _rename_former(path: Path) -> Path | None:
    """Rename the database with its log; return the new name, or None when there is no database."""
    from bot.clock import wall_now

    if not path.exists():
        return None
    kept = path.with_name(f"{path.name}.before-{wall_now():%Y%m%d-%H%M%S}")
    # The log goes with its database: beside the restored one, SQLite would take it for that one's.
    for end in ("-wal", "-shm", ""):
        if (file := path.with_name(path.name + end)).exists():
            file.rename(kept.with_name(kept.name + end))
    return kept


def _copy_database(path: Path, file: Path) -> None:
    """Copy into FILE.part, renamed at the end, so that a failed copy leaves no half file."""
    import sqlite3

    from bot.db.upkeep.database_copy import copy_sqlite_file

    part = file.with_name(file.name + ".part")
    try:
        copy_sqlite_file(path, part)
        part.replace(file)
    except (sqlite3.Error, OSError) as error:
        raise CommandFailure(f"{file}: the copy could not be made: {str(error).lower()}") from None
    finally:
        part.unlink(missing_ok=True)


COMMANDS = (migrate_, tally, backup, restore)
