"""The command `tropa`: one module per command or group of commands.

A command imports what is slow to load inside its function, so that `tropa --help` answers at once.
"""

from pathlib import Path

import click

from bot.cli import check, database, demo, doctor, export, inbox, init, journeys, maps, run, table_import, why
from bot.cli.runtime.command_context import CommandContext
from bot.cli.runtime.program import Program


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Options of a command: 'tropa COMMAND --help'. A first look, without a token: 'tropa demo'.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Settings file. Default: TROPA_CONFIG, else tropa.toml or config.toml in this folder.",
)
@click.version_option(package_name="tropa", message="%(package)s %(version)s")
@click.pass_context
def tropa(ctx: click.Context, config: Path | None) -> None:
    """Journey maps that customers draw themselves, in chat."""
    ctx.obj = CommandContext(config)


for _command in (
    *demo.COMMANDS,
    *run.COMMANDS,
    *init.COMMANDS,
    *check.COMMANDS,
    *database.COMMANDS,
    *inbox.COMMANDS,
    *doctor.COMMANDS,
    *journeys.COMMANDS,
    *table_import.COMMANDS,
    *export.COMMANDS,
    *maps.COMMANDS,
    *why.COMMANDS,
):
    tropa.add_command(_command)


def main() -> None:
    """Run the command line; the entry point of the installed `tropa`."""
    tropa.main(prog_name="tropa")
