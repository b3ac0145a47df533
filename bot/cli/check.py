"""`tropa check`: list every mistake of the config and the journey files in one run."""

import os
from collections.abc import Iterator
from pathlib import Path

import click

from bot.cli.runtime.command_context import CommandContext, pass_command_context
from bot.cli.runtime.program import CommandFailure


@click.command()
@pass_command_context
def check(context: CommandContext) -> None:
    """List every mistake in the config and journey files."""
    mistakes = [*_config_mistakes(context), *_journey_mistakes(_journey_files(context))]
    if mistakes:
        # A journey file that is named twice would report each mistake twice.
        raise CommandFailure(*dict.fromkeys(mistakes))


def _config_mistakes(context: CommandContext) -> Iterator[str]:
    from bot.config.reader import ConfigError, find_config_file

    path = find_config_file(context.config, os.environ)
    try:
        _ = context.settings
    except ConfigError as error:
        yield from map(str, error.mistakes)
    else:
        click.echo(f"{path}: fine" if path else "no config file here: the defaults apply")


def _journey_files(context: CommandContext) -> list[Path]:
    """Return the journey files that the config names.

    A config with mistakes still names them: their mistakes belong in the same list.
    """
    from bot.config.reader import ConfigError, find_config_file, list_settings
    from bot.config.settings import JourneySettings
    from bot.config.sources import gather_sources

    try:
        return list(context.settings.journeys.files)
    except ConfigError:
        path = find_config_file(context.config, os.environ)
        sources = gather_sources(path, os.environ, list_settings())
        # The raw values: each may be of any type, because the settings were refused.
        section = sources.data.get("journeys")
        listed = section.get("paths") if isinstance(section, dict) else None
        folder = path.parent if path and ("journeys", "paths") not in sources.variables else Path()
        paths = [folder / p for p in listed if isinstance(p, str) and p] if isinstance(listed, list) else []
        return list(JourneySettings(paths=tuple(p for p in paths if p.exists())).files)


def _journey_mistakes(files: list[Path]) -> Iterator[str]:
    from cjm.errors import JourneyError
    from cjm.journeys.journey_file import read_journey
    from cjm.toml_file import TomlError, read_toml_text

    file_of_key: dict[str, Path] = {}
    for file in files:
        try:
            journey = read_journey(read_toml_text(file), str(file))
        except JourneyError as error:
            yield from str(error).splitlines()
            continue
        except TomlError as error:
            yield f"{file}: {error}"
            continue
        # At start the first file would be applied, and the second one only be reported in the log.
        if file_of_key.setdefault(journey.key, file) != file:
            yield f"{file}: key: {file_of_key[journey.key]} has the same key; each journey needs its own"
        else:
            click.echo(f"{file}: fine ({journey.key}: {len(journey.stages)} stages, {len(journey.surveys)} surveys)")


COMMANDS = (check,)
