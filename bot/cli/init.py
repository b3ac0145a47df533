"""`tropa init`: write files to start from."""

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.runtime.option_types import Folder
from bot.cli.runtime.packaged_files import read_packaged_file
from bot.cli.runtime.program import CommandFailure
from bot.cli.runtime.template_name import check_template

if TYPE_CHECKING:
    from cjm.journeys.journey import Journey


@click.command()
@click.argument("folder", metavar="[DIR]", type=Folder(), default=Path())
@click.option("--template", "name", metavar="NAME", help="Journey to start from; see --list. [default: first]")
@click.option(
    "--from",
    "events",
    type=click.Path(path_type=Path),
    metavar="EVENTS.csv",
    help="Draft the journey from a log of events: its stages and touchpoints, in the order in which customers go.",
)
@click.option(
    "--language",
    type=click.Choice(["en", "ru", "pl"]),
    help="Language of the journey and of the team's chat. [default: en; with --from that of the events]",
)
@click.option("--list", "is_list", is_flag=True, help="List the templates and write nothing.")
def init(folder: Path, name: str | None, events: Path | None, language: str | None, is_list: bool) -> None:
    """Write a config and a journey file to start from into DIR.

    The template "first" has three stages in one language; the others have more in three languages, and "shop" shows
    every key.
    """
    if is_list:
        _print_templates()
        return
    if events is not None and name is not None:
        raise click.UsageError("--from does not go with --template: the journey is drafted from the events")
    files = _draft_files(folder, events, language) if events else _template_files(folder, name, language)
    # All are checked before one is written.
    if existing := [path for path in (files.config, *files.texts) if path.exists()]:
        raise CommandFailure(*(f"{path}: exists already; nothing was written" for path in existing))
    _write_files(files)
    for line in files.report:
        click.echo(line)
    *others, last = files.config, *files.texts
    click.echo(f"Wrote {', '.join(map(str, others))} and {last}. {files.note} Next:\n")
    for command, effect in files.steps:
        click.echo(f"  {command:<42} {effect}".rstrip())
    click.echo(
        "\nVisits, answers and closed cases are erased when they are two years old, and their counts stay:\n"
        "[privacy] retention_days in config.toml says how long yours are kept."
    )


@dataclass(frozen=True, slots=True)
class _StartingFiles:
    """Files to start from: the config, in a ``language``, and others by path; what is said, and the next commands."""

    config: Path
    language: str
    texts: Mapping[Path, str]
    note: str
    steps: Sequence[tuple[str, str]]
    report: Sequence[str] = ()


def _write_files(files: _StartingFiles) -> None:
    from bot.private_files import make_private

    for path, text in files.texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    make_private(files.config)  # it gets the bot's token
    files.config.write_text(_starting_config(files.language), "utf-8")


def _template_files(folder: Path, name: str | None, language: str | None) -> _StartingFiles:
    from cjm import templates

    name, language = name or templates.FIRST, language or "en"
    check_template(name)
    texts = {folder / "journeys" / f"{name}.toml": templates.text(name, language)}
    return _StartingFiles(folder / "config.toml", language, texts, "Both work as they are.", _next_steps(folder))


def _draft_files(folder: Path, events: Path, language: str | None) -> _StartingFiles:
    """Return a journey and a mapping for a log of events. Raises TableError for another table."""
    from bot.cli.importing.guess_files import EVENT_ROWS
    from bot.cli.importing.guess_wording import guess_lines
    from bot.usecases.tables.guess_mapping import GuessRequest, guess_mapping, import_name_of

    name = import_name_of(events)
    request = GuessRequest(events, name, language=language, needs_events=True, most_rows=EVENT_ROWS)
    found = guess_mapping(request, datetime.now(UTC))
    assert found.journey_text is not None
    key, table = found.journey.key, os.path.relpath(events, folder)
    mapping = Path(f"{key}.mapping.toml")
    texts = {folder / "journeys" / f"{key}.toml": found.journey_text, folder / mapping: found.mapping}
    check, run = _next_steps(folder)[-2:]
    steps = [
        *_next_steps(folder)[:-2],
        check,
        ("tropa migrate", "creates the database"),
        (f"tropa journey apply journeys/{key}.toml", "puts the journey into force"),
        (f"tropa import {shlex.quote(table)} --journey {key} --mapping {mapping} --dry-run", ""),
        run,
    ]
    note = "Name the stages in the journey, and move what stands in a wrong one."
    config = folder / "config.toml"
    return _StartingFiles(config, found.journey.language, texts, note, steps, list(guess_lines(found, events)))


def _print_templates() -> None:
    from cjm import templates
    from cjm.journeys.journey_file import read_journey

    for name in templates.names():
        journey = read_journey(templates.text(name), name)
        stages = " → ".join(stage.title.in_language("en") for stage in journey.stages)
        click.echo(f"{name:<12} {journey.title.in_language('en')}: {stages} ({_languages_text(name, journey)})")


def _languages_text(name: str, journey: "Journey") -> str:
    from cjm import templates

    return "en, ru or pl" if name == templates.FIRST else ", ".join(journey.languages)


def read_example_config() -> str:
    """Return the commented example config: beside the package in a checkout, inside it when installed."""
    return read_packaged_file("config.example.toml")


def _starting_config(language: str) -> str:
    # The example leaves `paths` empty so that it is valid anywhere; here the folder exists.
    text = read_example_config().replace("\npaths = []\n", '\npaths = ["journeys"]\n')
    return text.replace('\nlanguage = "en" ', f'\nlanguage = "{language}" ')


def _next_steps(folder: Path) -> list[tuple[str, str]]:
    enter_folder = [(f"cd {folder}", "")] if folder != Path() else []
    return [
        *enter_folder,
        ("tropa check", "lists every mistake in these files after you edit them"),
        ("tropa run", "creates the database and starts the bot, once [telegram] token is set"),
    ]


COMMANDS = (init,)
