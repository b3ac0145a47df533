"""Export: complete, and harmless in a spreadsheet. Anonymous journeys: test_anonymous_export.py."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import FrozenClock
from bot.db.cases import cases
from bot.db.cases.cases import NewCase
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.usecases.asking.explain_asking import ExplainAsking
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.tables.export_rows import ExportError, ExportRows
from bot.usecases.tables.import_source import open_table
from bot.usecases.tables.import_table import ImportTable
from cjm.asking.decision import AskingRules
from cjm.cases.case import CaseAuthor, CaseKind, CaseOrigin, CaseText
from cjm.journeys.journey_file import read_journey
from tests.usecases.tables.cafe import HEAD, SOURCE, WIDE

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROWS = (
    "Anna;24.10.2026 23:30;Gdańsk;2;rude;=HYPERLINK(1);9\n"
    "+48 600;25.10.2026 10:00;Warszawa;5;;ordinary words;\n"
    "Cyd;25.10.2026 10:00;Warszawa;4;;;\n"
)
EVENTS = """
kind = "events"
ask = true
customer = "who"
attributes = { city = "city" }
[touchpoints]
counter = "came"
"""


@pytest.fixture
async def cafe(db: Database, tmp_path: Path) -> Database:
    clock, journey, file = FrozenClock(NOW), read_journey(SOURCE, "cafe.toml"), tmp_path / "t.csv"
    await ApplyJourney(db, clock).apply(SOURCE, "cafe.toml")
    take = ImportTable(db, clock, AskingRules())
    came = "who,city,came\nAnna,Gdańsk,2026-11-22T11:00Z\n"
    for rows, mapping in ((HEAD + ROWS, WIDE), (came, EVENTS)):
        file.write_text(rows, "utf-8")
        await take(open_table(file, journey, mapping, "mapping.toml", "past"))
    await db.write(_complain)
    return db


def _complain(tx: Connection) -> None:
    anna = customers.find_by_external_id(tx, "Anna")
    assert anna is not None
    new = NewCase(
        customer_id=anna.id, kind=CaseKind.COMPLAINT, origin=CaseOrigin.COMMAND, day=NOW.date(), channel="store",
        opened_at=NOW, cohort_id=1,
        journey="cafe", stage="visit", touchpoint="counter",
    )  # fmt: skip
    number = cases.insert_case(tx, new).number
    cases.insert_message(tx, number, CaseAuthor.CUSTOMER, CaseText("text", "-1 to you"), NOW)


async def exported(db: Database, what: str, form: str = "csv", minimum: int = 2) -> str:
    return b"".join([piece async for piece in ExportRows(db, minimum)("cafe", what, form)]).decode()


def table(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


async def test_answers_as_a_spreadsheet_takes_them(cafe: Database) -> None:
    rows = table(await exported(cafe, "answers"))
    assert len(rows) == 7
    first = rows[0]
    assert (first["customer"], first["at"], first["day"]) == ("Anna", "2026-10-24 23:30:00", "2026-10-24")
    assert (first["question"], first["value"], first["attributes.city"]) == ("counter_csat", "2", "Gdańsk")
    assert rows[2]["text"] == "'=HYPERLINK(1)"
    assert rows[4]["customer"] == "'+48 600"
    assert rows[1]["choice"] == "rude"


async def test_lines_of_json_hold_what_was_said(cafe: Database) -> None:
    rows = [json.loads(line) for line in (await exported(cafe, "answers", "ndjson")).splitlines()]
    assert rows[2]["text"] == "=HYPERLINK(1)"
    assert rows[0]["at"] == "2026-10-24T23:30:00+02:00"
    assert rows[0]["attributes"] == {"city": "Gdańsk"}


async def test_visits_and_cases(cafe: Database) -> None:
    [visit] = table(await exported(cafe, "visits"))
    assert (visit["customer"], visit["touchpoint"], visit["at"]) == ("Anna", "counter", "2026-11-22 12:00:00")
    assert visit["event_id"].startswith("cafe/past:")
    [case] = table(await exported(cafe, "cases"))
    assert (case["number"], case["customer"], case["text"], case["messages"]) == ("1", "Anna", "'-1 to you", "1")


async def test_more_rows_than_a_page(cafe: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.db.figures import exports

    monkeypatch.setattr(exports, "PAGE_SIZE", 2)
    assert len(table(await exported(cafe, "answers"))) == 7


async def test_an_unknown_journey_or_kind_is_refused(cafe: Database) -> None:
    with pytest.raises(ExportError, match=r'there is no journey "bar"; the journeys are: cafe'):
        await anext(ExportRows(cafe, 5)("bar"))
    with pytest.raises(ExportError, match="answers, visits, invitations, decisions, cases, changes"):
        await anext(ExportRows(cafe, 5)("cafe", "secrets"))


async def test_why_somebody_was_not_asked(cafe: Database) -> None:
    explain = ExplainAsking(cafe)
    found = await explain("Anna")
    assert found is not None
    assert not found.has_chat
    [story] = found.stories
    [told] = story.surveys
    assert (story.journey, story.subject, told.survey) == ("cafe", "counter", "counter")
    assert [(step.kind, step.reason) for step in told.steps] == [("waiting", "no_chat")]
    assert await explain("nobody") is None
    assert await explain("telegram:5") is None
