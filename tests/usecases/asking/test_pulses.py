"""The relational pulse: asked by the calendar, within the limits, once a period; its answers are no visits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.db.asking import decisions
from bot.db.asking.tables import answer_table, invitation_table, response_table
from bot.db.counters.tables import tally_table
from bot.db.engine.database import Database
from bot.db.people import customers
from bot.usecases.campaigns.plan_pulses import PlanPulses
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.sealing.seal_conversations import SealConversations
from bot.usecases.upkeep.retire_rows import RetireRows
from cjm.asking.decision import AskingReason, AskingRules
from cjm.asking.invitation_state import InvitationState
from cjm.asking.pulse import CATCH_UP, find_last_moment
from cjm.figures.tally import CUSTOMERS
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.usecases.asking.world import ALICE, JOURNEY, NO_LIMITS, NOON, QUIET, World, make_world

PULSE = (
    JOURNEY
    + """
[[surveys]]
key = "pulse"
on = { every_days = 30, about = "get" }

[[surveys.questions]]
key = "recommend"
kind = "nps"
text = { en = "How likely would you recommend us?", ru = "Порекомендуете нас?", pl = "Czy nas polecisz?" }
"""
)
PERIOD = timedelta(days=30)


@dataclass
class PulseWorld:
    """A customer with one visit 40 days ago, at the moment at which their pulse is due."""

    world: World
    plan: PlanPulses

    @classmethod
    async def make(cls, db: Database, rules: AskingRules = NO_LIMITS, text: str = PULSE) -> "PulseWorld":
        world = await make_world(db, rules=rules)
        await world.apply(text)
        await visit(world, "e1")
        world.clock.set(find_moment(world, NOON + timedelta(days=40) + PERIOD))
        return cls(world, PlanPulses(db, world.clock, rules))

    async def ask(self) -> int:
        """Plan, ask and deliver; return how many questions were planned."""
        planned = await self.plan()
        await self.world.ask_due()
        await self.world.deliver()
        return planned

    async def invitations(self) -> list[Any]:
        wanted = select(invitation_table).where(invitation_table.c.survey == "pulse").order_by(invitation_table.c.id)
        return await self.world.db.read(lambda tx: list(tx.execute(wanted).all()))

    async def count(self, table: Any) -> int:
        return await self.world.db.read(lambda tx: tx.scalar(select(func.count()).select_from(table)) or 0)


async def visit(world: World, event: str, place: str = "box") -> None:
    await world.record([Event(event, "77", "shop", world.clock.now(), touchpoint=place)])


def find_moment(world: World, before: datetime) -> datetime:
    """Return the customer's last moment before this time."""
    return find_last_moment("shop", "pulse", 30, world.person.id, read_journey(PULSE, "shop.toml").zone, before).at


async def present_people(world: World) -> Any:
    total = select(func.sum(tally_table.c.n)).where(tally_table.c.measure == CUSTOMERS)
    return await world.db.read(lambda tx: tx.scalar(total))


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "Getting it\n\nHow likely would you recommend us?"),
        ("ru", "Получение\n\nПорекомендуете нас?"),
        ("pl", "Odbiór\n\nCzy nas polecisz?"),
    ],
)
async def test_a_pulse_is_asked_in_the_customer_language(db: Database, language: str, asked: str) -> None:
    pulse = await PulseWorld.make(db)
    await db.write(lambda tx: customers.update_customer(tx, pulse.world.person.id, language=language))
    await pulse.ask()
    assert str(pulse.world.message_in_chat().text).startswith(asked)


async def test_a_customer_is_asked_without_an_event_and_the_answer_is_no_visit(any_db: Database) -> None:
    pulse = await PulseWorld.make(any_db)
    world, before = pulse.world, await present_people(pulse.world)
    assert await pulse.ask() == 1
    (row,) = await pulse.invitations()
    assert (row.visit_id, row.subject, row.channel, row.state) == (None, "get", "other", InvitationState.OPEN)
    assert str(world.message_in_chat().text).startswith("Getting it\n\nHow likely")  # without a day: nobody was there
    await world.answer(row.id, 0, 9)
    assert await world.state(row.id) == InvitationState.DONE
    assert await present_people(world) == before
    assert await world.wrong_counters() == []
    (shown, *_) = await world.db.read(lambda tx: decisions.list_by_customer(tx, world.person.id))
    assert (shown.journey, shown.subject, shown.is_visit, shown.reason) == ("shop", "get", False, AskingReason.FINE)


async def test_the_same_moment_is_planned_once_and_the_next_one_a_period_later(db: Database) -> None:
    pulse = await PulseWorld.make(db)
    assert [await pulse.ask(), await pulse.ask(), await PlanPulses(db, pulse.world.clock, NO_LIMITS)()] == [1, 0, 0]
    pulse.world.clock.advance(PERIOD - timedelta(days=1))
    await pulse.world.remind()
    assert await pulse.ask() == 0
    pulse.world.clock.advance(timedelta(days=1, hours=2))
    assert await pulse.ask() == 1


@pytest.mark.parametrize(
    ("nps", "state", "reason"),
    [
        (timedelta(days=0), InvitationState.WAITING, AskingReason.ASKED_RECENTLY),
        (timedelta(days=90), InvitationState.DROPPED, AskingReason.NPS_RECENTLY),
    ],
)
async def test_a_pulse_waits_for_a_limit_and_is_left_out_where_that_lasts_too_long(
    db: Database, nps: timedelta, state: InvitationState, reason: AskingReason
) -> None:
    pulse = await PulseWorld.make(db, AskingRules(timedelta(days=7), timedelta(days=30), nps, 4, QUIET))
    await visit(pulse.world, "e2", "delivery")
    await pulse.world.ask_due()
    await pulse.world.deliver()
    assert await pulse.ask() == 1
    (row,) = await pulse.invitations()
    assert (row.state, row.reason) == (state, reason)
    assert await pulse.ask() == 0  # what was left out is not looked at again
    pulse.world.clock.advance(timedelta(days=7, hours=1))
    await pulse.world.remind()  # the other question's time is over
    await pulse.ask()
    (row,) = await pulse.invitations()
    assert row.state == (InvitationState.OPEN if state is InvitationState.WAITING else state)


@pytest.mark.parametrize(
    "change",
    [{"consent_at": None}, {"stopped_at": NOON}, {"unreachable_at": NOON}, {"address": None, "messenger": None}],
)
async def test_nobody_is_asked_who_may_not_be_or_cannot_be_reached(db: Database, change: dict[str, Any]) -> None:
    pulse = await PulseWorld.make(db)
    number = pulse.world.person.id
    await db.write(lambda tx: customers.update_customer(tx, number, **change))
    assert await pulse.ask() == 0
    assert await pulse.invitations() == []


async def test_new_and_former_customers_are_left_alone(db: Database) -> None:
    pulse = await PulseWorld.make(db)
    world = pulse.world
    await visit(world, "new", "box")
    await world.record([Event("e1", "77", "shop", NOON, touchpoint="box", withdrawn=True)])
    assert await pulse.ask() == 0
    world.clock.advance(timedelta(days=30))
    assert await pulse.plan() == 1
    world.clock.set(find_moment(world, world.clock.now() + timedelta(days=366) + PERIOD))
    assert await pulse.ask() == 0


async def test_a_moment_that_nobody_looked_at_in_time_is_left_out(db: Database) -> None:
    pulse = await PulseWorld.make(db)
    pulse.world.clock.advance(CATCH_UP)
    assert await pulse.ask() == 0


async def test_a_pulse_that_was_taken_out_of_the_journey_is_not_sent(db: Database) -> None:
    pulse = await PulseWorld.make(db)
    await pulse.plan()
    await pulse.world.apply(JOURNEY)
    await pulse.world.ask_due()
    (row,) = await pulse.invitations()
    assert (row.state, row.reason) == (InvitationState.DROPPED, AskingReason.WITHDRAWN)


@pytest.mark.parametrize("is_forgotten", [True, False])
async def test_forgetting_and_retiring_take_a_pulse_with_its_answer_away(db: Database, is_forgotten: bool) -> None:
    pulse = await PulseWorld.make(db)
    world = pulse.world
    await pulse.ask()
    (row,) = await pulse.invitations()
    await world.answer(row.id, 0, 9)
    if is_forgotten:
        await ForgetCustomer(world.db, world.clock, 5).by_address(ALICE, "en")
    else:
        world.clock.advance(timedelta(days=400))
        await RetireRows(world.db, world.clock, timedelta(days=365), 5)()
    assert [await pulse.count(t) for t in (invitation_table, response_table, answer_table)] == [0, 0, 0]
    assert await world.wrong_counters() == []


async def test_an_anonymous_pulse_is_sealed_like_every_other_question(db: Database) -> None:
    pulse = await PulseWorld.make(db, text=PULSE.replace('title = "Shop"', 'title = "Shop"\nanonymous = true', 1))
    await pulse.ask()
    (row,) = await pulse.invitations()
    await pulse.world.answer(row.id, 0, 9)
    pulse.world.clock.advance(timedelta(days=9))
    await pulse.world.remind()
    assert await SealConversations(db, pulse.world.clock, pulse.world.display, 5)() == 1
    (answer,) = await db.read(lambda tx: list(tx.execute(select(answer_table)).all()))
    assert (answer.customer_id, answer.response_id, answer.visit_id, answer.value) == (None, None, None, 9)
    assert await pulse.world.wrong_counters() == []
    assert await pulse.count(response_table) == 0
