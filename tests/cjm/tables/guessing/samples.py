"""Samples of small tables, as the reader of first rows gives them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.tables.guessing.findings import Certainty
from cjm.tables.guessing.journey_draft import draft_journey, find_language
from cjm.tables.guessing.mapping_draft import draft_mapping
from cjm.tables.guessing.table_guess import TableGuess, guess_table
from cjm.tables.guessing.table_sample import TableSample
from cjm.tables.mapping import TableMapping
from cjm.tables.mapping_file import read_mapping
from cjm.tables.table_file import TableRow

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def make_sample(rows: Sequence[Sequence[str]]) -> TableSample:
    """Return the sample of a table with these rows, those of its header among them."""
    return TableSample(rows=[TableRow(line, list(cells)) for line, cells in enumerate(rows, 1)])


def guess_rows(*rows: Sequence[str]) -> TableGuess:
    """Return the guess at a table; a row is a list of cells, or one text with commas between them."""
    return guess_table(make_sample([row.split(",") if isinstance(row, str) else row for row in rows]), NOW)


def draft(guess: TableGuess) -> tuple[TableMapping, Journey]:
    """Return the mapping and the journey that are drafted from a guess, read as a person's files are."""
    journey = read_journey(draft_journey(guess, "table", "table.csv", find_language(guess)), "journey.toml")
    return read_mapping(draft_mapping(guess, "table", "table.csv"), "mapping.toml", journey), journey


def reasons_of(guess: TableGuess, certainty: Certainty) -> dict[str, str]:
    """Return the reasons of the findings of one certainty, by column."""
    return {finding.column: finding.reason for finding in guess.all_findings if finding.certainty is certainty}
