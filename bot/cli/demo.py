"""`tropa demo`: run everything on one machine, without a token.

The languages are listed here because `bot.texts` imports Babel: `tropa --help` should answer at once.
"""

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.runtime.command_context import run_async
from bot.cli.runtime.loading import pause_garbage_collection
from bot.cli.runtime.option_types import Folder, NumberInRange
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar  # click exports no public type for its bar

COMMANDS_FOR_A_KEPT_DEMO = (
    "map shop --out map.png",
    "map shop --describe",
    "digest shop",
    "export shop --out answers.csv",
    "why past-1",
    "check",
)
_BAR_STEPS = 1000  # click's bar counts whole steps; the demo reports a share from 0 to 1


@click.command()
@click.option(
    "--port", type=NumberInRange(0, 65535), default=0, metavar="N", help="Port of the page. Default: a free one."
)
@click.option("--no-browser", is_flag=True, help="Do not open the page in a browser.")
@click.option(
    "--weeks",
    type=NumberInRange(1, 52),
    default=12,
    show_default=True,
    metavar="N",
    help="Weeks of simulated past; ignored when --data continues a demo.",
)
@click.option(
    "--data",
    type=Folder(),
    metavar="DIR",
    help="Keep the demo in this folder, with a config.toml for other commands; otherwise it is deleted at the end.",
)
@click.option(
    "--language",
    type=click.Choice(["en", "ru", "pl"]),
    default="en",
    show_default=True,
    help="Language of the page, the bot and the simulated answers; ignored when --data continues a demo.",
)
def demo(port: int, no_browser: bool, weeks: int, data: Path | None, language: str) -> None:
    """Try everything on this machine, without a token.

    A sample journey with a simulated past, the bot, and a page with chats; the page opens in the browser.
    """
    with pause_garbage_collection():
        from bot.cli.runtime.logs import log_to_stderr
        from bot.demo import DemoOptions, check_port, has_earlier_demo, run_demo

    # A newcomer should see the address of the page, not the log.
    log_to_stderr("WARNING")
    options = DemoOptions(port=port, open_browser=not no_browser, weeks=weeks, data=data, language=language)
    # Said at once, not below a bar that simulates weeks.
    check_port(port)
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
        if not os.access(data, os.W_OK):
            raise CommandFailure(f"{data}: cannot be written to")
    is_continued = data is not None and has_earlier_demo(data)
    if is_continued:
        click.echo(f"Continuing the demo in {data} …", err=True)
    with _make_progress_bar(weeks, is_hidden=is_continued) as bar:
        run_async(run_demo(options, _print_url, lambda share: bar.update(round(_BAR_STEPS * share) - bar.pos)))
    if data is None:
        click.echo("Stopped; nothing is left on this machine.")
    elif has_earlier_demo(data):
        click.echo(describe_kept_demo(data))
    else:
        click.echo("Stopped before the past was simulated; the next start begins again.")


def describe_kept_demo(folder: Path) -> str:
    """Return what the command says at its end about a demo that is kept, with commands that read it."""
    # Folders may have spaces, and the line is meant to be copied.
    config = shlex.quote(str(folder / "config.toml"))
    return "\n".join(
        [
            f"Stopped; everything is kept in {folder}. Look into it with other commands, for example:",
            *(f"  tropa --config {config} {command}" for command in COMMANDS_FOR_A_KEPT_DEMO),
        ]
    )


def _make_progress_bar(weeks: int, *, is_hidden: bool) -> "ProgressBar[int]":
    """Return the bar for the simulated past; hidden when an earlier demo has one already."""
    label = "Simulating " + ("one week" if weeks == 1 else f"{weeks} weeks") + " of a shop"
    return click.progressbar(length=_BAR_STEPS, label=label, file=sys.stderr, hidden=is_hidden)


def _print_url(url: str) -> None:
    click.echo(f"\nOpen {url}   (Ctrl-C stops the demo)")


COMMANDS = (demo,)
