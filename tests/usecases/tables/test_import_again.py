"""A file that is imported again: what is missing, mirrored, taken back, and what is asked before."""

import asyncio
from datetime import date

import pytest

from bot.db.engine.database import Database
from bot.usecases.tables.find_import_doubts import DoubtKind, FindImportDoubts, ImportDoubt
from bot.usecases.tables.import_table import ImportTable
from bot.usecases.tables.list_imports import ListImports, UnknownImport
from cjm.tables.row_outcome import RowOutcome
from tests.usecases.tables.cafe import (
    CLOCK,
    HEAD,
    NUMBERED,
    RULES,
    SOURCE,
    WIDE,
    Cafe,
    answer_counts,
    counts,
    numbered,
)

NEW, KNOWN, CORRECTED, REFUSED = RowOutcome.NEW, RowOutcome.KNOWN, RowOutcome.CORRECTED, RowOutcome.REFUSED
ERASED = RowOutcome.ERASED
EVENTS = 'kind = "events"\nshape = "long"\nrow = "No"\ncustomer = "Who"\nat = "At"\n'
ANONYMOUS = 'day = 2026-10-01\nquestions.counter_csat = "Score"'


async def doubts(cafe: Cafe, table: str, mapping: str = NUMBERED, name: str = "cafe") -> list[ImportDoubt]:
    return await FindImportDoubts(cafe.db, CLOCK)(cafe.write(table, mapping, name))


# ---- missing and mirror


async def test_rows_that_vanished_from_the_file_are_reported_with_their_lines_and_stay(cafe: Cafe) -> None:
    await cafe.take(numbered(1, 2, 3, 4), NUMBERED)
    found = await cafe.take("No,Score\n2,2\n3,5\n", NUMBERED)
    assert counts(found) == {KNOWN: 1, CORRECTED: 1}
    assert (found.missing, found.missing_lines, found.removed) == (2, [2, 5], 0)
    again = await cafe.take(numbered(1, 2, 5, 4), NUMBERED)
    assert (counts(again), again.missing) == ({KNOWN: 4}, 0)


async def test_mirror_removes_what_vanished(any_cafe: Cafe) -> None:
    await any_cafe.take(numbered(1, 2, 3, 4), NUMBERED)
    await any_cafe.take(numbered(5), NUMBERED, "other")
    found = await any_cafe.take("No,Score\n2,2\n", NUMBERED, mirror=True)
    assert (found.missing, found.removed) == (3, 3)
    listed = (await ListImports(any_cafe.db)("cafe"))["cafe"]
    assert {unit.name: unit.rows for unit in listed} == {"other": 1, "cafe": 1}
    assert await any_cafe.count_wrong_counters() == 0


async def test_mirror_removes_nothing_when_a_row_is_refused(cafe: Cafe) -> None:
    await cafe.take(numbered(1, 2, 3), NUMBERED)
    found = await cafe.take(numbered(1, "much"), NUMBERED, mirror=True)
    assert (counts(found), found.missing, found.removed) == ({KNOWN: 1, REFUSED: 1}, 2, 0)


# ---- another version of the journey


@pytest.mark.parametrize(
    ("table", "mapping", "renamed"),
    [
        (f"{HEAD}anna;24.10.2026 10:00;Gdańsk;great;slow;Fine;9\n", WIDE, WIDE),
        (
            "No,Who,At,Where\n1,anna,2026-10-01,counter\n2,anna,2026-10-02,visit\n",
            EVENTS + 'touchpoint = { column = "Where", values = { visit = "receipt" } }',
            EVENTS + 'touchpoint = { column = "Where", values = { visit = "receipt" } }',
        ),
        (
            "No,Who,Till,Left\n1,anna,2026-10-01,2026-10-02\n",
            EVENTS.replace("long", "wide").replace('at = "At"\n', "")
            + 'touchpoints = { counter = "Till", visit = "Left" }',
            EVENTS.replace("long", "wide").replace('at = "At"\n', "") + 'touchpoints = { bar = "Till", stay = "Left" }',
        ),
    ],
    ids=["answers", "events long", "events wide"],
)
async def test_known_rows_stay_known_when_parts_of_the_journey_are_renamed(
    cafe: Cafe, table: str, mapping: str, renamed: str
) -> None:
    first = await cafe.take(table, mapping)
    source = SOURCE.replace('key = "counter"\ntitle = "Counter"', 'key = "bar"\ntitle = "Bar"\nwas = ["counter"]')
    source = source.replace('key = "visit"\ntitle = "Visit"', 'key = "stay"\ntitle = "Stay"\nwas = ["visit"]')
    source = source.replace('touchpoint = "counter"', 'touchpoint = "bar"').replace('about = "visit"', 'about = "stay"')
    source = source.replace("How was it?", "How good was it?").replace("Too slow", "Slow")
    await cafe.open(source)
    found = await cafe.take(table, renamed)
    assert (counts(first), counts(found)) == ({NEW: first.rows.total()}, {KNOWN: first.rows.total()})
    assert await cafe.count_wrong_counters() == 0


# ---- list and undo


async def test_undo_takes_all_days_of_a_name_back_and_nothing_else(any_cafe: Cafe) -> None:
    await any_cafe.take(numbered(1, 2), NUMBERED)
    await any_cafe.take(numbered(1, 2), NUMBERED.replace("10-01", "10-02"))
    await any_cafe.take(numbered(3), NUMBERED, "other")
    listed = (await ListImports(any_cafe.db)())["cafe"]
    assert [(u.name, u.kind, u.day, u.rows, u.is_finished) for u in listed] == [
        ("cafe", "answers", date(2026, 10, 1), 2, True),
        ("cafe", "answers", date(2026, 10, 2), 2, True),
        ("other", "answers", date(2026, 10, 1), 1, True),
    ]
    report = await any_cafe.undo()
    assert (report.removed.rows, report.removed.answers, report.removed.people) == (4, 4, 4)
    assert [unit.name for unit in (await ListImports(any_cafe.db)("cafe"))["cafe"]] == ["other"]
    assert await any_cafe.count_wrong_counters() == 0
    assert counts(await any_cafe.take(numbered(1, 2), NUMBERED)) == {NEW: 2}


@pytest.mark.parametrize(
    ("name", "says"),
    [("caff", 'did you mean "cafe"?'), ("september", "it has cafe"), ("", "it has cafe")],
)
async def test_undo_of_an_unknown_name_says_which_there_are(cafe: Cafe, name: str, says: str) -> None:
    await cafe.take(numbered(1), NUMBERED)
    with pytest.raises(UnknownImport, match="the journey cafe has no import with the name") as caught:
        await cafe.undo(name)
    assert says in str(caught.value)


async def test_imports_of_an_unknown_journey_are_refused(cafe: Cafe) -> None:
    with pytest.raises(UnknownImport, match='there is no journey "coffee"; the journeys are: cafe'):
        await ListImports(cafe.db)("coffee")


async def test_a_person_who_was_forgotten_does_not_come_back_after_an_undo(any_cafe: Cafe) -> None:
    mapping = NUMBERED + '\ncustomer = "Client"'
    table = "No,Client,Score\n1,anna,5\n2,boris,4\n"
    await any_cafe.take(table, mapping)
    await any_cafe.forget("anna")
    report = await any_cafe.undo()
    assert (report.removed.rows, report.removed.people, report.erased) == (1, 1, 1)
    [unit] = (await ListImports(any_cafe.db)("cafe"))["cafe"]
    assert (unit.rows, unit.erased, unit.is_taken_back, unit.is_finished) == (0, 1, True, False)
    assert counts(await any_cafe.take(table, mapping)) == {ERASED: 1, NEW: 1}
    [unit] = (await ListImports(any_cafe.db)("cafe"))["cafe"]
    assert (unit.rows, unit.erased, unit.is_taken_back, unit.is_finished) == (1, 1, False, True)
    assert await any_cafe.answers_of("anna") == []
    assert await any_cafe.count_wrong_counters() == 0


# ---- at once


async def test_two_imports_at_once_store_every_row_once(any_cafe: Cafe, database_url: str) -> None:
    source, other = any_cafe.write(numbered(*range(1, 6)), NUMBERED), Database(database_url)
    imports = [ImportTable(db, CLOCK, RULES)(source) for db in (any_cafe.db, other)]
    reports = await asyncio.gather(*imports)
    await other.close()
    assert sorted(map(str, map(counts, reports))) == sorted([str({NEW: 5}), str({KNOWN: 5})])
    assert await any_cafe.count_wrong_counters() == 0


# ---- stopped


async def test_stopped_import_keeps_whole_batches_and_the_same_command_goes_on(
    cafe: Cafe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.usecases.tables.import_table.MOST_ROWS", 2)
    source, asked = cafe.write(numbered(1, 2, 3, 4, 5), NUMBERED), iter([False, True])
    stopped = await ImportTable(cafe.db, CLOCK, RULES)(source, is_stopped=lambda: next(asked))
    assert (stopped.is_stopped, counts(stopped), stopped.missing) == (True, {NEW: 2}, 0)
    assert [unit.is_finished for unit in (await ListImports(cafe.db)("cafe"))["cafe"]] == [False]
    assert await cafe.count_wrong_counters() == 0
    assert counts(await cafe.take(numbered(1, 2, 3, 4, 5), NUMBERED)) == {KNOWN: 2, NEW: 3}
    assert [unit.is_finished for unit in (await ListImports(cafe.db)("cafe"))["cafe"]] == [True]


async def test_stopped_undo_goes_on_when_it_is_asked_for_again(cafe: Cafe, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.usecases.tables import undo_import

    await cafe.take(numbered(1, 2, 3, 4, 5), NUMBERED)
    monkeypatch.setattr(undo_import, "MOST_REMOVED", 2)
    stopped = await undo_import.UndoImport(cafe.db)("cafe", "cafe", is_stopped=lambda: True)
    assert (stopped.is_stopped, stopped.removed.rows) == (True, 2)
    assert await cafe.count_wrong_counters() == 0
    assert (await cafe.undo()).removed.rows == 3
    assert (await ListImports(cafe.db)("cafe"))["cafe"] == []


# ---- asked before


async def test_first_import_of_a_journey_and_its_repetition_raise_no_doubt(cafe: Cafe) -> None:
    assert await doubts(cafe, numbered(1, 2)) == []
    await cafe.take(numbered(1, 2), NUMBERED)
    assert await doubts(cafe, numbered(1, 2)) == []
    assert await doubts(cafe, numbered(3, 4, 5, first=7)) == []  # its rows have names: they are more rows


async def test_file_whose_rows_are_mostly_those_of_another_import_is_doubted(any_cafe: Cafe) -> None:
    await any_cafe.take(numbered(1, 2, 3), NUMBERED)
    [doubt] = await doubts(any_cafe, numbered(1, 2, 4), name="copy")
    assert (doubt.kind, doubt.other, round(doubt.share, 2)) == (DoubtKind.EQUALS_OTHER, "cafe", 0.67)


async def test_file_whose_rows_were_erased_from_another_import_is_doubted(any_cafe: Cafe) -> None:
    await any_cafe.take("Score\n5\n5\n4\n", ANONYMOUS)
    await any_cafe.take(numbered(1, 2, 3), NUMBERED, "numbers")
    await any_cafe.erase_rows(lambda name: name == "cafe")
    [doubt] = await doubts(any_cafe, "Score\n4\n5\n5\n3\n", ANONYMOUS, "copy")
    assert (doubt.other, doubt.share) == ("cafe", 0.75)
    await any_cafe.erase_rows(lambda name: name == "numbers", most=2)
    [doubt] = await doubts(any_cafe, numbered(1, 2, 3), name="copy")  # the one row that can be compared is equal
    assert (doubt.other, doubt.share) == ("numbers", 1)
    assert await doubts(any_cafe, numbered(4, 4, 4), name="copy") == []  # other rows, numbered from 1 again
    assert await doubts(any_cafe, numbered(1, 4, 4), name="copy") == []


async def test_equal_rows_of_another_import_count_once_each(cafe: Cafe) -> None:
    await cafe.take("Score\n1\n2\n", ANONYMOUS)
    assert await doubts(cafe, "Score\n1\n1\n1\n1\n2\n", ANONYMOUS, "copy") == []
    [doubt] = await doubts(cafe, "Score\n1\n2\n2\n", ANONYMOUS, "copy")
    assert doubt.other == "cafe"


async def test_import_without_row_names_that_knows_none_of_the_rows_is_doubted(cafe: Cafe) -> None:
    await cafe.take("Score\n1\n2\n", ANONYMOUS)
    [doubt] = await doubts(cafe, "Score\n3\n4\n", ANONYMOUS)
    assert (doubt.kind, doubt.held) == (DoubtKind.KNOWS_NONE, 2)
    assert await doubts(cafe, "Score\n2\n3\n4\n", ANONYMOUS) == []  # a longer file of the same rows
    assert await doubts(cafe, "Score\n3\n4\n", ANONYMOUS.replace("10-01", "10-02")) == []  # another day, another unit


DATED = 'row = "No"\nat = "At"\nquestions.counter_csat = "Score"'
OCTOBER = "No,At,Score\n1,2026-10-01,1\n2,2026-10-02,1\n3,2026-10-03,1\n"


async def test_next_months_rows_under_the_names_of_the_last_are_doubted(any_cafe: Cafe) -> None:
    await any_cafe.take("No,At,Score\n1,2026-09-01,5\n2,2026-09-02,4\n", DATED)
    [doubt] = await doubts(any_cafe, OCTOBER, DATED)
    assert (doubt.kind, doubt.share) == (DoubtKind.REPLACES, 1)
    assert await doubts(any_cafe, OCTOBER, DATED, "october") == []


async def test_corrected_times_or_answers_are_not_doubted(cafe: Cafe) -> None:
    await cafe.take(OCTOBER, DATED)
    assert await doubts(cafe, OCTOBER.replace("2026-10", "2026-11"), DATED) == []
    assert await doubts(cafe, OCTOBER.replace(",1\n", ",5\n"), DATED) == []
    assert await doubts(cafe, OCTOBER.replace("3,2026-10-03,1", "3,2026-09-03,5"), DATED) == []  # one of three


@pytest.mark.parametrize(
    ("who", "where", "day", "share"),
    [
        ("bert", "counter", "02", 1),
        ("bert", "counter", "01", 0),
        ("anna", "counter", "02", 0),
        ("anna", "table", "02", 1),
    ],
)
async def test_events_of_other_people_or_places_at_other_times_are_doubted(
    cafe: Cafe, who: str, where: str, day: str, share: int
) -> None:
    mapping = EVENTS + 'touchpoint = "Where"'
    await cafe.take("No,Who,At,Where\n1,anna,2026-10-01,counter\n2,anna,2026-10-01,counter\n", mapping)
    rows = "".join(f"{n},{who},2026-10-{day},{where}\n" for n in (1, 2))
    found = await doubts(cafe, "No,Who,At,Where\n" + rows, mapping)
    assert [doubt.share for doubt in found] == ([share] if share else [])


async def test_large_file_is_compared_by_a_sample(cafe: Cafe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.usecases.tables.find_import_doubts.MOST_CONTENTS", 40)
    rows = "".join(f"c{n};{n % 28 + 1:02}.10.2026 10:00;;{n % 5 + 1};;;\n" for n in range(300))
    from tests.usecases.tables.cafe import WIDE

    assert answer_counts(await cafe.take(HEAD + rows)) == {"new": 300}
    [doubt] = await doubts(cafe, HEAD + rows, WIDE, "copy")
    assert (doubt.other, doubt.share) == ("cafe", 1.0)
    others = rows.replace(";10:00", ";10:01").replace("2026 10:00", "2026 10:01")
    assert await doubts(cafe, HEAD + others, WIDE, "copy") == []
