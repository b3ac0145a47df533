"""`tropa demo`: everything on one machine, without a token."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.runtime.command_context import run_async

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="Port of the page. Default: a free one."
)
@click.option("--no-browser", is_flag=True, help="Do not open the page in a browser.")
@click.option(
    "--weeks", type=click.IntRange(1, 52), default=12, show_default=True, metavar="N", help="Weeks of simulated past."
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep the demo in this folder; otherwise it is deleted at the end.",
)
@click.option("--language", type=click.Choice(["en", "ru", "pl"]), default="en", show_default=True, help="Language.")
def demo(port: int, no_browser: bool, weeks: int, data: Path | None, language: str) -> None:
    """Try everything on this machine, without a token.

    A sample journey with a simulated past, the bot, and a page with chats; the page opens in the browser.
    """
    from bot.cli.runtime.logs import log_to_stderr
    from bot.demo import DemoOptions, run_demo

    # A newcomer should see the address of the page, not the log.
    log_to_stderr("WARNING")
    options = DemoOptions(port=port, open_browser=not no_browser, weeks=weeks, data=data, language=language)
    with _progress_bar(weeks, data) as bar:
        run_async(run_demo(options, _print_url, lambda done: bar.update(round(1000 * done) - bar.pos)))
    click.echo(
        "Stopped; nothing is left on this machine." if data is None else f"Stopped; everything is kept in {data}."
    )


def _progress_bar(weeks: int, data: Path | None) -> "ProgressBar[int]":
    """Return the bar for the simulated past; it stays hidden when the folder holds a demo already."""
    from bot.demo import has_earlier_demo

    is_continued = data is not None and has_earlier_demo(data)
    if is_continued:
        click.echo(f"Continuing the demo in {data} …", err=True)
    label = "Simulating " + ("one week" if weeks == 1 else f"{weeks} weeks") + " of a shop"
    return click.progressbar(length=1000, label=label, file=sys.stderr, hidden=is_continued)


def _print_url(url: str) -> None:
    click.echo(f"\nOpen {url}   (Ctrl-C stops the demo)")


COMMANDS = (demo,)
