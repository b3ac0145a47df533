"""`tropa demo`: run everything on one machine, without a token.

The languages are listed here because `bot.texts` imports Babel: `tropa --help` should answer at once.
"""

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.runtime.command_context import run_async
from bot.cli.runtime.loading import pause_garbage_collection
from bot.cli.runtime.option_types import Folder, NumberInRange
from bot.cli.runtime.program import CommandFailure
from bot.cli.runtime.template_name import check_template

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar  # click exports no public type for its bar

COMMANDS_FOR_A_KEPT_DEMO = (
    "map {journey} --out map.png",
    "map {journey} --describe",
    "digest {journey}",
    "export {journey} --out answers.csv",
    "why past-1",
    "check",
)
LINES_OF_A_PAST = 5  # while it is simulated, where no bar can be drawn
_STARTING = "Starting the bot and its page …"  # which takes seconds, too
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
@click.option(
    "--template",
    metavar="NAME",
    default="shop",
    show_default=True,
    help="Journey to try; tropa init --list names them. Ignored when --data continues a demo.",
)
def demo(port: int, no_browser: bool, weeks: int, data: Path | None, language: str, template: str) -> None:
    """Try everything on this machine, without a token.

    A journey with a simulated past, the bot, and a page with chats; the page opens in the browser.
    """
    with pause_garbage_collection():
        from bot.cli.runtime.logs import log_to_stderr
        from bot.demo import DemoFolder, DemoOptions, check_port, run_demo

    # A newcomer should see the address of the page, not the log.
    log_to_stderr("WARNING")
    options = DemoOptions(
        port=port, open_browser=not no_browser, weeks=weeks, data=data, language=language, template=template
    )
    # Said at once, not below a bar that simulates weeks.
    check_template(template)
    check_port(port)
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
        if not os.access(data, os.W_OK):
            raise CommandFailure(f"{data}: cannot be written to")
    continued = data if data is not None and DemoFolder(data).has_earlier_demo() else None
    with _show_progress(weeks, template, continued) as progress:
        run_async(run_demo(options, _print_url, progress))
    if data is None:
        click.echo("Stopped; nothing is left on this machine.")
    elif DemoFolder(data).has_earlier_demo():
        click.echo(describe_kept_demo(data, DemoFolder(data).read_state().template))
    else:
        click.echo("Stopped before the past was simulated; the next start begins again.")


def describe_kept_demo(folder: Path, journey: str) -> str:
    """Return what the command says at its end about a demo that is kept, with commands that read it.

    ``journey`` is the key of its journey.
    """
    # Folders may have spaces, and the line is meant to be copied.
    config = shlex.quote(str(folder / "config.toml"))
    return "\n".join(
        [
            f"Stopped; everything is kept in {folder}. Look into it with other commands, for example:",
            *(f"  tropa --config {config} {command.format(journey=journey)}" for command in COMMANDS_FOR_A_KEPT_DEMO),
        ]
    )


@contextmanager
def _show_progress(weeks: int, template: str, continued: Path | None) -> Iterator[Callable[[float], None]]:
    """Yield the function that shows how much of the past is simulated: by a bar, or by lines where no terminal has one.

    ``continued`` is the folder of a demo that has its past already.
    """
    label = "Simulating " + ("one week" if weeks == 1 else f"{weeks} weeks") + f" of the journey {template}"
    if continued is not None:
        click.echo(f"Continuing the demo in {continued} …", err=True)
        yield lambda _share: None
    elif sys.stderr.isatty():
        with click.progressbar(length=_BAR_STEPS, label=label, file=sys.stderr) as bar:
            yield lambda share: _move_bar(bar, share)
    else:
        click.echo(f"{label} …", err=True)
        yield ShareLines()


def _move_bar(bar: "ProgressBar[int]", share: float) -> None:
    bar.update(round(_BAR_STEPS * share) - bar.pos)
    if share >= 1:
        click.echo(f"\n{_STARTING}", err=True)


class ShareLines:
    """Printer of the share that is simulated, from 0 to 1, line by line where no terminal shows a bar."""

    def __init__(self) -> None:
        self._printed = 0

    def __call__(self, share: float) -> None:
        reached = min(int(share * LINES_OF_A_PAST), LINES_OF_A_PAST)
        if reached > self._printed:
            self._printed = reached
            click.echo(f"  {100 * reached // LINES_OF_A_PAST} %", err=True)
            if share >= 1:
                click.echo(_STARTING, err=True)


def _print_url(url: str) -> None:
    click.echo(f"\nOpen {url}   (Ctrl-C stops the demo)")


COMMANDS = (demo,)
