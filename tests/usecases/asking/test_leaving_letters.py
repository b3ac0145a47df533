"""Questions and reminders are checked when they leave, also long after the decision to ask: quiet hours and wishes."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.db.asking import decisions, invitations, mutes
from bot.db.asking.decisions import DecisionRecord
from bot.db.delivery import letters
from bot.db.delivery.letters import NewLetter
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection
from bot.db.people import customers
from bot.outbox.messenger import Throttled
from cjm.asking.decision import AskingReason, AskingVerdict
from cjm.asking.invitation_state import InvitationState
from cjm.journeys.visit import Event
from tests.usecases.asking.world import ALICE, DELIVERY, NOON, World

NINE = datetime(NOON.year, NOON.month, NOON.day, 8, tzinfo=UTC) + timedelta(days=1)  # 09:00 in Warsaw, the next morning
UNTIL_NIGHT = timedelta(hours=9)  # 22:00 in Warsaw


async def decide_to_ask(world: World, event: str = "e1") -> None:
    """Decide to ask about a visit of now; the letter waits, as if the outbox did not run."""
    await world.record([Event(event, "77", "shop", world.clock.now(), touchpoint="delivery")])
    await world.ask_due()


async def withdraw(world: World, event: str = "e1") -> None:
    await world.record([Event(event, "77", "shop", NOON, touchpoint="delivery", withdrawn=True)])


async def list_decisions(world: World) -> list[DecisionRecord]:
    """Return what `tropa why` shows, the newest first."""
    return await world.db.read(lambda tx: decisions.list_by_customer(tx, world.person.id))


async def find_invitation(world: World) -> tuple[InvitationState, str | None]:
    (found,) = await world.db.read(lambda tx: invitations.list_by_states(tx, list(InvitationState)))
    return found.state, found.reason


async def test_a_question_that_would_leave_in_quiet_hours_is_held_until_they_end(any_world: World) -> None:
    world = any_world
    await decide_to_ask(world)
    world.clock.advance(UNTIL_NIGHT)
    await world.deliver()
    assert world.messenger.arrived == []
    held = (await list_decisions(world))[0]
    assert (held.verdict, held.reason, held.until) == (AskingVerdict.HOLD, AskingReason.QUIET_HOURS, NINE)
    assert await world.db.read(letters.find_next_due) == NINE  # so nobody looks at it before
    world.clock.advance(NINE - world.clock.now() - timedelta(seconds=1))
    await world.deliver()
    assert world.messenger.arrived == []
    world.clock.advance(timedelta(seconds=1))
    await world.deliver()
    assert len(world.messenger.arrived) == 1
    assert await find_invitation(world) == (InvitationState.OPEN, None)
    assert (await list_decisions(world))[0].verdict is AskingVerdict.ASK
    assert await world.wrong_counters() == []


@pytest.mark.parametrize(("own", "is_sent"), [("", True), ("23:00-08:00", True), ("12:00-23:00", False), (None, False)])
async def test_a_customers_own_quiet_hours_replace_the_default_ones(
    world: World, own: str | None, is_sent: bool
) -> None:
    await decide_to_ask(world)
    await world.db.write(lambda tx: customers.update_customer(tx, world.person.id, quiet_hours=own))
    world.clock.advance(UNTIL_NIGHT)
    await world.deliver()
    assert bool(world.messenger.arrived) is is_sent


async def test_quiet_hours_are_those_of_the_customers_own_clock(world: World) -> None:
    await decide_to_ask(world)
    await world.db.write(lambda tx: customers.update_customer(tx, world.person.id, timezone="America/New_York"))
    world.clock.advance(UNTIL_NIGHT)  # 16:00 there
    await world.deliver()
    assert len(world.messenger.arrived) == 1


async def test_a_question_that_would_be_too_old_in_the_morning_is_dropped_with_the_reason(any_world: World) -> None:
    world = any_world
    evening = NOON - timedelta(hours=14)  # 23:00 in Warsaw: so the last moment to ask is at 23:00 too
    await world.record([Event("e1", "77", "shop", evening, touchpoint="delivery")])
    await world.ask_due()
    (waiting,) = await world.db.read(lambda tx: invitations.list_by_states(tx, [InvitationState.RESERVED]))
    world.clock.advance(waiting.not_after - timedelta(hours=1) - world.clock.now())
    await world.deliver()
    assert await find_invitation(world) == (InvitationState.DROPPED, AskingReason.TOO_LATE)
    skipped = (await list_decisions(world))[0]
    assert (skipped.verdict, skipped.reason) == (AskingVerdict.SKIP, AskingReason.TOO_LATE)
    assert world.messenger.arrived == []


async def test_a_held_question_holds_up_no_other_letter_to_its_customer(world: World) -> None:
    await decide_to_ask(world)
    world.clock.advance(UNTIL_NIGHT)

    def post(tx: Connection) -> None:
        step = NewLetter("step", ALICE, "step", 5, world.clock.now(), {"invitation": 1, "touched": ""})
        letters.post(tx, step, world.clock.now())

    await world.db.write(post)
    await world.deliver()
    assert len(world.messenger.arrived) == 1  # the step below words of their own goes at any hour
    assert await find_invitation(world) == (InvitationState.RESERVED, AskingReason.QUIET_HOURS)


async def test_a_question_that_was_throttled_into_the_night_is_held_too(world: World) -> None:
    await decide_to_ask(world)
    world.messenger.will_raise(Throttled(0.01), to=ALICE)
    await world.deliver()
    world.clock.advance(UNTIL_NIGHT)
    await world.deliver()
    assert world.messenger.arrived == []
    world.clock.advance(NINE - world.clock.now())
    await world.deliver()
    assert len(world.messenger.arrived) == 1


@pytest.mark.parametrize("wish", ["stopped", "muted", "no_consent", "withdrawn"])
async def test_what_was_wished_since_the_decision_holds_for_a_question(any_world: World, wish: str) -> None:
    world = any_world
    await decide_to_ask(world)
    await make_wish(world, wish)
    await world.deliver()
    assert world.messenger.arrived == []
    assert await find_invitation(world) == (InvitationState.DROPPED, AskingReason(wish))
    if wish != "withdrawn":  # that one was dropped by the business before the letter left
        last = (await list_decisions(world))[0]
        assert (last.verdict, last.reason) == (AskingVerdict.SKIP, wish)


async def make_wish(world: World, wish: str) -> None:
    def write(tx: Connection) -> None:
        match wish:
            case "stopped":
                customers.update_customer(tx, world.person.id, stopped_at=world.clock.now())
            case "no_consent":
                customers.update_customer(tx, world.person.id, consent_at=None)
            case "muted":
                mutes.mute(tx, world.person.id, DELIVERY)

    await (withdraw(world) if wish == "withdrawn" else world.db.write(write))


@pytest.mark.parametrize("wish", ["stopped", "muted", "no_consent", "withdrawn"])
async def test_what_was_wished_since_it_was_posted_holds_for_a_reminder(world: World, wish: str) -> None:
    invitation = await world.visit()
    world.clock.advance(timedelta(hours=49))
    assert await world.remind() == (1, 0)
    await make_wish(world, wish)
    await world.deliver()
    assert world.last == "1"
    letter = await world.db.read(lambda tx: letters.find_by_key(tx, f"reminder:{invitation}"))
    assert letter is not None
    assert letter.state is LetterState.DROPPED


@pytest.mark.parametrize("is_snoozed", [False, True])
async def test_a_reminder_that_would_leave_in_quiet_hours_is_held_until_they_end(
    world: World, is_snoozed: bool
) -> None:
    invitation = await world.visit()
    if is_snoozed:
        await world.stop.snooze(world.make_tap(invitation))
        world.clock.advance(timedelta(hours=24) + UNTIL_NIGHT)  # the outbox did not run when it was due
    else:
        world.clock.advance(timedelta(hours=49))
        assert await world.remind() == (1, 0)
        world.clock.advance(UNTIL_NIGHT - timedelta(hours=1))
    await world.deliver()
    assert world.last == "1"
    world.clock.advance(timedelta(hours=11))
    await world.deliver()
    assert world.last == "2"
    assert await world.wrong_counters() == []


async def test_a_reminder_whose_question_closes_before_the_morning_is_dropped(world: World) -> None:
    invitation = await world.visit()
    world.clock.advance(timedelta(hours=49))
    closing = world.clock.now() + timedelta(hours=12)  # 02:00 in Warsaw
    await world.db.write(lambda tx: invitations.set_state(tx, invitation, InvitationState.OPEN, expires_at=closing))
    assert await world.remind() == (1, 0)
    world.clock.advance(UNTIL_NIGHT)
    await world.deliver()
    letter = await world.db.read(lambda tx: letters.find_by_key(tx, f"reminder:{invitation}"))
    assert letter is not None
    assert letter.state is LetterState.DROPPED
    assert world.last == "1"
