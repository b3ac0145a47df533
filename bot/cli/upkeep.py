"""Keeping house: settings and files checked, the database migrated, proved, copied."""

import os
from collections.abc import Iterator
from pathlib import Path

import click

from bot.cli.command_context import CommandContext, journey_of, pass_house, run
from bot.cli.program import CommandFailure


@click.command()
@pass_house
def check(house: CommandContext) -> None:
    """Print every mistake of config and journey files."""
    mistakes = [*_config_mistakes(house), *_journey_mistakes(_journey_files(house))]
    if mistakes:
        raise CommandFailure(*dict.fromkeys(mistakes))


def _config_mistakes(house: CommandContext) -> Iterator[str]:
    from bot.config.settings import ConfigError, config_path

    path = config_path(house.config, os.environ)
    try:
        _ = house.settings
    except ConfigError as error:
        yield from map(str, error.mistakes)
    else:
        click.echo(f"{path}: fine" if path else "no config file here: the defaults hold")


def _journey_files(house: CommandContext) -> list[Path]:
    """The journey files that the config names, as far as it can be read."""
    from bot.config.settings import ConfigError, JourneySettings, config_path, known_settings
    from bot.config.sources import gather

    try:
        return list(house.settings.journeys.files)
    except ConfigError:
        path = config_path(house.config, os.environ)
        sources = gather(path, os.environ, known_settings())
        section = sources.data.get("journeys")
        named = section.get("paths") if isinstance(section, dict) else None
        here = path.parent if path and ("journeys", "paths") not in sources.variables else Path()
        paths = [here / p for p in named if isinstance(p, str) and p] if isinstance(named, list) else []
        return list(JourneySettings(paths=tuple(p for p in paths if p.exists())).files)


def _journey_mistakes(files: list[Path]) -> Iterator[str]:
    from cjm.errors import JourneyError
    from cjm.journeys.journey import read_journey
    from cjm.toml_file import TomlError, read_text

    first: dict[str, Path] = {}
    for file in files:
        try:
            journey = read_journey(read_text(file), str(file))
        except JourneyError as error:
            yield from str(error).splitlines()
            continue
        except TomlError as error:
            yield f"{file}: {error}"
            continue
        if first.setdefault(journey.key, file) != file:
            yield f"{file}: key: {first[journey.key]} has the same; each journey has its own"
        else:
            click.echo(f"{file}: fine ({journey.key}: {len(journey.stages)} stages, {len(journey.surveys)} surveys)")


@click.command()
@pass_house
def migrate(house: CommandContext) -> None:
    """Bring the database to the newest schema."""
    run(_migrate(house))


async def _migrate(house: CommandContext) -> None:
    from bot.db.engine.schema import migrate as bring

    async with house.database(migrated=False) as db:
        await bring(db)
    click.echo(f"{house.settings.database.shown}: is of this version")


@click.command()
@click.option("--check", "checking", is_flag=True, help="Prove the counters against the answers and visits.")
@click.option("--rebuild", is_flag=True, help="Make them anew.")
@click.option("--journey", "key", metavar="KEY", help="One journey only.")
@pass_house
def tally(house: CommandContext, checking: bool, rebuild: bool, key: str | None) -> None:
    """Prove or rebuild the counters."""
    if checking == rebuild:
        raise click.UsageError("one of --check and --rebuild is needed.")
    if not run(_tally(house, rebuild, key)):
        raise CommandFailure("the counters are not as the answers say; 'tropa tally --rebuild' mends them")


async def _tally(house: CommandContext, rebuild: bool, key: str | None) -> bool:
    from bot.db.figures import proof
    from bot.db.journeys import journeys

    right = True
    async with house.database() as db:
        known = [await journey_of(db, key)] if key else list((await db.read(journeys.current)).values())
        for journey in known:
            if rebuild:
                wrong = await db.write(lambda tx: proof.rebuild(tx, journey))  # noqa: B023 - awaited in this turn
                click.echo(f"{journey.key}: {wrong or 'no'} counter{'' if wrong == 1 else 's'} had to be mended")
                continue
            differing = await db.read(lambda tx: proof.differing(tx, journey))  # noqa: B023
            for counter, stored, counted in differing[:20]:
                place = f"{counter.day} {counter.subject} {counter.measure} {counter.bucket}".rstrip()
                click.echo(f"{journey.key}: {place}: {stored.n} stored, {counted.n} counted", err=True)
            click.echo(f"{journey.key}: {len(differing) or 'no'} counters are wrong")
            right = right and not differing
    return right


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@pass_house
def backup(house: CommandContext, file: Path) -> None:
    """Copy the database to FILE while it is in use.

    For SQLite; PostgreSQL has its own pg_dump.
    """
    path = house.settings.database.path
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


COMMANDS = (check, migrate, tally, backup)
