"""`tropa run`: run the bot with a real token."""

import os
import signal
import threading

import click

from bot.cli.runtime.command_context import CommandContext, pass_command_context, run_async
from bot.cli.runtime.loading import pause_garbage_collection

# Supervisors send SIGKILL after ten seconds (Docker) or more. An orderly end has less time than that; then the process
# ends as after a crash, which loses nothing either. A write that hangs on a locked file cannot be ended otherwise.
STOP_SECONDS = 7.5


@click.command("run")
@pass_command_context
def run_(context: CommandContext) -> None:
    """Run the bot with a real token, until Ctrl-C."""
    # Loading takes seconds, and nothing has begun: a supervisor that stops us now should not see a failure. `sys.exit`
    # raises, and what is being imported might swallow that: Tropa would run on.
    signal.signal(signal.SIGTERM, lambda _number, _frame: os._exit(0))
    settings = context.settings
    # Before anything heavy is imported and before the database is migrated: the answer comes at once.
    settings.require_messenger()
    with pause_garbage_collection():
        from bot.app.run import run_tropa
        from bot.cli.runtime.logs import log_to_stderr

    log_to_stderr()
    run_async(run_tropa(settings, click.echo, on_stop=_limit_end))


def _limit_end() -> None:
    """End this process after `STOP_SECONDS`, wherever its threads are then."""
    timer = threading.Timer(STOP_SECONDS, _cut_end_off)
    timer.daemon = True
    timer.start()


def _cut_end_off() -> None:
    import logging

    log = logging.getLogger(__name__)
    log.warning("the end took too long and was cut off; nothing is lost", extra={"seconds": STOP_SECONDS})
    os._exit(0)


COMMANDS = (run_,)
