"""A dry run and a strict import: what they say, and that nothing of the database changes."""

from datetime import date

import pytest

from bot.usecases.tables.import_table import ImportTable
from bot.usecases.tables.try_import import ImportAllOrNothing, TryImport
from cjm.figures.map_json import map_as_json
from cjm.tables.row_outcome import RowOutcome
from tests.db.upkeep.test_database_copy import dump_tables
from tests.usecases.tables.cafe import CLOCK, NUMBERED, RULES, Cafe, counts, numbered

NEW, KNOWN, CORRECTED, REFUSED = RowOutcome.NEW, RowOutcome.KNOWN, RowOutcome.CORRECTED, RowOutcome.REFUSED
MINIMUM = 5


def make_trial(cafe: Cafe) -> TryImport:
    return TryImport(cafe.db, CLOCK, RULES, MINIMUM)


def strictly(cafe: Cafe) -> ImportAllOrNothing:
    return ImportAllOrNothing(make_trial(cafe), ImportTable(cafe.db, CLOCK, RULES))


async def test_dry_run_reports_what_the_import_would_and_changes_no_table(any_cafe: Cafe) -> None:
    await any_cafe.take(numbered(1, 2, 3), NUMBERED)
    table, before = numbered(1, 5, "much", 4, 4, 4), await any_cafe.db.read(dump_tables)
    trial = await make_trial(any_cafe)(any_cafe.write(table, NUMBERED))
    assert counts(trial.report) == {KNOWN: 1, CORRECTED: 1, REFUSED: 1, NEW: 3}
    assert (trial.report.is_trial, trial.report.missing) == (True, 1)
    assert [result.row.line for result in trial.report.examples[NEW]] == [5, 6, 7]
    assert await any_cafe.db.read(dump_tables) == before
    real = await any_cafe.take(table, NUMBERED)
    assert (counts(real), real.subjects, real.missing) == (
        counts(trial.report), trial.report.subjects, trial.report.missing
    )  # fmt: skip


async def test_dry_run_draws_the_map_of_the_days_of_the_file(cafe: Cafe) -> None:
    trial = await make_trial(cafe)(cafe.write(numbered(1, 2, 3, 4, 5), NUMBERED))
    assert trial.map is not None
    assert trial.map.period.first == trial.map.period.last == date(2026, 10, 1)
    assert map_as_json(trial.map)["totals"]["answers"] == 5


async def test_stopped_dry_run_draws_no_map(cafe: Cafe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.usecases.tables.import_table.MOST_ROWS", 2)
    asked = iter([False, True])
    trial = await make_trial(cafe)(cafe.write(numbered(1, 2, 3, 4, 5), NUMBERED), is_stopped=lambda: next(asked))
    assert (trial.report.is_stopped, counts(trial.report), trial.map) == (True, {NEW: 2}, None)


async def test_dry_run_of_a_mirror_says_what_would_be_removed(cafe: Cafe) -> None:
    await cafe.take(numbered(1, 2, 3), NUMBERED)
    trial = await make_trial(cafe)(cafe.write(numbered(1), NUMBERED), mirror=True)
    assert trial.report.removed == 2
    assert (await cafe.take(numbered(1, 2, 3), NUMBERED)).rows == {KNOWN: 3}


async def test_map_of_years_shows_the_last_days_of_the_file(cafe: Cafe) -> None:
    mapping = 'row = "No"\nat = "At"\nquestions.counter_csat = "Score"'
    trial = await make_trial(cafe)(cafe.write("No,At,Score\n1,2020-01-01,5\n2,2026-10-31,4\n", mapping))
    assert trial.map is not None
    assert (trial.map.period.first, trial.map.period.last) == (date(2025, 10, 31), date(2026, 10, 31))


@pytest.mark.parametrize("table", [numbered(4, 9), "No,Score\n1,4\n1,5\n"])
async def test_strict_keeps_nothing_if_one_row_is_refused(cafe: Cafe, table: str) -> None:
    before = await cafe.db.read(dump_tables)
    found = await strictly(cafe)(cafe.write(table, NUMBERED))
    assert (found.refused_rows, found.is_trial) == (1, True)
    assert await cafe.db.read(dump_tables) == before


async def test_strict_keeps_nothing_if_an_event_is_refused_when_it_is_recorded(cafe: Cafe) -> None:
    mapping = 'kind = "events"\nshape = "long"\ncustomer = "who"\nat = "at"\nevent = "id"\ntouchpoint = "where"'
    await cafe.take("id,who,at,where\ne1,Anna,2026-10-24 10:00,counter\n", mapping)
    before = await cafe.db.read(dump_tables)
    table = "id,who,at,where\ne2,Anna,2026-10-24 10:00,counter\ne1,Bert,2026-10-24 10:00,counter\n"
    assert (await strictly(cafe)(cafe.write(table, mapping, "other"))).refused_rows == 1
    assert await cafe.db.read(dump_tables) == before


async def test_strict_imports_all_when_no_row_is_refused(cafe: Cafe) -> None:
    done: list[int] = []
    source = cafe.write(numbered(4, 5), NUMBERED)
    found = await strictly(cafe)(source, done.append)
    assert (counts(found), found.is_trial) == ({NEW: 2}, False)
    assert done == [source.file.bytes_total, 2 * source.file.bytes_total]  # one bar for both readings
