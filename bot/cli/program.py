"""How every command ends: well, or with sentences on stderr and an exit code. Never with a traceback.

Exit codes: 0 done, 1 it could not be done, 2 the command was not understood, 130 Ctrl-C.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

DEBUG = "TROPA_DEBUG"
_INTERRUPTED = 130


class CommandFailure(click.ClickException):
    """What went wrong, a line each; exits 1."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))

    def show(self, file: Any = None) -> None:
        click.echo(self.message, file=file, err=file is None)


class Program(click.Group):
    """The command `tropa`."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever it raises becomes sentences."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, KeyboardInterrupt, BrokenPipeError):
            raise
        except Exception as error:
            if os.environ.get(DEBUG):
                raise
            raise CommandFailure(*_sentences(error)) from None

    def main(self, args: Sequence[str] | None = None, *extra: Any, **options: Any) -> Any:
        options["standalone_mode"] = False
        try:
            code = super().main(args, *extra, **options)
        except click.UsageError as error:
            at = error.ctx.command_path if error.ctx else "tropa"
            click.echo(f"{at}: {error.format_message()} See '{at} --help'.", err=True)
            sys.exit(error.exit_code)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            sys.exit(_INTERRUPTED)
        sys.exit(code if isinstance(code, int) else 0)


def _sentences(error: Exception) -> list[str]:
    from cjm.errors import TropaError

    if isinstance(error, TropaError):
        return str(error).splitlines()
    from bot.outbox.messenger import DeliveryError

    if isinstance(error, DeliveryError):
        return [f"the messenger cannot be reached now: {error}"]
    if isinstance(error, OSError) and error.strerror:
        return [f"{error.filename}: {error.strerror.lower()}" if error.filename else error.strerror.lower()]
    return [f"something went wrong that should not ({type(error).__name__}); {DEBUG}=1 shows where"]
