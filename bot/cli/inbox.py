"""`tropa inbox`: list the updates that were set aside, and let them be handled again."""

from typing import TYPE_CHECKING

import click

from bot.cli.runtime.command_context import CommandContext, pass_command_context, run_async, utc_time_text
from bot.cli.runtime.program import CommandGroup

if TYPE_CHECKING:
    from bot.db.delivery.set_aside_updates import SetAsideGroup


@click.group(cls=CommandGroup)
def inbox() -> None:
    """Show and retry what could not be handled."""


@inbox.command("list")
@pass_command_context
def list_(context: CommandContext) -> None:
    """Show which updates were set aside, and why.

    An update is set aside when it cannot be understood, or when handling it failed three times. The log names each one.
    """
    for line in _group_lines(run_async(_read_groups(context))):
        click.echo(line)


@inbox.command()
@pass_command_context
def retry(context: CommandContext) -> None:
    """Handle again what was set aside.

    Useful after an upgrade that mends the error. A running bot takes the updates up by itself.

    Nothing is done twice: an update is set aside only while none of it was done.
    """
    groups, again = run_async(_retry(context))
    for line in _group_lines(groups):
        click.echo(line)
    if again:
        click.echo(
            f"{_count_text(again)} will be handled again: by the running bot within seconds, or at its next start"
        )
    if erased := sum(group.erased for group in groups):
        click.echo(
            f"{_count_text(erased)} cannot be handled again: its words were erased when the person was forgotten"
        )


async def _read_groups(context: CommandContext) -> "list[SetAsideGroup]":
    from bot.db.delivery import set_aside_updates

    return await context.read_database(lambda tx: set_aside_updates.list_set_aside(tx, _find_bot(context)))


async def _retry(context: CommandContext) -> "tuple[list[SetAsideGroup], int]":
    from bot.db.delivery import set_aside_updates

    bot = _find_bot(context)
    async with context.open_database() as db:
        # One transaction, so that the lines name exactly what is handled again.
        return await db.write(
            lambda tx: (set_aside_updates.list_set_aside(tx, bot), set_aside_updates.retry_set_aside(tx, bot))
        )


def _find_bot(context: CommandContext) -> str | None:
    """Return the id of the bot in the settings; None without a token. Updates of an earlier bot concern nobody."""
    return context.settings.bot_id


def _group_lines(groups: "list[SetAsideGroup]") -> list[str]:
    if not groups:
        return ["no update is set aside"]
    return [
        f"{_count_text(group.updates)} since {utc_time_text(group.since)}: {group.error or 'unknown error'}"
        for group in groups
    ]


def _count_text(updates: int) -> str:
    return f"{updates} update{'' if updates == 1 else 's'}"


COMMANDS = (inbox,)
