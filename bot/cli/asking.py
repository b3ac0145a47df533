"""Why somebody was asked, or not."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from bot.cli.house import House, pass_house, run
from bot.cli.program import Failure

if TYPE_CHECKING:
    from bot.usecases.explain_asking import Explanation

_REASONS = {
    "fine": "nothing stood in the way",
    "delay": "the survey waits a while after the visit",
    "quiet_hours": "it was night where the customer is",
    "open_survey": "another question was open",
    "no_consent": "the customer has not agreed to be asked",
    "no_chat": "the customer has not opened the chat",
    "unreachable": "the customer has blocked the bot",
    "stopped": "the customer does not want surveys",
    "snoozed": "the customer said: later",
    "muted": "the customer does not want to be asked about this",
    "withdrawn": "the visit or the survey was withdrawn",
    "too_late": "the visit was too long ago",
    "not_sampled": "only a share of the visits is asked about",
    "asked_recently": "the customer was asked something a few days ago",
    "asked_here_recently": "the customer was asked about the same a few weeks ago",
    "nps_recently": "the customer was asked to recommend not long ago",
    "monthly_limit": "the customer was asked often enough this month",
}
_VERDICTS = {"ask": "asked", "hold": "held", "skip": "skipped"}


@click.command()
@click.argument("customer")
@pass_house
def why(house: House, customer: str) -> None:
    """Tell why CUSTOMER was asked or not.

    CUSTOMER is the business's own id, or an address such as telegram:123.
    """
    found = run(_explained(house, customer))
    if found is None:
        raise Failure("there is nobody of this name")
    for line in told(found):
        click.echo(line)


async def _explained(house: House, customer: str) -> "Explanation | None":
    from bot.usecases.explain_asking import ExplainAsking

    async with house.database() as db:
        return await ExplainAsking(db)(customer)


def told(found: "Explanation") -> Iterator[str]:
    """The person as far as asking goes, then a decision a line, the newest first."""
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
        reason = _REASONS.get(d.reason, d.reason)
        visit = f"{d.journey}, {d.subject} of {_at(d.visited_at)}, survey {d.survey}"
        yield f"{_at(d.at)}  {_VERDICTS.get(d.verdict, d.verdict)}{until}: {reason} ({visit})"


def _at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


COMMANDS = (why,)
