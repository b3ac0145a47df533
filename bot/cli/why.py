"""Why somebody was asked, or not."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from bot.cli.command_context import CommandContext, pass_command_context, run_async
from bot.cli.program import CommandFailure

if TYPE_CHECKING:
    from bot.usecases.asking.explain_asking import Explanation

_VERDICTS = {"ask": "asked", "hold": "held", "skip": "skipped"}


@click.command()
@click.argument("customer")
@pass_command_context
def why(context: CommandContext, customer: str) -> None:
    """Tell why CUSTOMER was asked or not.

    CUSTOMER is the business's own id, or an address such as telegram:123.
    """
    found = run_async(_explained(context, customer))
    if found is None:
        raise CommandFailure("there is nobody of this name")
    for line in told(found):
        click.echo(line)


async def _explained(context: CommandContext, customer: str) -> "Explanation | None":
    from bot.usecases.asking.explain_asking import ExplainAsking

    async with context.database() as db:
        return await ExplainAsking(db)(customer)


def told(found: "Explanation") -> Iterator[str]:
    """The person as far as asking goes, then a decision a line, the newest first."""
    from bot.texts import words_in

    words = words_in("en")
    yield "has a chat with us" if found.has_chat else "has no chat with us yet"
    for moment, said in (
        (found.consent_at, "agreed to be asked"),
        (found.stopped_at, "stopped surveys"),
        (found.unreachable_at, "could not be reached"),
    ):
        if moment is not None:
            yield f"{said} on {_at(moment)}"
    if not found.decisions:
        yield "nothing was decided yet: no visit with a survey is known"
    for d in found.decisions:
        until = f" until {_at(d.until)}" if d.until else ""
        reason = words(f"asking.reason.{d.reason}")
        visit = f"{d.journey}, {d.subject} of {_at(d.visited_at)}, survey {d.survey}"
        yield f"{_at(d.at)}  {_VERDICTS.get(d.verdict, d.verdict)}{until}: {reason} ({visit})"


def _at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


COMMANDS = (why,)
