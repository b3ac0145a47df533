"""`tropa why`: show why a customer was asked or not."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from bot.cli.runtime.command_context import CommandContext, pass_command_context, run_async, utc_time_text
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from bot.db.asking.decisions import DecisionRecord
    from bot.usecases.asking.explain_asking import AskingExplanation


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
    """Yield the state of the customer, then their last decisions, the newest first.

    What is decided about a survey again with the same result, as when a question is posted, is one line.
    """
    from bot.texts import words_in
    from cjm.asking.decision import AskingVerdict

    verdicts = {AskingVerdict.ASK: "asked", AskingVerdict.HOLD: "held", AskingVerdict.SKIP: "skipped"}
    words = words_in("en")
    yield "the customer has " + ("a chat with the bot" if explanation.has_chat else "no chat with the bot yet")
    for time, phrase in (
        (explanation.consent_at, "agreed to be asked"),
        (explanation.stopped_at, "stopped surveys"),
        (explanation.unreachable_at, "could not be reached"),
    ):
        if time is not None:
            yield f"the customer {phrase} on {utc_time_text(time)}"
    if not explanation.decisions:
        yield "nothing was decided yet: there is no visit that a survey asks about"
    for decision, before in _pair_with_former(explanation.decisions):
        if before is not None and replace(before, at=decision.at) == decision:
            continue
        until = f" until {utc_time_text(decision.until)}" if decision.until else ""
        reason = words(f"asking.reason.{decision.reason}")
        visit = (
            f"{decision.journey}, {decision.subject} of {utc_time_text(decision.visited_at)}, survey {decision.survey}"
        )
        yield f"{utc_time_text(decision.at)}  {verdicts[decision.verdict]}{until}: {reason} ({visit})"


def _pair_with_former(
    decisions: "Sequence[DecisionRecord]",
) -> "Iterator[tuple[DecisionRecord, DecisionRecord | None]]":
    """Yield each decision with the one before it about the same survey and visit; None for the first."""
    for number, decision in enumerate(decisions):
        about = (decision.journey, decision.subject, decision.visited_at, decision.survey)
        older = decisions[number + 1 :]
        yield decision, next((d for d in older if (d.journey, d.subject, d.visited_at, d.survey) == about), None)


COMMANDS = (why,)
