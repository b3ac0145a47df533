"""An archived journey asks nobody anything new and refuses its events; it can be answered, read and brought back."""

from datetime import timedelta

import pytest

from bot.db.asking import decisions
from bot.db.audit.audit_actions import TROPA
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.usecases.asking.event_checks import EventStatus
from bot.usecases.campaigns.askable_surveys import list_askable
from bot.usecases.journeys.archive_journey import ArchiveJourney
from bot.usecases.maps.make_map import MakeMap, MapRequest
from cjm.asking.decision import AskingReason
from cjm.asking.invitation_state import InvitationState
from cjm.journeys.event_mistakes import ARCHIVED
from cjm.journeys.visit import Event
from tests.usecases.asking.world import CSAT, FELT, World, make_world

PULSE = """
[[surveys]]
key = "pulse"
on = { every_days = 90, about = "get" }
questions = [{ key = "p", kind = "nps", text = { en = "Would you?", ru = "Да?", pl = "Tak?" } }]
"""


@pytest.fixture
async def world(any_db: Database) -> World:
    return await make_world(any_db)


async def archive(world: World, is_archived: bool = True) -> None:
    assert await ArchiveJourney(world.db, world.clock)("shop", is_archived, TROPA)


def delivered(world: World, event: str) -> Event:
    return Event(event, "77", "shop", world.clock.now(), touchpoint="delivery")


async def latest_reason(world: World) -> AskingReason:
    """Return the reason of the customer's latest decision."""
    return (await world.db.read(lambda tx: decisions.list_by_customer(tx, world.person.id)))[0].reason


async def test_events_get_one_clear_answer_also_when_they_are_known_or_wrong(world: World) -> None:
    await world.record([delivered(world, "known")])
    await archive(world)
    wrong = Event("wrong", "77", "shop", world.clock.now() + timedelta(days=9), touchpoint="nowhere")
    events = [delivered(world, "known"), delivered(world, "new"), wrong]
    results = await world.record(events)
    assert [(each.status, each.mistakes) for each in results] == [(EventStatus.REJECTED, (ARCHIVED,))] * 3
    assert await world.record.find_mistakes(events) == [[ARCHIVED]] * 3
    await archive(world, False)
    again = await world.record(events[:2])
    assert [each.status for each in again] == [EventStatus.REPEATED, EventStatus.ACCEPTED]
    assert await world.wrong_counters() == []


async def test_a_question_that_waits_is_dropped_when_it_is_due_and_says_why(world: World) -> None:
    await world.record([delivered(world, "e1")])
    await archive(world)
    assert await world.ask_due() == 0
    assert await latest_reason(world) is AskingReason.ARCHIVED
    await archive(world, False)
    assert await world.ask_due() == 0, "what was dropped is not asked again"
    assert await world.visit("e2")


async def test_a_letter_on_its_way_does_not_leave(world: World) -> None:
    await world.record([delivered(world, "e1")])
    await world.ask_due()
    await archive(world)
    await world.deliver()
    assert world.messenger.arrived == []
    assert await latest_reason(world) is AskingReason.ARCHIVED


async def test_an_open_question_can_be_answered_and_is_not_reminded_of(world: World) -> None:
    invitation = await world.visit()
    await archive(world)
    world.clock.advance(timedelta(hours=49))
    await world.remind()
    await world.deliver()
    assert len(world.messenger.arrived) == 1
    await world.answer(invitation, FELT, 1)
    await world.answer(invitation, CSAT, 5)
    assert (await world.stored_answers(invitation)).keys() == {"felt", "csat"}
    assert await world.state(invitation) != InvitationState.DROPPED
    made = await MakeMap(world.db, world.clock, 1)(MapRequest("shop"))
    assert made.totals.answers == 2
    assert await world.wrong_counters() == []


async def test_nothing_can_be_asked_by_hand_or_by_the_calendar(world: World) -> None:
    source = (await world.db.read(journeys.list_versions_in_force))["shop"].source
    await world.apply(source + PULSE)

    def list_keys(tx: Connection) -> list[str]:
        return [each.survey.key for each in list_askable(tx)]

    assert await world.db.read(list_keys) == ["pulse"]
    await archive(world)
    assert await world.db.read(list_keys) == []
    assert await world.db.read(journeys.list_asking_versions) == {}
    assert (await world.db.read(journeys.list_current)).keys() == {"shop"}
