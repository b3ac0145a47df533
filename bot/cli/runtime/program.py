"""End every command with an exit code, and a failed one with plain lines on stderr.

A traceback is shown only with ``TROPA_DEBUG=1``. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 Ctrl-C.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

DEBUG = "TROPA_DEBUG"
_INTERRUPTED = 130


class CommandFailure(click.ClickException):
    """Failure of a command: one line per problem on stderr, exit code 1."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))

    def show(self, file: Any = None) -> None:
        click.echo(self.message, file=file, err=file is None)


class Program(click.Group):
    """Group of commands that reports every failure in the same way."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command and turn exceptions that `main` does not handle into CommandFailure.

        ``TROPA_DEBUG=1`` lets them through with their traceback.
        """
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, KeyboardInterrupt, BrokenPipeError):
            raise
        except Exception as error:
            if os.environ.get(DEBUG):
                raise
            raise CommandFailure(*_error_lines(error)) from None

    def main(self, args: Sequence[str] | None = None, *extra: Any, **options: Any) -> Any:
        """Run the command line and exit with its code; see the module for the codes."""
        # click's standalone mode would print its own messages and exit codes.
        options["standalone_mode"] = False
        try:
            code = super().main(args, *extra, **options)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True)  # the help is the answer; it needs no words around it
            sys.exit(error.exit_code)
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else "tropa"
            message = error.format_message()
            end = "" if message.endswith((".", "?")) else "."  # click's own messages are sentences, ours are not
            click.echo(f"{command}: {message}{end} See '{command} --help'.", err=True)
            sys.exit(error.exit_code)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            sys.exit(_INTERRUPTED)
        sys.exit(code if isinstance(code, int) else 0)


def _error_lines(error: Exception) -> list[str]:
    # These imports are here, not above: `tropa --help` should not pay for them.
    from cjm.errors import TropaError

    if isinstance(error, TropaError):
        return str(error).splitlines()
    from bot.outbox.messenger import DeliveryError

    if isinstance(error, DeliveryError):
        return [f"the messenger cannot be reached: {error}"]
    if isinstance(error, OSError) and error.strerror:
        return [f"{error.filename}: {error.strerror.lower()}" if error.filename else error.strerror.lower()]
    # The text of an unknown exception may quote a customer or a secret, so only its class is shown.
    return [f"unexpected error ({type(error).__name__}), please report it; {DEBUG}=1 shows the traceback"]
