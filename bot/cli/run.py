"""`tropa run`: the bot itself, with a real token."""

import click

from bot.cli.command_context import CommandContext, pass_command_context, run_async
from bot.cli.program import CommandFailure


@click.command("run")
@pass_command_context
def run_(context: CommandContext) -> None:
    """Run the bot."""
    settings = context.settings
    if not settings.telegram.token:  # said before anything heavy is imported
        raise CommandFailure(
            "telegram.token is missing; put the one that @BotFather gave into the config, or try 'tropa demo'"
        )
    from bot.app.tropa import run as run_bot
    from bot.cli.logs import log_to_stderr

    log_to_stderr()
    run_async(run_bot(settings, click.echo))


COMMANDS = (run_,)
