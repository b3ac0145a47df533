"""End every command with an exit code, and a failed one with plain lines on stderr.

A traceback is shown only with ``TROPA_DEBUG=1``. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 Ctrl-C.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import click

DEBUG = "TROPA_DEBUG"
_INTERRUPTED = 130


class CommandFailure(click.ClickException):
    """Failure of a command: one line per problem on stderr, exit code 1."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))

    def show(self, file: Any = None) -> None:
        from cjm.mistake_wording import escape_invisible

        # A name of a file, or of something in it, may hold what commands a terminal.
        lines = map(escape_invisible, self.message.split("\n"))
        click.echo("\n".join(lines), file=file, err=file is None)


class CommandSource(NamedTuple):
    """Source of a command: the module that has it among its ``COMMANDS``, and its summary for the help."""

    module: str
    summary: str


class CommandGroup(click.Group):
    """Group of commands. Without a command it prints its help, which is what was asked for: exit code 0."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words of a command line, or print the help when there are none."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit()
        return super().parse_args(ctx, args)


class Program(CommandGroup):
    """Group of commands that are loaded when they are needed, and whose failures are reported in the same way."""

    def __init__(self, *args: Any, sources: Mapping[str, CommandSource], **options: Any) -> None:
        super().__init__(*args, **options)
        self._sources = sources
        # Stand-ins until a command is needed: click looks for similar names among these.
        self.commands = {name: click.Command(name, short_help=source.summary) for name, source in sources.items()}

    def load_commands(self) -> dict[str, click.Command]:
        """Load all commands; return them by name."""
        return {name: self._load_command(name) for name in self._sources}

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, which is loaded for it; None for an unknown name."""
        return self._load_command(cmd_name) if cmd_name in self._sources else None

    def _load_command(self, name: str) -> click.Command:
        commands: Sequence[click.Command] = import_module(self._sources[name].module).COMMANDS
        return next(command for command in commands if command.name == name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the summaries of all commands without loading one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, source.summary) for name, source in sorted(self._sources.items())])

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
