"""The command `tropa`, a module a group of commands. What takes time to import is imported by the command itself."""

from pathlib import Path

import click

from bot.cli import check, database, demo, doctor, export, init, journeys, maps, run, table_import, why
from bot.cli.command_context import CommandContext
from bot.cli.program import Program


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="What a command takes: 'tropa COMMAND --help'. Everything on one machine, without a token: 'tropa demo'.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The settings' file; otherwise TROPA_CONFIG, or tropa.toml or config.toml here.",
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
    *doctor.COMMANDS,
    *journeys.COMMANDS,
    *table_import.COMMANDS,
    *export.COMMANDS,
    *maps.COMMANDS,
    *why.COMMANDS,
):
    tropa.add_command(_command)


def main() -> None:
    tropa.main(prog_name="tropa")
