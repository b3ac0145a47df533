"""Commands to begin with: the files to start from."""

from importlib.resources import files
from pathlib import Path

import click

from bot.cli.program import CommandFailure


@click.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option(
    "--template", "name", metavar="NAME", default="shop", show_default=True, help="The journey to start from."
)
@click.option("--list", "listing", is_flag=True, help="Show the templates instead.")
def init(folder: Path, name: str, listing: bool) -> None:
    """Write a config and a journey to start from."""
    from cjm import templates

    if listing:
        _list()
        return
    if name not in templates.names():
        raise CommandFailure(f"there is no template {name!r}; there are {', '.join(templates.names())}")
    config, journey = folder / "config.toml", folder / "journeys" / f"{name}.toml"
    there = [path for path in (config, journey) if path.exists()]
    if there:
        raise CommandFailure(*(f"{path}: is there already; nothing was written" for path in there))
    journey.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(_config(), "utf-8")
    journey.write_text(templates.text(name), "utf-8")
    click.echo(f"Wrote {config} and {journey}. They run as they are. Next:\n")
    for command, does in _next(folder, name):
        click.echo(f"  {command:<42} {does}".rstrip())


def _list() -> None:
    from cjm import templates
    from cjm.journeys.journey_file import read_journey

    for name in templates.names():
        journey = read_journey(templates.text(name), name)
        stages = " → ".join(stage.title.in_language("en") for stage in journey.stages)
        click.echo(f"{name:<12} {journey.title.in_language('en')}: {stages} ({', '.join(journey.languages)})")


def read_example_config() -> str:
    """The commented settings; beside the package in a checkout, inside it when installed."""
    package = files("bot")
    inside = package / "config.example.toml"
    place = inside if inside.is_file() else package.parent / "config.example.toml"  # type: ignore[attr-defined]  # a checkout's package is a folder
    return str(place.read_text("utf-8"))


def _config() -> str:
    return read_example_config().replace("\npaths = []\n", '\npaths = ["journeys"]\n')


def _next(folder: Path, name: str) -> list[tuple[str, str]]:
    go = [(f"cd {folder}", "")] if folder != Path() else []
    return [
        *go,
        ("tropa check", "lists every mistake in these files, after you have changed them"),
        ("tropa migrate", "makes the database"),
        (f"tropa journey apply journeys/{name}.toml", "puts the journey into force"),
        ("tropa demo", "shows everything on this machine, without a token"),
        ("tropa run", "starts the bot, once [telegram] token is set"),
    ]


COMMANDS = (init,)
