"""Rows of events that are known: equal, corrected, taken back with and without questions to people, and of others."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.db.asking import invitations
from bot.db.asking.tables import invitation_table
from bot.db.engine.database import Connection
from bot.db.journeys import visits
from bot.db.journeys.tables import visit_table
from bot.db.people.tables import customer_table
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.maps.make_map import MakeMap, MapRequest
from cjm.asking.invitation_state import InvitationState
from cjm.journeys.visit import Event
from cjm.tables.row_outcome import RowOutcome
from tests.usecases.tables.cafe import CLOCK, NOW, RULES, Cafe, counts, reasons

NEW, CORRECTED, KNOWN, REFUSED = RowOutcome.NEW, RowOutcome.CORRECTED, RowOutcome.KNOWN, RowOutcome.REFUSED
LONG = """
kind = "events"
shape = "long"
customer = "who"
at = "at"
row = "id"
touchpoint = "where"
channel = { column = "by" }
passage = "order"
amount = "paid"
measures = { wait = "waited" }
attributes = { city = "city" }
"""
SHARED = LONG.replace('row = "id"', 'event = "id"')
WIDE = 'kind = "events"\nrow = "id"\ncustomer = "who"\n[touchpoints]\ncounter = "came"\nreceipt = "paid"'
HEAD = "id,who,at,where,by,order,paid,waited,city\n"
ROW = {
    "id": "1",
    "who": "Anna",
    "at": "2026-11-10T10:00Z",
    "where": "counter",
    "by": "",
    "order": "7",
    "paid": "5",
    "waited": "2",
    "city": "Gdańsk",
}


def table(*rows: dict[str, str]) -> str:
    return HEAD + "".join(",".join((ROW | row).values()) + "\n" for row in rows)


async def list_stored(cafe: Cafe) -> dict[str, visits.Visit]:
    """Return the visits that stand, by the id of the event."""

    def read(tx: Connection) -> dict[str, visits.Visit]:
        ids = tx.scalars(select(visit_table.c.id).where(visit_table.c.withdrawn.is_(False)))
        return {visit.event_id: visit for visit in visits.list_by_ids(tx, list(ids))}

    return await cafe.db.read(read)


async def count_people(cafe: Cafe) -> int:
    return await cafe.db.read(lambda tx: len(tx.execute(select(customer_table)).all()))


def record(cafe: Cafe) -> RecordVisits:
    return RecordVisits(cafe.db, CLOCK, RULES)


EVENT = Event(
    "1",
    "Anna",
    "cafe",
    datetime(2026, 11, 10, 10, tzinfo=UTC),
    touchpoint="counter",
    passage="7",
    amount=5,
    measures={"wait": 2},
    attributes={"city": "Gdańsk"},
)
"""Same as `ROW`, over HTTP."""


@pytest.mark.parametrize(
    ("column", "value", "changed"),
    [
        ("at", "2026-11-11T10:00Z", "at"),
        ("where", "receipt", "touchpoint"),
        ("by", "app", "channel"),
        ("order", "8", "passage"),
        ("paid", "", "amount"),
        ("waited", "3", "measures"),
        ("city", "Warszawa", "attributes"),
        ("who", "Bert", "customer"),
    ],
)
async def test_row_with_another_value_is_corrected_and_figures_follow(
    cafe: Cafe, column: str, value: str, changed: str
) -> None:
    await cafe.take(table({}, {"id": "2", "at": "2026-11-12T10:00Z", "where": "receipt"}), LONG)
    corrected = table({column: value}, {"id": "2", "at": "2026-11-12T10:00Z", "where": "receipt"})
    report = await cafe.take(corrected, LONG)
    assert counts(report) == {CORRECTED: 1, KNOWN: 1}
    assert changed in report.examples[CORRECTED][0].changed
    assert await cafe.count_wrong_counters() == 0
    assert counts(await cafe.take(corrected, LONG)) == {KNOWN: 2}
    assert len(await list_stored(cafe)) == 2


async def test_corrected_event_counts_as_what_it_is_now(any_cafe: Cafe) -> None:
    await any_cafe.take(table({}), LONG)
    await any_cafe.take(table({"where": "receipt", "who": "Bert", "city": "Warszawa", "at": "2026-11-12"}), LONG)
    made = await MakeMap(any_cafe.db, CLOCK, 1)(MapRequest("cafe"))
    assert {p.key: p.visits for stage in made.stages for p in stage.touchpoints} == {
        "counter": 0,
        "table": 0,
        "receipt": 1,
    }
    assert await count_people(any_cafe) == 1, "of Anna nothing is known any more"
    assert await any_cafe.count_wrong_counters() == 0


async def test_wide_row_gains_and_loses_events(cafe: Cafe) -> None:
    await cafe.take("id,who,came,paid\n1,Anna,2026-11-10 10:00,\n2,Bert,2026-11-10 10:00,2026-11-10 11:00\n", WIDE)
    later = "id,who,came,paid\n1,Anna,2026-11-10 10:00,2026-11-10 10:30\n2,Bert,,2026-11-10 11:00\n"
    report = await cafe.take(later, WIDE)
    assert counts(report) == {CORRECTED: 2}
    assert [result.changed for result in report.examples[CORRECTED]] == [("receipt",), ("counter",)]
    assert {key.partition(":")[2] for key in await list_stored(cafe)} == {"1:counter", "1:receipt", "2:receipt"}
    assert await cafe.count_wrong_counters() == 0


async def test_name_that_stands_twice_in_a_file_counts_once_or_is_refused(cafe: Cafe) -> None:
    report = await cafe.take(table({}, {}, {"paid": "6"}, {"id": "2", "at": "1999-01-01"}), LONG)
    assert (counts(report), len(await list_stored(cafe))) == ({NEW: 1, KNOWN: 1, REFUSED: 2}, 1)


async def test_event_that_is_known_from_elsewhere_is_not_the_imports(any_cafe: Cafe) -> None:
    await record(any_cafe)([EVENT])
    report = await any_cafe.take(table({}, {"id": "2", "at": "2026-11-12"}), SHARED, "one")
    assert counts(report) == {KNOWN: 1, NEW: 1}
    assert counts(await any_cafe.take(table({}, {"id": "2", "at": "2026-11-12"}), SHARED, "two")) == {KNOWN: 2}
    assert (await any_cafe.undo("two")).removed.visits == 0
    assert (await any_cafe.undo("one")).removed.visits == 1
    assert list(await list_stored(any_cafe)) == ["1"]
    assert await any_cafe.count_wrong_counters() == 0


async def test_event_that_is_known_otherwise_is_refused(cafe: Cafe) -> None:
    await record(cafe)([EVENT])
    report = await cafe.take(table({"paid": "6", "at": "2026-11-11"}), SHARED)
    message = "the event is known already, from elsewhere, with another value of at, amount"
    assert reasons(report) == [(message, [2])]
    others = await cafe.take(table({"who": "Bert"}), SHARED)
    assert reasons(others) == [("id: an event of another customer or journey has this id already", [2])]
    assert await count_people(cafe) == 1, "a refused row makes nobody"


async def test_event_that_comes_over_http_too_stays_when_its_import_goes(any_cafe: Cafe) -> None:
    await any_cafe.take(table({}), SHARED)
    assert [r.status for r in await record(any_cafe)([replace(EVENT, amount=9), EVENT])] == ["differs", "repeated"]
    assert (await any_cafe.undo()).removed.visits == 0
    assert list(await list_stored(any_cafe)) == ["1"]
    assert await any_cafe.count_wrong_counters() == 0


async def test_event_that_was_withdrawn_over_http_stays_away(cafe: Cafe) -> None:
    await cafe.take(table({}), SHARED)
    await record(cafe)([replace(EVENT, withdrawn=True)])
    assert counts(await cafe.take(table({"paid": "6"}), SHARED)) == {CORRECTED: 1}
    assert await list_stored(cafe) == {}
    await cafe.undo()
    assert [r.status for r in await record(cafe)([replace(EVENT, amount=6)])] == ["repeated"]
    assert await list_stored(cafe) == {}
    assert await cafe.count_wrong_counters() == 0


# ---- visits that somebody was asked about ----------------------------------------------------------------------------

ASKING = LONG.replace('shape = "long"', 'shape = "long"\nask = true')
JUST_NOW = {"at": (NOW - timedelta(hours=1)).isoformat()}


async def set_invitations(cafe: Cafe, state: InvitationState) -> None:
    """Give every invitation this state, as a conversation would."""
    sent = None if state is InvitationState.WAITING else NOW

    def write(tx: Connection) -> None:
        for invitation in invitations.list_by_states(tx, [InvitationState.WAITING]):
            invitations.set_state(tx, invitation.id, InvitationState.RESERVED)
            invitations.set_state(tx, invitation.id, state, sent_at=sent, expires_at=NOW + timedelta(days=1))

    await cafe.db.write(write)


async def list_invitations(cafe: Cafe) -> list[tuple[str, str]]:
    def read(tx: Connection) -> list[tuple[str, str]]:
        rows = tx.execute(select(invitation_table).order_by(invitation_table.c.id))
        return [(row.state.value, str(row.day)) for row in rows]

    return await cafe.db.read(read)


async def test_only_new_rows_are_asked_about(cafe: Cafe) -> None:
    await cafe.take(table(JUST_NOW), ASKING)
    assert await list_invitations(cafe) == [("waiting", "2026-11-22")]
    await cafe.take(table(JUST_NOW | {"who": "Bert", "by": "app"}), ASKING)
    assert await list_invitations(cafe) == [], "nobody was asked, and what another row said is asked about nobody"


@pytest.mark.parametrize(
    ("correction", "state"),
    [
        ({"paid": "6", "by": "app"}, "waiting"),
        ({"where": "receipt"}, "dropped"),
        ({"at": "2026-11-22T10:00Z"}, "dropped"),
    ],
)
async def test_question_that_waits_is_dropped_when_its_visit_moves(
    cafe: Cafe, correction: dict[str, str], state: str
) -> None:
    await cafe.take(table(JUST_NOW), ASKING)
    await cafe.take(table(JUST_NOW | correction), ASKING)
    assert [found for found, _ in await list_invitations(cafe)] == [state]


async def test_question_that_was_sent_follows_its_visit_to_another_day(any_cafe: Cafe) -> None:
    await any_cafe.take(table(JUST_NOW), ASKING)
    await set_invitations(any_cafe, InvitationState.OPEN)
    await any_cafe.take(table(JUST_NOW | {"at": "2026-11-20T10:00Z"}), ASKING)
    assert await list_invitations(any_cafe) == [("open", "2026-11-20")]
    assert await any_cafe.count_wrong_counters() == 0


async def test_visit_that_was_asked_about_stays_withdrawn_and_comes_back_with_its_row(any_cafe: Cafe) -> None:
    await any_cafe.take(table(JUST_NOW, {"id": "2", "who": "Bert"}), ASKING.replace("row", "event"))
    await set_invitations(any_cafe, InvitationState.OPEN)
    assert (await any_cafe.undo()).removed.visits == 2
    assert (await list_stored(any_cafe), await list_invitations(any_cafe)) == ({}, [("open", "2026-11-22")])
    assert await count_people(any_cafe) == 1
    assert await any_cafe.count_wrong_counters() == 0
    again = await any_cafe.take(table(JUST_NOW | {"paid": "6"}), ASKING.replace("row", "event"))
    assert counts(again) == {NEW: 1}
    assert (await list_stored(any_cafe))["1"].amount == 6
    assert await list_invitations(any_cafe) == [("open", "2026-11-22")], "nobody is asked twice about one visit"
    assert await any_cafe.count_wrong_counters() == 0


async def test_event_of_an_import_that_was_taken_back_is_new_over_http(cafe: Cafe) -> None:
    await cafe.take(table(JUST_NOW), ASKING.replace("row", "event"))
    await set_invitations(cafe, InvitationState.OPEN)
    await cafe.undo()
    event = replace(EVENT, at=NOW - timedelta(hours=1))
    assert [r.status for r in await record(cafe)([event, event])] == ["accepted", "repeated"]
    assert counts(await cafe.take(table(JUST_NOW), SHARED)) == {KNOWN: 1}
    assert await cafe.count_wrong_counters() == 0


async def test_question_that_was_not_sent_goes_with_its_visit(cafe: Cafe) -> None:
    await cafe.take(table(JUST_NOW), ASKING)
    undone = (await cafe.undo()).removed
    assert (undone.visits, undone.people, await list_invitations(cafe)) == (1, 1, [])
