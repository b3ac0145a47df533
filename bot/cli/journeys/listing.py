"""Print journeys: files, the list of those in force, drafts, and the history of one."""

import click

from bot.cli.journeys.author_text import author_text
from bot.cli.journeys.difference_text import summary_line
from bot.cli.journeys.files import find_draft
from bot.cli.runtime.command_context import CommandContext, make_unknown_journey_failure, utc_time_text
from bot.cli.runtime.program import CommandFailure

VERSIONS_PER_PAGE = 20


async def print_source(context: CommandContext, key: str, is_draft: bool, version: int | None) -> None:
    """Print the file in force of a journey, that of a version, or its draft."""
    from bot.db.journeys import journeys

    async with context.open_database() as db:
        if is_draft:
            click.echo((await find_draft(db, key)).source, nl=False)
            return
        in_force = await db.read(journeys.list_versions_in_force)
        if key not in in_force:
            raise make_unknown_journey_failure(key, in_force)
        newest = in_force[key]
        wanted = newest if version is None else await db.read(lambda tx: journeys.find_stored(tx, key, version))
    if wanted is None:
        raise CommandFailure(f"{key}: there is no version {version}; the newest is {newest.version}")
    click.echo(wanted.source, nl=False)


async def list_in_force(context: CommandContext) -> None:
    """Print a line for each journey in force."""
    from bot.db.journeys import journeys

    # Tabs between the columns: scripts cut the key from each line.
    for key, version in (await context.read_database(journeys.list_versions_in_force)).items():
        columns = [key, version.journey.title.in_language("en"), f"version {version.version}"]
        columns.append(utc_time_text(version.applied_at))
        if version.archived_at is not None:
            columns.append(f"archived {utc_time_text(version.archived_at)}")
        click.echo("\t".join(columns))


async def list_drafts(context: CommandContext) -> None:
    """Print a line for each draft: the journey's key, when and by whom it is kept."""
    from bot.db.journeys import journey_drafts
    from bot.usecases.journeys.version_authors import find_authors

    async with context.open_database() as db:
        drafts = await db.read(journey_drafts.list_all)
        authors = await db.read(lambda tx: find_authors(tx, [draft.saved_by for draft in drafts.values()]))
    for key, draft in drafts.items():
        click.echo(f"{key}\t{utc_time_text(draft.saved_at)}\t{author_text(authors[draft.saved_by])}")


async def print_history(context: CommandContext, key: str, page: int) -> None:
    """Print a page of the versions of a journey, the newest first, two lines each."""
    from bot.db.journeys import journeys
    from bot.usecases.journeys.read_history import read_history

    async with context.open_database() as db:
        in_force = await db.read(journeys.list_versions_in_force)
        if key not in in_force:
            raise make_unknown_journey_failure(key, in_force)
        skip = (page - 1) * VERSIONS_PER_PAGE
        found = await db.read(lambda tx: read_history(tx, key, skip, VERSIONS_PER_PAGE))
    if not found.entries:
        raise CommandFailure(f"{key}: there is no page {page}")
    for entry in found.entries:
        again = f"  (version {entry.restores} again)" if entry.restores else ""
        who = author_text(entry.author)
        click.echo(f"version {entry.version}  {utc_time_text(entry.applied_at)}  {who}{again}")
        click.echo(f"  {summary_line(entry.difference)}")
    if found.has_more:
        click.echo(f"older versions: --page {page + 1}")
