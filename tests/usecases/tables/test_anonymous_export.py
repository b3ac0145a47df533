"""Export of an anonymous journey: no name, no time, no row of a few people, and nobody who still answers."""

import csv
import io
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert

from bot.clock import FrozenClock
from bot.db.asking.tables import answer_table
from bot.db.cases import cases
from bot.db.cases.cases import NewCase
from bot.db.engine.database import Connection, Database
from bot.db.journeys import cohorts, journeys
from bot.db.people import customers
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.tables.export_rows import ExportRows
from cjm.asking.decision import AskingRules
from cjm.cases.case import CaseAuthor, CaseKind, CaseOrigin, CaseText
from cjm.journeys.visit import Event
from tests.usecases.tables.cafe import SOURCE

NOW = datetime(2026, 11, 22, 11, 7, 9, 123456, tzinfo=UTC)
DAY = date(2026, 11, 20)


@pytest.fixture
async def cafe(any_db: Database) -> Database:
    """Café whose visitor Anna still answers, with 31 answers that name nobody and one case."""
    clock = FrozenClock(NOW)
    await ApplyJourney(any_db, clock).apply(f"anonymous = true\n{SOURCE}", "cafe.toml")
    event = Event("event-1", "Anna", "cafe", NOW, touchpoint="counter", passage="order-812", amount=12.5)
    await RecordVisits(any_db, clock, AskingRules())([event])
    await any_db.write(_store_answers)
    await any_db.write(_complain)
    return any_db


def _store_answers(tx: Connection) -> None:
    journey = journeys.find_current(tx, "cafe")
    anna = customers.find_by_external_id(tx, "Anna")
    assert journey is not None
    assert anna is not None
    warsaw, gdansk = cohorts.ensure_ids(tx, journey, [{"city": "Warszawa"}, {"city": "Gdańsk"}])
    cells = [(warsaw, "store", DAY)] * 20 + [(gdansk, "store", DAY)] * 5 + [(warsaw, "store", DAY - timedelta(3))] * 6
    rows = [_answer("counter_csat", "csat", cell, value=number % 5 + 1) for number, cell in enumerate(cells)]
    rows += [_answer("counter_words", "text", cells[0], text=f"words {number}") for number in range(10)]
    rows += [_answer("table_csat", "csat", cells[0], value=1) for _ in range(9)]
    rows += [_answer("counter_words", "text", cells[0], text="still answering") | {"customer_id": anna.id, "at": NOW}]
    draw = Random(7)
    tx.execute(insert(answer_table), [row | {"id": draw.getrandbits(62)} for row in rows])


def _answer(question: str, kind: str, cell: tuple[int, str, date], **given: Any) -> dict[str, Any]:
    cohort, channel, day = cell
    what = {"value": None, "text": None} | given
    return what | {
        "journey": "cafe", "version": 1, "question": question, "kind": kind, "subject": "counter", "stage": "visit",
        "day": day, "channel": channel, "cohort_id": cohort, "source": "chat", "customer_id": None,
        "at": datetime(day.year, day.month, day.day, tzinfo=UTC),
    }  # fmt: skip


def _complain(tx: Connection) -> None:
    anna = customers.find_by_external_id(tx, "Anna")
    assert anna is not None
    new = NewCase(
        customer_id=anna.id, kind=CaseKind.COMPLAINT, origin=CaseOrigin.COMMAND, day=NOW.date(), channel="store",
        opened_at=NOW, cohort_id=1, journey="cafe", stage="visit", touchpoint="counter",
    )  # fmt: skip
    number = cases.insert_case(tx, new).number
    cases.insert_message(tx, number, CaseAuthor.CUSTOMER, CaseText("text", "Cold coffee"), NOW)


async def read_export(db: Database, what: str = "answers", minimum: int = 5) -> list[dict[str, Any]]:
    lines = b"".join([piece async for piece in ExportRows(db, minimum)("cafe", what, "ndjson")]).decode()
    return [json.loads(line) for line in lines.splitlines()]


async def test_no_row_names_a_person_an_event_an_order_or_a_time(cafe: Database) -> None:
    for what in ("answers", "visits", "cases"):
        rows = await read_export(cafe, what)
        assert rows
        told = json.dumps(rows)
        for secret in ("Anna", "event-1", "order-812", "12.5", "11:07", "12:07"):
            assert secret not in told
        assert not {"customer", "event_id", "passage", "amount", "measures", "at", "changed_at"} & rows[0].keys()


async def test_answer_that_still_names_somebody_is_not_exported(cafe: Database) -> None:
    texts = {row["text"] for row in await read_export(cafe)}
    assert "still answering" not in texts
    assert texts == {None, *(f"words {number}" for number in range(10))}


async def test_rows_that_few_share_lose_their_attributes_and_day(cafe: Database) -> None:
    """Six answers are of another day than the 25 others: rows without a day would be these, so no row has one."""
    rows = [row for row in await read_export(cafe) if row["question"] == "counter_csat"]
    shown = Counter((row["day"], row["channel"], row["attributes"]["city"]) for row in rows)
    assert shown == {("2026-11", None, None): 31}


async def test_question_with_fewer_answers_than_ten_is_left_out_also_with_a_lower_minimum(cafe: Database) -> None:
    assert {row["question"] for row in await read_export(cafe, minimum=1)} == {"counter_csat", "counter_words"}


async def test_words_need_as_many_answers_as_scores(cafe: Database) -> None:
    assert {row["question"] for row in await read_export(cafe, minimum=11)} == {"counter_csat"}


async def test_table_has_a_column_for_each_thing_that_may_be_told(cafe: Database) -> None:
    text = b"".join([piece async for piece in ExportRows(cafe, 5)("cafe")]).decode()
    rows = list(csv.DictReader(io.StringIO(text[1:], newline="")))
    told = "day stage subject question kind value choice text not_applicable channel source attributes.city"
    assert [*rows[0]] == told.split()
    assert len(rows) == 41


async def test_answers_that_name_nobody_stay_coarse_when_the_journey_is_named_again(cafe: Database) -> None:
    await ApplyJourney(cafe, FrozenClock(NOW)).apply(SOURCE, "cafe.toml")
    rows = await read_export(cafe)
    assert [(row["customer"], row["day"]) for row in rows if row["text"] == "still answering"] == [("Anna", str(DAY))]
    unnamed = [row for row in rows if row["customer"] is None]
    assert {(row["question"], row["at"]) for row in unnamed} == {("counter_csat", None), ("counter_words", None)}
    assert len(rows) == 42
