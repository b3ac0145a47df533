"""Write the mapping and the journey that are guessed from a table, and say what was guessed."""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.importing.flags import ImportFlags
from bot.cli.runtime.command_context import CommandContext, find_journey, write_file

if TYPE_CHECKING:
    from cjm.journeys.journey import Journey

EVENT_ROWS = 50_000
"""Rows of a log that tell the order of its events."""


async def guess_import(context: CommandContext, flags: ImportFlags) -> None:
    """Write NAME.mapping.toml, and NAME.journey.toml where no journey is named, next to the table."""
    from bot.cli.importing.guess_wording import guess_lines, next_lines
    from bot.usecases.tables.guess_mapping import GuessRequest, guess_mapping, import_name_of
    from cjm.mistake_wording import escape_invisible

    assert flags.file is not None  # the flags were checked
    journey = await _find_journey(context, flags.key)
    name = flags.name or import_name_of(flags.file)
    request = GuessRequest(flags.file, name, journey, flags.tool, flags.language)
    found = guess_mapping(request, datetime.now(UTC))
    mapping_file, journey_file = choose_files(flags.file)
    write_file(mapping_file, found.mapping.encode())
    if found.journey_text is not None:
        write_file(journey_file, found.journey_text.encode())
    for line in guess_lines(found, flags.file):
        click.echo(escape_invisible(line))
    written = journey_file if found.journey_text is not None else None
    for line in next_lines(flags.file, mapping_file, written, found.journey.key):
        click.echo(escape_invisible(line))


async def _find_journey(context: CommandContext, key: str | None) -> "Journey | None":
    if key is None:
        return None
    async with context.open_database() as db:
        return await find_journey(db, key)


def choose_files(table: Path) -> tuple[Path, Path]:
    """Return the files of a mapping and a journey next to a table: names that are free, so that nothing is lost."""
    for number in count(1):
        stem = table.stem if number == 1 else f"{table.stem}-{number}"
        files = (table.with_name(f"{stem}.mapping.toml"), table.with_name(f"{stem}.journey.toml"))
        if not any(file.exists() for file in files):
            return files
    raise AssertionError  # one of endless numbers is free
