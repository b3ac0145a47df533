"""The command `tropa`: one module per command or group of commands.

`tropa --help` answers at once: it loads no command but knows the summary of each from `_SOURCES`. A command imports
what is slow to load inside its function.
"""

from pathlib import Path

import click

from bot.cli.runtime.command_context import CommandContext
from bot.cli.runtime.program import CommandSource, Program

_SOURCES = {
    "audit": CommandSource("bot.cli.audit", "Show who looked at whose words, and who changed what."),
    "backup": CommandSource("bot.cli.database", "Copy the database to FILE while it is in use."),
    "check": CommandSource("bot.cli.check", "List every mistake in the config and journey files."),
    "demo": CommandSource("bot.cli.demo", "Try everything on this machine, without a token."),
    "digest": CommandSource("bot.cli.maps", "Print the digest of journey KEY as it would be sent now."),
    "doctor": CommandSource("bot.cli.doctor", "Check that Tropa can run here, or how it runs now."),
    "export": CommandSource("bot.cli.export", "Write answers, visits, cases or changes of KEY to a file."),
    "import": CommandSource("bot.cli.table_import", "Import past answers or events from FILE: CSV or a workbook."),
    "inbox": CommandSource("bot.cli.inbox", "Show and retry what could not be handled."),
    "init": CommandSource("bot.cli.init", "Write a config and a journey file to start from into DIR."),
    "journey": CommandSource(
        "bot.cli.journeys.commands", "Apply, show and list journeys, drafts, history and archive."
    ),
    "map": CommandSource("bot.cli.maps", "Draw the map of journey KEY, or write its figures."),
    "migrate": CommandSource("bot.cli.database", "Create the database, or bring it to the newest schema."),
    "person": CommandSource("bot.cli.person", "Write everything that is stored about CUSTOMER to a file."),
    "qr": CommandSource("bot.cli.qr", "Write a poster for TOUCHPOINT: scanning its code is a visit."),
    "restore": CommandSource("bot.cli.database", "Put the backup FILE in the place of the database."),
    "run": CommandSource("bot.cli.run", "Run the bot with a real token, until Ctrl-C."),
    "tally": CommandSource("bot.cli.database", "Check or rebuild the counters behind every figure."),
    "why": CommandSource("bot.cli.why", "Tell why CUSTOMER was asked or not."),
}


@click.group(
    cls=Program,
    sources=_SOURCES,
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


def main() -> None:
    """Run the command line; the entry point of the installed `tropa`."""
    tropa.main(prog_name="tropa")
