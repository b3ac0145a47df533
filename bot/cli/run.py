"""`tropa run`: run the bot with a real token."""

import click

from bot.cli.runtime.command_context import CommandContext, pass_command_context, run_async


@click.command("run")
@pass_command_context
def run_(context: CommandContext) -> None:
    """Run the bot with a real token, until Ctrl-C."""
    settings = context.settings
    # Before anything heavy is imported and before the database is migrated: the answer comes at once.
    settings.require_messenger()
    from bot.app.run import run_tropa
    from bot.cli.runtime.logs import log_to_stderr

    log_to_stderr()
    run_async(run_tropa(settings, click.echo))


COMMANDS = (run_,)
