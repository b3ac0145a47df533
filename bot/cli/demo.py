"""`tropa demo`: everything on one machine, without a token."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.command_context import run_async

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Of the page; a free one when nothing is said.")
@click.option("--no-browser", is_flag=True, help="Do not open the page.")
@click.option("--weeks", type=click.IntRange(1, 52), default=12, show_default=True, help="How long the past is.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Keep everything there.")
@click.option("--language", type=click.Choice(["en", "ru", "pl"]), default="en", show_default=True)
def demo(port: int, no_browser: bool, weeks: int, data: Path | None, language: str) -> None:
    """Show everything on this machine, without a token."""
    from bot.cli.logs import log_to_stderr
    from bot.demo import DemoOptions, run_demo

    log_to_stderr("WARNING")
    options = DemoOptions(port=port, open_browser=not no_browser, weeks=weeks, data=data, language=language)
    with _progress(weeks, data) as bar:
        run_async(run_demo(options, _shown, lambda share: bar.update(round(1000 * share) - bar.pos)))
    click.echo("Ended; nothing was left behind." if data is None else f"Ended; everything is kept in {data}.")


def _progress(weeks: int, data: Path | None) -> "ProgressBar[int]":
    """The bar of the past that is being made up; where there is one already, only a word."""
    from bot.demo import has_earlier_demo

    begun = data is not None and has_earlier_demo(data)
    if begun:
        click.echo(f"Going on with what is in {data} …", err=True)
    label = "A shop's past of " + ("one week" if weeks == 1 else f"{weeks} weeks")
    return click.progressbar(length=1000, label=label, file=sys.stderr, hidden=begun)


def _shown(url: str) -> None:
    click.echo(f"\nThe page: {url}   (Ctrl-C ends it)")


COMMANDS = (demo,)
