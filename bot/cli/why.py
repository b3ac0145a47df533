"""`tropa why`: why a customer was asked or not."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from bot.cli.runtime.command_context import CommandContext, pass_command_context, run_async
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from bot.usecases.asking.explain_asking import AskingExplanation

_VERDICTS = {"ask": "asked", "hold": "held", "skip": "skipped"}


@click.command()
@click.argument("customer")
@pass_command_context
def why(context: CommandContext, customer: str) -> None:
    """Show why CUSTOMER was asked or not.

    CUSTOMER is the id that your events carry, or an address such as telegram:123.
    """
    explanation = run_async(_explain(context, customer))
    if explanation is None:
        raise CommandFailure("there is no customer with this id or address")
    for line in explanation_lines(explanation):
        click.echo(line)


async def _explain(context: CommandContext, customer: str) -> "AskingExplanation | None":
    from bot.usecases.asking.explain_asking import ExplainAsking

    async with context.open_database() as db:
        return await ExplainAsking(db)(customer)


def explanation_lines(explanation: "AskingExplanation") -> Iterator[str]:
    """Yield the state of the customer, then one line per decision, the newest first."""
    from bot.texts import words_in

    words = words_in("en")
    yield "has a chat with the bot" if explanation.has_chat else "has no chat with the bot yet"
    for at, event in (
        (explanation.consent_at, "agreed to be asked"),
        (explanation.stopped_at, "stopped surveys"),
        (explanation.unreachable_at, "could not be reached"),
    ):
        if at is not None:
            yield f"{event} on {_time_text(at)}"
    if not explanation.decisions:
        yield "nothing was decided yet: no visit that a survey asks about is known"
    for decision in explanation.decisions:
        until = f" until {_time_text(decision.until)}" if decision.until else ""
        reason = words(f"asking.reason.{decision.reason}")
        visit = f"{decision.journey}, {decision.subject} of {_time_text(decision.visited_at)}, survey {decision.survey}"
        verdict = _VERDICTS.get(decision.verdict, decision.verdict)
        yield f"{_time_text(decision.at)}  {verdict}{until}: {reason} ({visit})"


def _time_text(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


COMMANDS = (why,)
