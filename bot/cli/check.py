"""`tropa check`: list every mistake of the config and the journey files in one run."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.journeys.difference_text import advice_lines
from bot.cli.runtime.command_context import CommandContext, pass_command_context, run_async
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from bot.config.sources import Sources
    from cjm.journeys.journey import Journey


@click.command()
@click.option("--stdout", "is_printed", is_flag=True, help="Print the mistakes to stdout, as for a pager.")
@click.option("--lint", "is_advised", is_flag=True, help="Add advice about the map itself; it is no mistake.")
@pass_command_context
def check(context: CommandContext, is_printed: bool, is_advised: bool) -> None:
    """List every mistake in the config and journey files.

    A line each: file, line, key, and what would be right. Ends with 1 when there are any.
    """
    journeys = _JourneyFiles(is_advised=is_advised)
    mistakes = [*_config_mistakes(context), *journeys.list_mistakes(_find_journey_files(context))]
    mistakes += _team_mistakes(context, journeys.keys)
    if not mistakes:
        return
    # A journey file that is named twice would report each mistake twice.
    lines = list(dict.fromkeys(mistakes))
    if not is_printed:
        raise CommandFailure(*lines)
    click.echo("\n".join(lines))
    raise click.exceptions.Exit(1)


def _config_mistakes(context: CommandContext) -> Iterator[str]:
    from bot.config.reader import ConfigError, find_config_file

    path = find_config_file(context.config, os.environ)
    try:
        _ = context.settings
    except ConfigError as error:
        yield from map(str, error.mistakes)
    else:
        click.echo(f"{path}: fine" if path else "no config file here: the defaults apply ('tropa init' writes one)")


def _find_journey_files(context: CommandContext) -> list[Path]:
    """Return the journey files that the config names.

    A config with mistakes still names them: their mistakes belong in the same list.
    """
    from bot.config.reader import ConfigError, find_config_file
    from bot.config.settings import JourneySettings

    try:
        return list(context.settings.journeys.files)
    except ConfigError:
        path, sources = find_config_file(context.config, os.environ), _read_sources(context)
        # The raw values: each may be of any type, because the settings were refused.
        section = sources.data.get("journeys")
        listed = section.get("paths") if isinstance(section, dict) else None
        folder = path.parent if path and ("journeys", "paths") not in sources.variables else Path()
        paths = [folder / p for p in listed if isinstance(p, str) and p] if isinstance(listed, list) else []
        return list(JourneySettings(paths=tuple(p for p in paths if p.exists())).files)


def _read_sources(context: CommandContext) -> "Sources":
    from bot.config.reader import find_config_file, list_settings
    from bot.config.sources import gather_sources

    return gather_sources(find_config_file(context.config, os.environ), os.environ, list_settings())


class _JourneyFiles:
    """Journey files as they are checked; ``keys`` are those of their journeys, None if a file did not tell its key."""

    def __init__(self, *, is_advised: bool) -> None:
        self._is_advised = is_advised
        self.keys: set[str] | None = set()
        self._file_of_key: dict[str, Path] = {}

    def list_mistakes(self, files: list[Path]) -> Iterator[str]:
        from cjm.errors import JourneyError
        from cjm.journeys.journey_file import read_journey
        from cjm.toml_file import TomlError, read_toml_text

        for file in files:
            try:
                text = read_toml_text(file)
                journey = read_journey(text, str(file))
            except (JourneyError, TomlError) as error:
                self.keys = None
                yield from [f"{file}: {error}"] if isinstance(error, TomlError) else str(error).splitlines()
            else:
                yield from self._list_mistakes_of(journey, file, text)

    def _list_mistakes_of(self, journey: "Journey", file: Path, text: str) -> Iterator[str]:
        from cjm.drawing.lettering.undrawable_texts import find_undrawable_texts
        from cjm.errors import name_line
        from cjm.journeys.advice import find_advice
        from cjm.toml_lines import find_line, find_lines

        # At start the first file would be applied, and the second one only be reported in the log.
        first = self._file_of_key.setdefault(journey.key, file)
        if first != file:
            place = name_line(str(file), find_line(("key",), find_lines(text)))
            yield f"{place}: key: {first} has the same key; each journey needs its own"
            return
        if self.keys is not None:
            self.keys.add(journey.key)
        surveys = "1 survey" if len(journey.surveys) == 1 else f"{len(journey.surveys)} surveys"
        click.echo(f"{file}: fine ({journey.key}: {len(journey.stages)} stages, {surveys})")
        advice = find_advice(journey) if self._is_advised else []
        for line in advice_lines([*find_undrawable_texts(journey), *advice], str(file), text):
            click.echo(line)


def _team_mistakes(context: CommandContext, keys: set[str] | None) -> Iterator[str]:
    """Find journeys of teams that are neither in a file nor in force: such a team would silently get nothing.

    ``keys`` are those of the files, None where not all are known: mistakes that were found already come first.
    """
    from bot.config.reader import ConfigError
    from cjm.mistake_wording import find_similar, list_journeys, quote_name

    try:
        teams = context.settings.teams
    except ConfigError:
        return
    named = [(n, m, key) for n, team in enumerate(teams) for m, key in enumerate(team.journeys)]
    if keys is None or all(key in keys for _, _, key in named):
        return
    # Managers may have sent the others to the bot as files.
    in_force = run_async(_read_keys_in_force(context))
    if in_force is None:
        return
    sources, known = _read_sources(context), [*keys, *(key for key in in_force if key not in keys)]
    for n, m, key in named:
        if key not in known:
            meant = find_similar(key, known)
            hint = f"did you mean {meant}?" if meant else list_journeys(known)
            place = sources.describe_place(("teams", n, "journeys", m))
            yield f"{place}: there is no journey {quote_name(key)}; {hint}"


async def _read_keys_in_force(context: CommandContext) -> list[str] | None:
    """Return the keys of the journeys in force; None where the database is there and cannot tell."""
    from bot.db.journeys import journeys
    from cjm.errors import TropaError

    path = context.settings.database.path
    if path is not None and not path.exists():
        return []
    try:
        return list(await context.read_database(journeys.list_current))
    except TropaError:  # 'tropa doctor' looks into the database
        return None


COMMANDS = (check,)
