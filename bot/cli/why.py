"""`tropa why`: tell the story of each visit of a customer: why they were asked about it, or not."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from bot.cli.runtime.command_context import CommandContext, pass_command_context, run_async, utc_time_text
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from bot.usecases.asking.explain_asking import AskingExplanation, AskingStory


@click.command()
@click.argument("customer")
@pass_command_context
def why(context: CommandContext, customer: str) -> None:
    """Tell why CUSTOMER was asked or not.

    CUSTOMER is the id that your events carry, or an address such as telegram:123. Each visit that a survey asks about
    has its story, the newest first: what was decided, when and why, and what became of the question.
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
    """Yield the state of the customer, then the stories of their visits, the newest first."""
    yield "the customer has " + ("a chat with the bot" if explanation.has_chat else "no chat with the bot yet")
    if explanation.is_staff:
        yield "the customer works for the business, so is not asked"
    for time, phrase in (
        (explanation.consent_at, "agreed to be asked"),
        (explanation.stopped_at, "stopped surveys"),
        (explanation.unreachable_at, "could not be reached"),
    ):
        if time is not None:
            yield f"the customer {phrase} on {utc_time_text(time)}"
    if not explanation.stories:
        yield "nothing was decided yet: there is no visit that a survey asks about"
    for story in explanation.stories:
        yield from ("", *_story_lines(story))


def _story_lines(story: "AskingStory") -> Iterator[str]:
    from bot.texts import words_in
    from bot.texts.story_steps import step_text
    from bot.usecases.asking.explain_asking import AskingOccasion

    occasion = {AskingOccasion.PULSE: ", regular", AskingOccasion.BY_HAND: ", by hand"}
    words = words_in("en")
    for survey in story.surveys:
        if story.occasion is AskingOccasion.DIARY:
            yield f"{story.journey}, message of a diary of {utc_time_text(story.at)}:"
        else:
            place = f"{story.journey}, {story.subject} of {utc_time_text(story.at)}"
            yield f"{place}, survey {survey.survey}{occasion.get(story.occasion, '')}:"
        for step in survey.steps:
            # Sentences without a time of their own stand in the same column.
            at = utc_time_text(step.at) if step.at is not None else ""
            yield f"  {at:<20}  {step_text(words, step, utc_time_text)}"


COMMANDS = (why,)
