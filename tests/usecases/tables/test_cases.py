"""Files that once lost something without a word, each the smallest of its kind, with the right value."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.clock import FrozenClock
from bot.db.engine.database import Database
from bot.db.journeys import journeys
from bot.db.upkeep import counter_check
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.maps.make_map import MakeMap, MapRequest
from bot.usecases.tables.export_rows import ExportRows
from bot.usecases.tables.import_report import ImportReport
from bot.usecases.tables.import_source import TableError, open_table
from bot.usecases.tables.import_table import ImportTable
from bot.usecases.tables.undo_import import UndoImport
from cjm.asking.decision import AskingRules
from cjm.figures.map_json import map_as_json
from cjm.journeys.journey_file import read_journey
from cjm.tables.mapping_file import MappingError
from cjm.tables.own.columns import ExportKind
from cjm.tables.row_outcome import RowOutcome

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOURCE = """
key = "case"
title = "Case"
languages = ["en"]
timezone = "UTC"
scale = "csat"
attributes = [{ key = "plan", title = "Plan" }]
[[stages]]
key = "s"
title = "S"
touchpoints = [{ key = "t", title = "T", channel = "site" }]
[[surveys]]
key = "v"
on = { touchpoint = "t" }
[[surveys.questions]]
key = "v_csat"
kind = "csat"
text = "q"
[[surveys.questions]]
key = "v_why"
kind = "choice"
text = "why"
options = [{ key = "a", title = "Rude" }, { key = "b", title = "Dirty" }]
[[surveys.questions]]
key = "v_words"
kind = "text"
text = "q"
"""
CASE = read_journey(SOURCE, "journey.toml")
NUMBERED = 'row = "id"\nday = 2026-10-01\n'
Import = Callable[..., Any]


class ImportDesk:
    """Database with the journey of the cases, and what a person does with tables there."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db, self._folder = db, folder

    async def import_table(self, table: str, mapping: str, name: str = "case") -> ImportReport:
        path = self._folder / "t.csv"
        path.write_text(table, "utf-8")
        source = open_table(path, CASE, mapping, "m.toml", name)
        return await ImportTable(self._db, FrozenClock(NOW), AskingRules())(source)

    async def undo(self, name: str) -> None:
        await UndoImport(self._db)("case", name)

    async def export(self, kind: ExportKind = ExportKind.ANSWERS) -> list[dict[str, Any]]:
        pieces = [piece async for piece in ExportRows(self._db, 5)("case", kind, "ndjson")]
        return [json.loads(line) for line in b"".join(pieces).splitlines()]

    async def draw_map(self, last: date) -> dict[str, Any]:
        request = MapRequest("case", last=last)
        return map_as_json(await MakeMap(self._db, FrozenClock(NOW), 5)(request))

    async def assert_counters_are_right(self) -> None:
        wrong = await self._db.read(lambda tx: counter_check.list_wrong_counters(tx, journeys.list_current(tx)["case"]))
        assert wrong == []


@pytest.fixture
async def desk(db: Database, tmp_path: Path) -> ImportDesk:
    await ApplyJourney(db, FrozenClock(NOW)).apply(SOURCE, "journey.toml")
    return ImportDesk(db, tmp_path)


def counts(report: ImportReport) -> dict[str, int]:
    return {outcome.value: n for outcome, n in report.rows.items() if n}


def values_by_day(rows: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return sorted((row["day"], row["value"]) for row in rows)


class TestCorrectedImport:
    """A date read in the wrong order is mended by importing again; so are a value, the scale and an attribute."""

    TABLE = "id,at,s,plan\n1,03/04/2026,1,gold\n2,13/04/2026,5,gold\n"
    MAPPING = 'row = "id"\nat = {{ column = "at", format = "{}" }}\nattributes.plan = "plan"\nquestions.v_csat = "s"'
    WRONG, RIGHT = MAPPING.format("%m/%d/%Y"), MAPPING.format("%d/%m/%Y")

    async def test_row_moves_to_the_day_that_it_means(self, desk: ImportDesk) -> None:
        report = await desk.import_table(self.TABLE, self.WRONG)
        assert counts(report) == {"new": 1, "refused": 1}
        assert values_by_day(await desk.export()) == [("2026-03-04", 1)]
        report = await desk.import_table(self.TABLE, self.RIGHT)
        assert counts(report) == {"corrected": 1, "new": 1}
        assert values_by_day(await desk.export()) == [("2026-04-03", 1), ("2026-04-13", 5)]
        await desk.assert_counters_are_right()

    @pytest.mark.parametrize(
        ("table", "mapping", "expected"),
        [
            (TABLE.replace("2026,1", "2026,2"), RIGHT, (2, "gold")),
            (TABLE.replace("gold", "silver", 1), RIGHT, (1, "silver")),
            (TABLE, RIGHT.replace('"s"', '{ column = "s", range = [5, 1] }'), (5, "gold")),
        ],
        ids=["value", "attribute", "scale"],
    )
    async def test_other_corrections(
        self, desk: ImportDesk, table: str, mapping: str, expected: tuple[int, str]
    ) -> None:
        await desk.import_table(self.TABLE, self.RIGHT)
        assert counts(await desk.import_table(table, mapping))["corrected"] >= 1
        (row,) = [row for row in await desk.export() if row["day"] == "2026-04-03"]
        assert (row["value"], row["attributes"]["plan"]) == expected
        assert counts(await desk.import_table(table, mapping)) == {"known": 2}
        await desk.assert_counters_are_right()

    async def test_it_is_taken_back_whole(self, desk: ImportDesk) -> None:
        before = await desk.draw_map(date(2026, 4, 20))
        await desk.import_table(self.TABLE, self.WRONG)
        await desk.import_table(self.TABLE, self.RIGHT)
        await desk.undo("case")
        assert await desk.export() == []
        assert await desk.draw_map(date(2026, 4, 20)) == before
        await desk.assert_counters_are_right()


class TestHeaderRows:
    """Further header rows of a survey tool are no customers, and a table may have no header."""

    QUALTRICS = (
        'Q1,Q2\nHow was it?,Anything else?\n"{""ImportId"":""QID1""}","{""ImportId"":""QID2_TEXT""}"\n'
        "5,Lovely\n4,Slow till\n"
    )
    MAPPING = 'day = 2026-10-01\nquestions.v_words = "Q2"'

    async def test_undeclared_header_rows_stop_the_import(self, desk: ImportDesk) -> None:
        with pytest.raises((TableError, MappingError), match="header_rows = 3") as caught:
            await desk.import_table(self.QUALTRICS, self.MAPPING)
        assert "Anything else" not in str(caught.value)
        assert await desk.export() == []

    async def test_declared_header_rows_are_no_quotes(self, desk: ImportDesk) -> None:
        report = await desk.import_table(self.QUALTRICS, f"header_rows = 3\n{self.MAPPING}")
        assert counts(report) == {"new": 2}
        assert sorted(row["text"] for row in await desk.export()) == ["Lovely", "Slow till"]

    CALLS = "2026-02-28,12:00,48500000000,agent-1,5\n2026-02-28,12:05,48500000001,agent-2,4\n"

    async def test_first_row_of_a_table_without_header_is_never_shown(self, desk: ImportDesk) -> None:
        with pytest.raises((TableError, MappingError), match="header_rows = 0") as caught:
            await desk.import_table(self.CALLS, 'at = "1"\nquestions.v_csat = "5"')
        for cell in ("2026", "12:00", "48500000000", "agent-1"):
            assert cell not in str(caught.value)

    async def test_table_without_header_is_read_by_number(self, desk: ImportDesk) -> None:
        mapping = "header_rows = 0\nat = { columns = [1, 2] }\nquestions.v_csat = 5"
        assert counts(await desk.import_table(self.CALLS, mapping)) == {"new": 2}
        assert sorted((row["at"][:16], row["value"]) for row in await desk.export()) == [
            ("2026-02-28T12:00", 5), ("2026-02-28T12:05", 4)
        ]  # fmt: skip

    async def test_no_break_space_in_a_header_is_a_space(self, desk: ImportDesk) -> None:
        question = "How important is each feature you named to tell that it is good? [F1]"
        table = f"{question.replace(' ', chr(0xA0), 3)},id\n5,1\n"
        assert counts(await desk.import_table(table, f'{NUMBERED}questions.v_csat = "{question}"')) == {"new": 1}


class TestCells:
    """Labels match in any case; NULL in a measure is no value."""

    async def test_labels_of_scales_match_in_any_case(self, desk: ImportDesk) -> None:
        mapping = f'{NUMBERED}values = {{ "Satisfied" = 4 }}\nquestions.v_csat = "s"'
        assert counts(await desk.import_table("id,s\n1,Satisfied\n2,satisfied\n", mapping)) == {"new": 2}
        assert [row["value"] for row in await desk.export()] == [4, 4]

    async def test_null_in_a_measure_is_no_value_and_touchpoints_match_in_any_case(self, desk: ImportDesk) -> None:
        mapping = (
            'kind = "events"\nshape = "long"\nrow = "id"\ncustomer = "cust"\nat = "at"\n'
            'touchpoint = "tp"\nmeasures = { wait = "wait" }'
        )
        table = "id,cust,at,tp,wait\n1,a,2026-10-01,t,NULL\n2,b,2026-10-01,T,3\n"
        assert counts(await desk.import_table(table, mapping)) == {"new": 2}
        visits = sorted(await desk.export(ExportKind.VISITS), key=lambda row: str(row["customer"]))
        assert [(row["customer"], row["touchpoint"], row["measures"]) for row in visits] == [
            ("a", "t", None), ("b", "t", {"wait": 3})
        ]  # fmt: skip

    async def test_barrier_of_one_person_is_on_no_map(self, desk: ImportDesk) -> None:
        mapping = f'{NUMBERED}questions.v_csat = "s"\nquestions.v_why = "w"'
        assert counts(await desk.import_table("id,s,w\n1,1,a\n", mapping)) == {"new": 1}
        drawn = await desk.draw_map(date(2026, 10, 10))
        assert drawn["stages"][0]["barriers"] == []
        assert "Rude" not in json.dumps(drawn)


class TestTwoFiles:
    """Another file is other people, also where its numbers begin at 1 again or its rows are equal."""

    async def test_numbers_that_begin_again_are_other_people(self, desk: ImportDesk) -> None:
        mapping = 'row = "id"\nat = "at"\nquestions.v_csat = "s"'
        september = "id,at,s\n1,2026-09-01,5\n2,2026-09-02,4\n"
        october = "id,at,s\n1,2026-10-01,1\n2,2026-10-02,1\n3,2026-10-03,1\n"
        assert counts(await desk.import_table(september, mapping, "september")) == {"new": 2}
        assert counts(await desk.import_table(october, mapping, "october")) == {"new": 3}
        rows = await desk.export()
        assert len({row["customer"] for row in rows}) == 5
        assert values_by_day(rows) == [
            ("2026-09-01", 5), ("2026-09-02", 4), ("2026-10-01", 1), ("2026-10-02", 1), ("2026-10-03", 1)
        ]  # fmt: skip

    async def test_second_anonymous_file_has_all_of_its_people(self, desk: ImportDesk) -> None:
        mapping: Mapping[str, str] = {
            month: f'name = "monthly"\nday = 2026-{month}-15\nquestions.v_csat = "s"' for month in ("09", "10")
        }
        await desk.import_table("s\n5\n4\n3\n5\n", mapping["09"])
        report = await desk.import_table("s\n5\n4\n5\n5\n2\n", mapping["10"])
        assert counts(report) == {"new": 5}
        drawn = await desk.draw_map(date(2026, 10, 20))
        assert drawn["stages"][0]["scores"]["csat"]["n"] == 5
        assert counts(await desk.import_table("s\n5\n4\n5\n5\n2\n", mapping["10"])) == {"known": 5}
        assert report.rows[RowOutcome.KNOWN] == 0
