"""Apply and keep files of journeys, after showing what they would change."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.journeys.author_text import author_text
from bot.cli.journeys.difference_text import advice_lines, difference_lines
from bot.cli.runtime.command_context import (
    CommandContext,
    confirm,
    find_command_actor,
    make_unknown_journey_failure,
    read_source_file,
    utc_time_text,
)
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from bot.db.engine.database import Connection, Database
    from bot.db.journeys.journey_drafts import JourneyDraft
    from bot.usecases.journeys.apply_journey import JourneyProposal

NOTHING_APPLIED = "nothing was applied"


async def apply_file(context: CommandContext, file: Path, yes: bool) -> None:
    """Show what a file would change, ask, and apply it."""
    source = read_source_file(file)
    async with context.open_database() as db:
        await _apply(db, source, str(file), yes)


async def apply_draft(context: CommandContext, key: str, yes: bool) -> None:
    """Show what the draft of a journey would change, ask, and apply it."""
    async with context.open_database() as db:
        await _apply(db, (await find_draft(db, key)).source, f"draft of {key}", yes)


async def _apply(db: "Database", source: str, name: str, yes: bool) -> None:
    from bot.clock import Clock
    from bot.usecases.journeys.apply_journey import ApplyJourney

    apply_journey = ApplyJourney(db, Clock())
    proposal = await apply_journey.propose(source, name)
    key = proposal.journey.key
    if proposal.difference.is_empty:
        click.echo(f"{key}: nothing changes; version {proposal.version} stays in force")
        return
    _print_proposal(proposal, name, source)
    if not yes and not confirm(f"Apply this to {key}?"):
        raise CommandFailure(NOTHING_APPLIED)
    # Another file may have been applied while a person read: then this one is not.
    version = await apply_journey.apply(source, name, find_command_actor(), proposal.version)
    click.echo(f"{key}: version {version} is in force")


def _print_proposal(proposal: "JourneyProposal", name: str, source: str) -> None:
    for line in difference_lines(proposal.difference):
        click.echo(line)
    for line in advice_lines(proposal.undrawable, name, source):
        click.echo(line)


async def keep_draft(context: CommandContext, file: Path, yes: bool) -> None:
    """Check and compare a file, and keep it; ask before it takes the place of another draft."""
    from bot.clock import Clock
    from bot.db.journeys import journey_drafts
    from bot.usecases.journeys.apply_journey import ApplyJourney
    from bot.usecases.journeys.draft_journey import DraftJourney

    source = read_source_file(file)
    async with context.open_database() as db:
        proposal = await ApplyJourney(db, Clock()).propose(source, str(file))
        key = proposal.journey.key
        if proposal.difference.is_empty:
            click.echo(f"{key}: nothing would change; no draft was kept")
            return
        _print_proposal(proposal, str(file), source)
        before = await db.read(lambda tx: journey_drafts.find_by_key(tx, key))
        if before is not None and before.source != source:
            click.echo(f"{key} has a draft of {await _describe_draft(db, before)}")
            if not yes and not confirm("Put this file in its place?"):
                raise CommandFailure("nothing was kept")
        await DraftJourney(db, Clock()).keep(source, str(file), find_command_actor())
    click.echo(f"{key}: kept as a draft; `tropa journey apply --draft {key}` puts it into force")


async def discard_draft(context: CommandContext, key: str, yes: bool) -> None:
    """Drop the draft of a journey, after a question."""
    from bot.clock import Clock
    from bot.usecases.journeys.draft_journey import DraftJourney

    async with context.open_database() as db:
        found = await find_draft(db, key)
        if not yes and not confirm(f"Discard the draft of {await _describe_draft(db, found)}?"):
            raise CommandFailure("nothing was discarded")
        await DraftJourney(db, Clock()).discard(key, find_command_actor())
    click.echo(f"{key}: the draft is discarded")


async def find_draft(db: "Database", key: str) -> "JourneyDraft":
    """Return the draft of a journey. Raises CommandFailure without one."""
    from bot.db.journeys import journey_drafts, journeys

    def read(tx: "Connection") -> "JourneyDraft | list[str]":
        return journey_drafts.find_by_key(tx, key) or list(journeys.list_current(tx))

    found = await db.read(read)
    if isinstance(found, list):
        if key not in found:
            raise make_unknown_journey_failure(key, found)
        raise CommandFailure(f"{key}: there is no draft")
    return found


async def _describe_draft(db: "Database", draft: "JourneyDraft") -> str:
    """Return "2026-11-28 09:30 UTC by Anna"."""
    from bot.usecases.journeys.version_authors import find_authors

    authors = await db.read(lambda tx: find_authors(tx, [draft.saved_by]))
    return f"{utc_time_text(draft.saved_at)} by {author_text(authors[draft.saved_by])}"
