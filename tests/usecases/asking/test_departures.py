"""Every letter is decided again when it leaves: by the limits, journeys, accounts and wishes of that moment."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.db.asking import decisions, invitations
from bot.db.delivery import letters
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers, do_not_ask
from bot.outbox.messenger import Throttled
from bot.usecases.asking.give_consent import GiveConsent
from cjm.asking.decision import AskingReason, AskingRules, AskingVerdict
from cjm.asking.invitation_state import InvitationState
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.usecases.asking.world import ALICE, BOB, CSAT, FELT, JOURNEY, NO_LIMITS, NOON, QUIET, World, make_world

DAY = timedelta(days=1)
SECOND_SURVEY = """
[[surveys]]
key = "unpacked"
on = { touchpoint = "box" }
{timing}

[[surveys.questions]]
key = "liked"
kind = "nps"
text.en = "Would you recommend the box?"
text.ru = "Порекомендуете коробку?"
text.pl = "Czy polecisz pudełko?"
"""


def restart(world: World, rules: AskingRules) -> World:
    """Return the same world after a restart with other rules."""
    return World(world.db, world.clock, world.person, world.messenger, rules)


async def happen(world: World, event: str, touchpoint: str = "delivery") -> None:
    await world.record([Event(event, "77", "shop", world.clock.now(), touchpoint=touchpoint)])
    await world.ask_due()


async def apply_journey(world: World, source: str) -> None:
    await world.db.write(lambda tx: journeys.apply(tx, read_journey(source, "shop.toml"), source, now=NOON))


async def find_last(world: World) -> tuple[InvitationState, str | None]:
    found = await world.db.read(lambda tx: invitations.list_by_states(tx, list(InvitationState)))
    return found[-1].state, found[-1].reason


async def find_last_decision(world: World) -> tuple[AskingVerdict, AskingReason, object]:
    last = (await world.db.read(lambda tx: decisions.list_by_customer(tx, world.person.id)))[0]
    return last.verdict, last.reason, last.until


# ---- questions -------------------------------------------------------------------------------------------------------


async def test_a_question_does_not_stand_in_its_own_way(db: Database) -> None:
    world = await make_world(db, rules=AskingRules(per_month=1, quiet_hours=QUIET))
    await world.visit()
    assert world.last == "1"


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"any_survey": 7 * DAY}, AskingReason.ASKED_RECENTLY),
        ({"same_touchpoint": 30 * DAY}, AskingReason.ASKED_HERE_RECENTLY),
        ({"nps": 90 * DAY}, AskingReason.NPS_RECENTLY),
        ({"per_month": 1}, AskingReason.MONTHLY_LIMIT),
    ],
)
async def test_limits_hold_for_a_question_that_leaves_and_a_drop_is_stored_with_its_reason(
    world: World, limits: dict[str, Any], reason: AskingReason
) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    await world.stop.stop(world.make_tap(invitation))
    await world.stop.ask_again(ALICE)
    await happen(world, "e2")
    stricter = restart(world, replace(NO_LIMITS, **limits))
    await stricter.outbox.take_over(2)
    await stricter.deliver()
    assert world.last == "1"
    assert await find_last(world) == (InvitationState.DROPPED, reason)
    assert await find_last_decision(world) == (AskingVerdict.SKIP, reason, None)


async def test_a_limit_that_ends_in_time_holds_a_question_that_leaves(world: World) -> None:
    invitation = await world.visit()
    await world.stop.mute(world.make_tap(invitation))
    await world.stop.reopen(world.make_tap(invitation))
    await world.answer(invitation, FELT, 1)
    await world.db.write(lambda tx: invitations.set_state(tx, invitation, InvitationState.DONE))
    await happen(world, "e2")
    stricter = restart(world, replace(NO_LIMITS, any_survey=timedelta(hours=3)))
    await stricter.outbox.take_over(2)
    await stricter.deliver()
    until = NOON + timedelta(hours=3)
    assert await find_last(world) == (InvitationState.RESERVED, AskingReason.ASKED_RECENTLY)
    assert await find_last_decision(world) == (AskingVerdict.HOLD, AskingReason.ASKED_RECENTLY, until)
    world.clock.advance(timedelta(hours=3))
    await stricter.deliver()
    assert world.last == "2"
    assert (await find_last_decision(world))[0] is AskingVerdict.ASK


async def test_a_question_whose_survey_was_taken_out_of_the_journey_does_not_leave(world: World) -> None:
    await happen(world, "e1")
    await apply_journey(world, JOURNEY.partition("[[surveys]]")[0])
    await world.deliver()
    assert world.messenger.arrived == []
    assert await find_last(world) == (InvitationState.DROPPED, AskingReason.WITHDRAWN)


async def test_a_question_to_somebody_on_the_list_of_the_forgotten_does_not_leave(world: World) -> None:
    await happen(world, "e1")
    await world.db.write(lambda tx: do_not_ask.add_person(tx, "77", world.clock.now()))
    await world.deliver()
    assert world.messenger.arrived == []
    assert await find_last(world) == (InvitationState.DROPPED, AskingReason.FORGOTTEN)


# ---- reminders -------------------------------------------------------------------------------------------------------


async def open_link_again(world: World) -> None:
    """Let the person come with another account, where "May we ask you?" is not answered yet."""
    own = {"messenger": BOB.messenger, "address": BOB.id, "consent_at": None}
    await world.db.write(lambda tx: customers.update_customer(tx, world.person.id, **own))


async def refuse_consent(world: World) -> None:
    """Let the person say no under the second message that asked for their consent."""
    await GiveConsent(world.db, world.clock)(ALICE, False, "consent-2")


async def withdraw(world: World) -> None:
    await world.record([Event("e1", "77", "shop", NOON, touchpoint="delivery", withdrawn=True)])


async def drop_survey(world: World) -> None:
    await apply_journey(world, JOURNEY.partition("[[surveys]]")[0])


@pytest.mark.parametrize("change", [open_link_again, refuse_consent, withdraw, drop_survey])
@pytest.mark.parametrize("is_posted_before", [False, True])
async def test_what_changed_since_the_question_came_holds_for_its_reminder(
    world: World, change: Callable[[World], Any], is_posted_before: bool
) -> None:
    await world.visit()
    if not is_posted_before:
        await change(world)
    world.clock.advance(2 * DAY)
    await world.remind()
    if is_posted_before:
        await change(world)
    await world.deliver()
    assert world.last == "1"


async def test_what_was_asked_before_the_question_does_not_hold_up_its_reminder(world: World) -> None:
    first = await world.visit()
    await world.stop.mute(world.make_tap(first))
    await world.db.write(lambda tx: invitations.set_state(tx, first, InvitationState.DECLINED))
    await apply_journey(world, JOURNEY + SECOND_SURVEY.replace("{timing}", ""))
    world.clock.advance(timedelta(minutes=1))
    await happen(world, "e2", "box")
    await world.deliver()
    assert world.last == "2"
    stricter = restart(world, AskingRules(quiet_hours=QUIET))
    await stricter.outbox.take_over(2)
    world.clock.advance(2 * DAY)
    assert await stricter.remind() == (1, 0)
    await stricter.deliver()
    assert world.last == "3"


async def test_a_reminder_that_left_in_the_evening_and_was_throttled_waits_for_the_morning(world: World) -> None:
    """An outage of the messenger in the evening does not wake anybody at two."""
    invitation = await world.visit()
    world.clock.advance(2 * DAY + timedelta(hours=7))  # 20:00 in Warsaw
    await world.remind()
    world.messenger.will_raise(Throttled(0.01), to=ALICE)
    await world.deliver()
    world.clock.advance(timedelta(hours=6, minutes=18))
    await world.deliver()
    assert world.last == "1"
    letter = await world.db.read(lambda tx: letters.find_by_key(tx, f"reminder:{invitation}"))
    assert letter is not None
    assert letter.state is LetterState.DUE
    world.clock.advance(timedelta(hours=7))
    await world.deliver()
    assert world.last == "2"


# ---- questions of withdrawn events ----------------------------------------------------------------------------------


@pytest.mark.parametrize("is_snoozed", [False, True])
async def test_a_withdrawn_event_takes_its_unanswered_question_back(any_world: World, is_snoozed: bool) -> None:
    world = any_world
    invitation = await world.visit()
    if is_snoozed:
        await world.stop.snooze(world.make_tap(invitation))
    await withdraw(world)
    assert await world.repair() == 1
    message = world.message_in_chat()
    assert "This question is closed; nothing more to do." in str(message.text)
    assert message.buttons == ()
    assert await find_last(world) == (InvitationState.EXPIRED, AskingReason.WITHDRAWN)
    assert await world.wrong_counters() == []
    world.clock.advance(3 * DAY)
    assert await world.remind() == (0, 0)
    await world.deliver()
    assert world.last == "1"
    await world.answer(invitation, FELT, 1)  # a tap on the message before it was edited
    assert await world.stored_answers(invitation) == {}


async def test_a_withdrawn_event_leaves_the_question_that_was_answered(world: World) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    await withdraw(world)
    await world.answer(invitation, CSAT, 5)
    assert len(await world.stored_answers(invitation)) == 2
    assert await world.wrong_counters() == []


async def test_a_question_of_a_withdrawn_event_is_neither_invited_nor_ignored(world: World) -> None:
    await world.visit()

    def count(tx: Connection) -> int:
        return sum(key.measure == "invited" for key, _ in invitations.list_contributions(tx, "shop"))

    assert await world.db.read(count) == 1
    await withdraw(world)
    assert await world.db.read(count) == 0


# ---- questions that wait ---------------------------------------------------------------------------------------------


async def test_who_was_asked_about_the_delivery_is_asked_for_a_recommendation_two_weeks_later(db: Database) -> None:
    world = await make_world(db, rules=AskingRules(nps=timedelta(), quiet_hours=QUIET))
    await apply_journey(world, JOURNEY + SECOND_SURVEY.replace("{timing}", 'delay = "14d"'))
    await happen(world, "e1")
    await world.deliver()
    invitation = 1
    await world.stop.stop(world.make_tap(invitation))
    await world.stop.ask_again(ALICE)
    await happen(world, "e2", "box")
    assert await find_last_decision(world) == (AskingVerdict.HOLD, AskingReason.DELAY, NOON + 14 * DAY)
    world.clock.advance(14 * DAY)
    await world.ask_due()
    await world.deliver()
    assert world.last == "2"


async def test_a_question_waits_until_its_limit_ends_if_the_visit_is_young_enough_then(db: Database) -> None:
    world = await make_world(db, rules=AskingRules(nps=timedelta(), quiet_hours=QUIET))
    await apply_journey(world, JOURNEY + SECOND_SURVEY.replace("{timing}", 'greatest_age = "5d"'))
    await happen(world, "e1")
    await world.deliver()
    await world.stop.stop(world.make_tap(1))
    await world.stop.ask_again(ALICE)
    world.clock.advance(DAY)
    await happen(world, "e2", "box")  # the limit ends six days later, one too many
    assert await find_last_decision(world) == (AskingVerdict.SKIP, AskingReason.ASKED_RECENTLY, None)
    world.clock.advance(2 * DAY)
    await happen(world, "e3", "box")
    assert await find_last_decision(world) == (AskingVerdict.HOLD, AskingReason.ASKED_RECENTLY, NOON + 7 * DAY)
    world.clock.advance(4 * DAY)
    await world.ask_due()
    await world.deliver()
    assert world.last == "2"
