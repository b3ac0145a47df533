"""Journeys that change after a table was opened: an import takes minutes, or waits for an answer to its question."""

from pathlib import Path

import pytest

from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.tables.import_source import open_table
from bot.usecases.tables.import_table import ImportTable
from cjm.journeys.journey_file import read_journey
from cjm.tables.row_outcome import RowOutcome
from tests.usecases.tables.cafe import CLOCK, RULES, SOURCE, Cafe, counts

RENAMED = SOURCE.replace(
    'key = "counter"\ntitle = "Counter"', 'key = "till"\nwas = ["counter"]\ntitle = "Till"'
).replace('on = { touchpoint = "counter" }', 'on = { touchpoint = "till" }')
ANSWERS = 'customer = "who"\nat = "at"\nquestions.counter_csat = "score"'
EVENTS = 'kind = "events"\ncustomer = "who"\ntouchpoints.counter = "at"'


@pytest.mark.parametrize("mapping", [ANSWERS, EVENTS], ids=["answers", "events"])
async def test_counters_follow_the_journey_that_is_in_force_when_rows_are_stored(
    cafe: Cafe, tmp_path: Path, mapping: str
) -> None:
    source = cafe.write("who,at,score\nanna,2026-10-02,4\n", mapping)
    await ApplyJourney(cafe.db, CLOCK).apply(RENAMED, "cafe.toml")
    day_before, journey = tmp_path / "before.csv", read_journey(RENAMED, "cafe.toml")
    day_before.write_text("who,at,score\nanna,2026-10-01,5\n")
    import_table = ImportTable(cafe.db, CLOCK, RULES)
    await import_table(open_table(day_before, journey, mapping, "mapping.toml", "before"))
    assert counts(await import_table(source)) == {RowOutcome.NEW: 1}
    assert await cafe.count_wrong_counters() == 0
