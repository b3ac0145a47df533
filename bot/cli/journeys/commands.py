"""Commands of `tropa journey`."""

from pathlib import Path

import click

from bot.cli.runtime.command_context import CommandContext, pass_command_context, run_async
from bot.cli.runtime.program import CommandGroup

YES = click.option("--yes", is_flag=True, help="Do it without asking.")


@click.group(cls=CommandGroup)
def journey() -> None:
    """Apply, show and list journeys, drafts, history and archive."""


@journey.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--draft", "key", metavar="KEY", help="Apply the draft of this journey instead of a file.")
@click.option("--yes", is_flag=True, help="Apply without asking.")
@pass_command_context
def apply(context: CommandContext, file: Path | None, key: str | None, yes: bool) -> None:
    """Show what FILE would change, ask, and apply it.

    FILE is compared with the version in force. A running bot takes up the new version by itself.
    """
    from bot.cli.journeys.files import apply_draft, apply_file

    if (file is None) == (key is None):
        raise click.UsageError("name a file, or a draft by --draft KEY")
    run_async(apply_file(context, file, yes) if file is not None else apply_draft(context, str(key), yes))


@journey.command()
@click.argument("file", type=click.Path(path_type=Path))
@YES
@pass_command_context
def draft(context: CommandContext, file: Path, yes: bool) -> None:
    """Check FILE, show what it would change, and keep it as a draft.

    A draft is not in force until it is applied. A journey has one: a second file takes its place, after a question.
    """
    from bot.cli.journeys.files import keep_draft

    run_async(keep_draft(context, file, yes))


@journey.command()
@click.argument("key")
@YES
@pass_command_context
def discard(context: CommandContext, key: str, yes: bool) -> None:
    """Drop the draft of KEY, after a question."""
    from bot.cli.journeys.files import discard_draft

    run_async(discard_draft(context, key, yes))


@journey.command()
@click.argument("key")
@click.option("--draft", "is_draft", is_flag=True, help="Print its draft instead.")
@click.option("--version", type=click.IntRange(1), metavar="N", help="Print version N instead.")
@pass_command_context
def show(context: CommandContext, key: str, is_draft: bool, version: int | None) -> None:
    """Print the journey file of KEY as it is in force."""
    from bot.cli.journeys.listing import print_source

    if is_draft and version is not None:
        raise click.UsageError("choose --draft or --version")
    run_async(print_source(context, key, is_draft, version))


@journey.command("list")
@click.option("--drafts", is_flag=True, help="List the drafts instead.")
@pass_command_context
def list_(context: CommandContext, drafts: bool) -> None:
    """List the journeys in force, one per line, key first; archived ones say so, and come last."""
    from bot.cli.journeys.listing import list_drafts, list_in_force

    run_async(list_drafts(context) if drafts else list_in_force(context))


@journey.command()
@click.argument("key")
@click.option("--page", type=click.IntRange(1), default=1, metavar="N", help="Page, the newest versions first.")
@pass_command_context
def history(context: CommandContext, key: str, page: int) -> None:
    """List the versions of KEY: when, by whom, and what each changed."""
    from bot.cli.journeys.listing import print_history

    run_async(print_history(context, key, page))


@journey.command()
@click.argument("key")
@click.option("--to", "version", type=click.IntRange(1), metavar="N", help="Version; default: the one before.")
@YES
@pass_command_context
def rollback(context: CommandContext, key: str, version: int | None, yes: bool) -> None:
    """Put an earlier version of KEY into force again, after a question.

    It becomes a new version with the same file; the history stays, and so do answers given meanwhile.
    """
    from bot.cli.journeys.earlier import roll_back

    run_async(roll_back(context, key, version, yes))


@journey.command()
@click.argument("key")
@YES
@pass_command_context
def archive(context: CommandContext, key: str, yes: bool) -> None:
    """Put KEY to rest, after a question: nothing new is asked, and its events are refused.

    Its maps and exports stay readable; `tropa journey unarchive KEY` brings it back.
    """
    from bot.cli.journeys.earlier import archive_journey

    run_async(archive_journey(context, key, yes))


@journey.command()
@click.argument("key")
@pass_command_context
def unarchive(context: CommandContext, key: str) -> None:
    """Bring KEY back from the archive."""
    from bot.cli.journeys.earlier import unarchive_journey

    run_async(unarchive_journey(context, key))


COMMANDS = (journey,)
