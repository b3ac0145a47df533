"""Imports into anonymous journeys hold no customers, and answers that were imported before lose theirs."""

from collections import Counter

import pytest
from sqlalchemy import select

from bot.db.asking.tables import answer_table
from bot.db.counters import tallies
from bot.db.engine.database import Connection
from bot.usecases.sealing.seal_earlier import SealEarlier
from cjm.journeys.journey_file import read_journey
from cjm.tables.mapping_file import MappingError, read_mapping
from cjm.tables.row_outcome import RowOutcome
from tests.usecases.tables.cafe import HEAD, NOW, NUMBERED, SOURCE, WIDE, Cafe, counts

ANONYMOUS = SOURCE.replace('title = "Café"', 'title = "Café"\nanonymous = true', 1)
UNNAMED = WIDE.replace('customer = "Client"\n', "")


@pytest.mark.parametrize(("mapping", "key"), [(WIDE, "customer"), (NUMBERED, "row")])
def test_a_mapping_that_tells_whose_answers_a_row_holds_is_refused(mapping: str, key: str) -> None:
    with pytest.raises(MappingError, match=f"{key}.*leave it out: the journey is anonymous"):
        read_mapping(mapping, "mapping.toml", read_journey(ANONYMOUS, "cafe.toml"))


async def test_imported_answers_know_their_day_only_and_can_be_taken_back(cafe: Cafe) -> None:
    await cafe.open(ANONYMOUS)
    await cafe.take(HEAD + "17;02.03.2026 09:41;Gdańsk;great;;Nice;9\n17;02.03.2026 17:05;;3;;;\n", UNNAMED)

    def read(tx: Connection) -> set[tuple[object, ...]]:
        return {(row.at, row.changed_at) for row in tx.execute(select(answer_table.c.at, answer_table.c.changed_at))}

    assert len(await cafe.db.read(read)) == 1
    await SealEarlier(cafe.db, 5)(NOW)
    undone = await cafe.undo()
    assert undone.removed.answers == 4
    assert await cafe.count_wrong_counters() == 0


async def test_answers_imported_before_are_separated_from_their_people(any_cafe: Cafe) -> None:
    rows = [f"{n};02.03.2026 09:41;{city};{1 + n % 5};;;\n" for n, city in enumerate(["Gdańsk"] * 12 + ["Warszawa"])]
    table = HEAD + "".join(rows) + "1;04.04.2026 10:00;;5;;Call me: anna@example.org;3\n"
    await any_cafe.take(table)
    before = await any_cafe.db.read(sum_up)
    await any_cafe.open(ANONYMOUS)
    await SealEarlier(any_cafe.db, 5)(NOW)

    def read(tx: Connection) -> list[tuple[object, ...]]:
        columns = (answer_table.c.customer_id, answer_table.c.import_row_id, answer_table.c.day, answer_table.c.text)
        return [tuple(row) for row in tx.execute(select(*columns))]

    answers = await any_cafe.db.read(read)
    assert {(row[0], row[1]) for row in answers} == {(None, None)}
    days = Counter(str(row[2]) for row in answers)
    assert days == {"2026-03-02": 12, "2026-01-01": 4}, "fewer than ten people of a city or a day hide in the year"
    assert not any("@" in str(row[3]) for row in answers)
    assert await any_cafe.db.read(sum_up) == before
    assert await any_cafe.count_wrong_counters() == 0
    again = await any_cafe.open(SOURCE)
    assert counts(await again.take(table)) == {RowOutcome.ERASED: 14}, "their file does not bring the people back"


def sum_up(tx: Connection) -> Counter[tuple[str, str, str]]:
    sums: Counter[tuple[str, str, str]] = Counter()
    for is_settled in (False, True):
        for key, of_key in tallies.list_counters(tx, "cafe", settled=is_settled).items():
            sums[key.subject, key.measure, key.bucket] += of_key.n
    return sums
