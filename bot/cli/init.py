"""`tropa init`: write files to start from."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.runtime.option_types import Folder
from bot.cli.runtime.packaged_files import read_packaged_file
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from cjm.journeys.journey import Journey


@click.command()
@click.argument("folder", metavar="[DIR]", type=Folder(), default=Path())
@click.option(
    "--template", "name", metavar="NAME", default="first", show_default=True, help="Journey to start from; see --list."
)
@click.option(
    "--language",
    type=click.Choice(["en", "ru", "pl"]),
    default="en",
    show_default=True,
    help="Language of the journey and of the team's chat.",
)
@click.option("--list", "is_list", is_flag=True, help="List the templates and write nothing.")
def init(folder: Path, name: str, language: str, is_list: bool) -> None:
    """Write a config and a journey file to start from into DIR.

    The template "first" has three stages in one language; the others have more in three languages, and "shop" shows
    every key.
    """
    from bot.private_files import make_private
    from cjm import templates
    from cjm.mistake_wording import quote_name

    if is_list:
        _print_templates()
        return
    if name not in templates.names():
        raise CommandFailure(
            f"there is no template {quote_name(name)}; the templates are: {', '.join(templates.names())}"
        )
    config, journey = folder / "config.toml", folder / "journeys" / f"{name}.toml"
    # Both are checked before either is written.
    existing = [path for path in (config, journey) if path.exists()]
    if existing:
        raise CommandFailure(*(f"{path}: exists already; nothing was written" for path in existing))
    journey.parent.mkdir(parents=True, exist_ok=True)
    make_private(config)  # it gets the bot's token
    config.write_text(_starting_config(language), "utf-8")
    journey.write_text(templates.text(name, language), "utf-8")
    click.echo(f"Wrote {config} and {journey}. Both work as they are. Next:\n")
    for command, effect in _next_steps(folder):
        click.echo(f"  {command:<42} {effect}".rstrip())
    click.echo(
        "\nVisits, answers and closed cases are erased when they are two years old, and their counts stay:\n"
        "[privacy] retention_days in config.toml says how long yours are kept."
    )


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
