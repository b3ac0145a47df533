"""Tables of past events: every shape, and whether somebody is asked about them."""

import pytest

from bot.db.asking import decisions
from bot.db.engine.database import Connection
from bot.db.journeys import visits
from bot.db.people import customers
from cjm.tables.row_outcome import RowOutcome
from tests.usecases.tables.cafe import Cafe, answer_counts, counts, reasons

NEW, KNOWN, REFUSED = RowOutcome.NEW, RowOutcome.KNOWN, RowOutcome.REFUSED
LONG = """
kind = "events"
shape = "long"
customer = "who"
at = "at"
event = "id"
touchpoint = "where"
amount = "paid"
attributes = { city = "city" }
"""


async def test_a_long_table_has_a_row_for_each_event(cafe: Cafe) -> None:
    table = (
        "id,who,at,where,paid,city\n"
        'e1,Anna,2026-10-24 10:00,counter,"12,50",Gdańsk\n'
        "e2,Anna,2026-10-25 10:00,receipt,,\n"
        "e3,Anna,2026-10-25 10:00,nowhere,,\n"
        "e4,Anna,2026-10-25 10:00,counter,much,\n"
        "e5,Anna,2026-10-25 10:00,,1,\n"
    )
    found = await cafe.take(table, LONG)
    assert counts(found) == {NEW: 2, REFUSED: 3}
    assert answer_counts(found) == {"new": 2}
    assert (found.people, str(found.first_day), str(found.last_day)) == (1, "2026-10-24", "2026-10-25")
    assert sorted(line for _, lines in reasons(found) for line in lines) == [4, 5, 6]
    known = await cafe.db.read(lambda tx: visits.list_by_event_ids(tx, ["e1", "e2"]))
    assert (known["e1"].amount, known["e2"].touchpoint) == (12.5, "receipt")
    assert counts(await cafe.take(table, LONG)) == {KNOWN: 2, REFUSED: 3}
    assert await cafe.count_wrong_counters() == 0


async def test_a_wide_table_has_a_column_for_each_touchpoint(cafe: Cafe) -> None:
    mapping = 'kind = "events"\ncustomer = "who"\n[touchpoints]\ncounter = "came"\nafter = "left"'
    found = await cafe.take("who,came,left\nAnna,2026-10-24 10:00,2026-10-24 11:00\nBert,2026-10-24,\n", mapping)
    assert (counts(found), answer_counts(found)) == ({NEW: 2}, {"new": 3})
    assert {key: sum(s.outcomes.values()) for key, s in found.subjects.items()} == {"counter": 2, "after": 1}
    assert await cafe.count_wrong_counters() == 0


@pytest.mark.parametrize(("ask", "decided"), [("", 0), ("ask = true\n", 1)])
async def test_nobody_is_asked_about_the_past_unless_that_is_wanted(cafe: Cafe, ask: str, decided: int) -> None:
    mapping = f'kind = "events"\n{ask}customer = "who"\n[touchpoints]\ncounter = "came"'
    await cafe.take("who,came\nAnna,2026-11-22T11:00Z\n", mapping)

    def count_decisions(tx: Connection) -> int:
        anna = customers.find_by_external_id(tx, "Anna")
        return len(decisions.list_by_customer(tx, anna.id)) if anna else -1

    assert await cafe.db.read(count_decisions) == decided
