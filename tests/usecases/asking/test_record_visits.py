"""Events that come once, late, repeated, withdrawn or wrong; the counters always equal the rows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.clock import FrozenClock
from bot.db.asking import invitations
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.journeys.tables import stage_entry_table
from bot.db.upkeep import counter_check
from bot.usecases.asking.asking_decisions import SurveyDecision
from bot.usecases.asking.event_checks import EventResult, EventStatus
from bot.usecases.asking.record_visits import RecordVisits, record_events
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.maps.make_map import MakeMap, MapRequest
from cjm.asking.decision import AskingReason, AskingRules, AskingVerdict
from cjm.asking.invitation_state import InvitationState
from cjm.errors import Mistake
from cjm.journeys.visit import Event
from tests.depth import choose_depth
from tests.journeys import SMALL
from tests.statements import listen_to_statements

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEARCH = Event("e1", "anna", "small", NOW - timedelta(hours=3), touchpoint="search")
PAY = Event("e2", "anna", "small", NOW - timedelta(hours=1), touchpoint="pay")


@pytest.fixture
async def record_visits(any_db: Database) -> RecordVisits:
    clock = FrozenClock(NOW)
    await ApplyJourney(any_db, clock).apply(SMALL, "small.toml")
    return RecordVisits(any_db, clock, AskingRules())


def entries(tx: Connection) -> list[tuple[str, bool]]:
    found = tx.execute(select(stage_entry_table.c.stage, stage_entry_table.c.next_at).order_by(stage_entry_table.c.at))
    return [(r.stage, r.next_at is not None) for r in found]


def wrong_counters(tx: Connection) -> list[object]:
    return [
        wrong
        for journey in journeys.list_current(tx).values()
        for wrong in counter_check.list_wrong_counters(tx, journey)
    ]


async def test_an_event_is_counted_once_however_often_it_comes(any_db: Database, record_visits: RecordVisits) -> None:
    assert [r.status for r in await record_visits([PAY, PAY])] == [EventStatus.ACCEPTED, EventStatus.REPEATED]
    assert [r.status for r in await record_visits([PAY])] == [EventStatus.REPEATED]
    made = await MakeMap(any_db, FrozenClock(NOW), 5)(MapRequest("small"))
    assert made.totals.visits == 1
    assert made.stages[1].touchpoints[0].visits == 1


async def test_a_late_event_is_put_in_its_place(any_db: Database, record_visits: RecordVisits) -> None:
    await record_visits([PAY])
    assert await any_db.read(entries) == [("buy", False)]
    await record_visits([SEARCH])
    assert await any_db.read(entries) == [("find", True), ("buy", False)]
    assert await any_db.read(wrong_counters) == []


async def test_a_new_time_zone_leaves_the_counters_equal_to_the_rows(
    any_db: Database, record_visits: RecordVisits
) -> None:
    just_after_midnight_in_warsaw = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
    await record_visits([replace(SEARCH, at=just_after_midnight_in_warsaw)])
    in_new_york = SMALL.replace("Europe/Warsaw", "America/New_York")
    await ApplyJourney(any_db, FrozenClock(NOW)).apply(in_new_york, "small.toml")
    await record_visits([PAY])
    assert await any_db.read(entries) == [("find", True), ("buy", False)]
    assert await any_db.read(wrong_counters) == []


async def test_a_withdrawn_event_never_happened_and_cannot_come_back(
    any_db: Database, record_visits: RecordVisits
) -> None:
    await record_visits([SEARCH, PAY])
    assert (await record_visits([replace(PAY, withdrawn=True)]))[0].status is EventStatus.ACCEPTED
    assert (await record_visits([PAY]))[0].status is EventStatus.REPEATED
    assert await any_db.read(entries) == [("find", False)]
    assert await any_db.read(lambda tx: invitations.list_by_states(tx, [InvitationState.WAITING])) == []
    assert await any_db.read(wrong_counters) == []


async def test_an_event_that_comes_withdrawn_first_is_remembered(record_visits: RecordVisits) -> None:
    await record_visits([replace(PAY, withdrawn=True)])
    assert (await record_visits([PAY]))[0].status is EventStatus.REPEATED


@pytest.mark.parametrize(
    ("event", "mistake"),
    [
        (replace(PAY, journey="big"), Mistake("journey", "there is no journey with this key; the journeys are: small")),
        (
            replace(PAY, touchpoint="paying"),
            Mistake("touchpoint", "the journey small has no touchpoint with this key; did you mean pay?"),
        ),
        (
            replace(PAY, touchpoint="delivery"),
            Mistake(
                "touchpoint",
                "the journey small has no touchpoint with this key; "
                "its touchpoints are: search, advert, pay, call, open",
            ),
        ),
        (replace(PAY, touchpoint=None), Mistake("touchpoint", "is missing; name a touchpoint or a stage")),
        (replace(PAY, stage="use"), Mistake("stage", "the touchpoint belongs to the stage buy")),
        (replace(PAY, at=datetime(1, 1, 1, tzinfo=UTC)), Mistake("at", "is before the year 2000")),
        (replace(PAY, at=datetime(9999, 12, 31, tzinfo=UTC)), Mistake("at", "is more than a day ahead of now")),
    ],
)
async def test_a_wrong_event_says_what_is_wrong_and_the_others_are_taken(
    record_visits: RecordVisits, event: Event, mistake: Mistake
) -> None:
    assert await record_visits([replace(event, id="wrong"), SEARCH]) == [
        EventResult("wrong", EventStatus.REJECTED, (mistake,)),
        EventResult("e1", EventStatus.ACCEPTED),
    ]


async def test_leaving_a_stage_asks_about_it(any_db: Database, record_visits: RecordVisits) -> None:
    results = await record_visits([SEARCH, PAY])
    assert results[1].decisions == (
        SurveyDecision("payment", AskingVerdict.HOLD, AskingReason.NO_CHAT),
        SurveyDecision("left", AskingVerdict.HOLD, AskingReason.NO_CHAT),
    )
    waiting = await any_db.read(lambda tx: invitations.list_by_states(tx, [InvitationState.WAITING]))
    assert [(i.survey, i.subject, i.stage) for i in waiting] == [("payment", "pay", "buy"), ("left", "find", "find")]


async def test_a_customers_attributes_are_those_of_the_visit(any_db: Database, record_visits: RecordVisits) -> None:
    await record_visits([replace(SEARCH, attributes={"class": "silver"}), replace(PAY, attributes={"class": "gold"})])
    make_map = MakeMap(any_db, FrozenClock(NOW), 5)
    assert (await make_map(MapRequest("small"))).totals.visits == 2
    gold = await make_map(MapRequest("small", segment="gold"))
    assert (gold.totals.visits, gold.stages[0].visits, gold.stages[1].visits) == (1, 0, 1)


events = st.builds(
    Event,
    id=st.integers(0, 15).map(str),
    customer=st.sampled_from(["anna", "boris"]),
    journey=st.just("small"),
    at=st.integers(0, 40 * 24).map(lambda h: NOW - timedelta(hours=h)),
    touchpoint=st.sampled_from(["search", "advert", "pay", "call", "open"]),
    passage=st.sampled_from([None, None, "order-1"]),
    attributes=st.sampled_from([None, {"class": "gold"}, {"class": ""}]),
    withdrawn=st.sampled_from([False, False, False, True]),
)


@settings(
    max_examples=choose_depth(12, 300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches=st.lists(st.lists(events, max_size=6), max_size=4))
async def test_counters_equal_the_rows_whatever_events_come(db: Database, batches: list[list[Event]]) -> None:
    await ApplyJourney(db, FrozenClock(NOW)).apply(SMALL, "small.toml")

    class Enough(Exception): ...  # noqa: N818 - it ends an example, it is no error

    def walk(tx: Connection) -> None:
        for batch in batches:
            record_events(tx, batch, AskingRules(), NOW)
            assert wrong_counters(tx) == []
        raise Enough  # each example begins with an empty database again

    with pytest.raises(Enough):
        await db.write(walk)


async def test_an_empty_window_tells_where_the_newest_day_is(any_db: Database, record_visits: RecordVisits) -> None:
    await record_visits([replace(PAY, at=NOW - timedelta(days=60))])
    for last in (NOW, NOW - timedelta(days=120)):
        made = await MakeMap(any_db, FrozenClock(NOW), 5)(MapRequest("small", last=last.date(), language="en"))
        assert [note.partition(": ")[0] for note in made.notes] == [
            "There is nothing in these days. The newest data is from 21 Sept 2026"
        ]


async def test_an_id_belongs_to_one_customer(any_db: Database, record_visits: RecordVisits) -> None:
    await record_visits([PAY])
    mistakes = (Mistake("id", "an event of another customer or journey has this id already"),)
    stranger = replace(PAY, customer="boris")
    for event in (stranger, replace(stranger, withdrawn=True)):
        assert await record_visits([event]) == [EventResult("e2", EventStatus.REJECTED, mistakes)]
    assert (await record_visits([replace(SEARCH, id="e3"), replace(SEARCH, id="e3", customer="boris")]))[
        1
    ].mistakes == mistakes
    assert (await MakeMap(any_db, FrozenClock(NOW), 5)(MapRequest("small"))).totals.visits == 2


async def test_a_channel_that_is_the_touchpoints_own_stays_the_same_when_the_journey_names_another(
    any_db: Database, record_visits: RecordVisits
) -> None:
    await record_visits([PAY, replace(SEARCH, channel="app")])
    elsewhere = SMALL.replace('title = "Pay", channel = "site"', 'title = "Pay", channel = "store"')
    await ApplyJourney(any_db, FrozenClock(NOW + timedelta(hours=1))).apply(elsewhere, "small.toml")
    again = [PAY, replace(PAY, channel="site"), replace(PAY, channel="store"), SEARCH]
    with listen_to_statements() as statements:
        results = await record_visits(again)
    assert [r.status for r in results] == ["repeated", "repeated", "differs", "differs"]
    assert sum("applied_at <=" in statement.text for statement in statements) == 2, "where the channel seems to differ"


async def test_comparing_with_what_came_before_takes_no_statement(db: Database) -> None:
    await ApplyJourney(db, FrozenClock(NOW)).apply(SMALL, "small.toml")
    record_visits = RecordVisits(db, FrozenClock(NOW), AskingRules())
    told = [replace(PAY, attributes={"class": "gold"}), SEARCH]
    await record_visits(told)
    for again in (told, [replace(event, amount=5, attributes={"class": "silver"}) for event in told]):
        with listen_to_statements() as statements:
            await record_visits(again)
        assert len(statements) == 3, "the journeys in force, the visits that are known, their owners"
