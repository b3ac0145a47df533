"""`tropa run`: the bot itself, with a real token."""

import click

from bot.cli.command_context import CommandContext, pass_command_context, run_async
from bot.cli.program import CommandFailure


@click.command("run")
@pass_command_context
def run_(context: CommandContext) -> None:
    """Run the bot with a real token, until Ctrl-C."""
    settings = context.settings
    # `check_token` would report it too, but only after the database was migrated.
    if not settings.telegram.token:  # before anything heavy is imported: the answer comes at once
        raise CommandFailure("telegram.token is missing: set it to the token from @BotFather, or try 'tropa demo'")
    from bot.app.run import run_tropa
    from bot.cli.logs import log_to_stderr

    log_to_stderr()
    run_async(run_tropa(settings, click.echo))


COMMANDS = (run_,)
