"""A customer asks to be asked less: later, not about this, enough, not at all."""

from datetime import timedelta

import pytest

from bot.db.asking import mutes
from bot.db.engine.database import Connection, Database
from bot.outbox.letters.question import render_menu
from bot.usecases.asking.turn import TapNotice
from cjm.conversation.conversation import ClosingStep
from tests.usecases.asking.world import FELT, World, make_world


@pytest.fixture
async def world(db: Database) -> World:
    return await make_world(db)


@pytest.fixture
async def any_world(any_db: Database) -> World:
    return await make_world(any_db)


async def test_the_menu_beside_the_scale_offers_later_not_about_this_and_stop(world: World) -> None:
    context = await world.context(await world.visit())
    words = [row[0].label for row in render_menu(context, world.clock.now()).buttons]
    assert words == ["Ask me later", "Don't ask about this", "No more questions at all", "‹ Back"]


async def test_later_brings_the_question_back_tomorrow_outside_quiet_hours(world: World) -> None:
    invitation = await world.visit()
    world.clock.advance(timedelta(hours=7, minutes=30))  # 20:30 in Warsaw
    tap = world.make_tap(invitation)
    await world.show(tap, await world.stop.snooze(tap))
    assert "23 Nov, 20:30" in str(world.message_in_chat().text)
    assert (await world.stop.snooze(tap)).notice is TapNotice.SAME
    world.clock.advance(timedelta(hours=24))
    await world.deliver()
    assert world.last == "2"
    assert "You asked us to come back" in str(world.message_in_chat().text)
    await world.remind()
    await world.deliver()
    assert world.last == "2"
    await world.answer(invitation, FELT, 2)
    assert await world.stored_answers(invitation) == {"felt": 2}


async def test_a_question_put_off_can_be_answered_at_once_and_does_not_come_back(world: World) -> None:
    invitation = await world.visit()
    tap = world.make_tap(invitation)
    await world.stop.snooze(tap)
    assert (await world.context(invitation)).conversation.step == ClosingStep.SNOOZED
    await world.show(tap, await world.give.resume(tap))
    await world.answer(invitation, FELT, 1)
    world.clock.advance(timedelta(hours=30))
    await world.deliver()
    assert world.last == "1"


async def test_not_about_this_is_remembered_and_can_be_undone(any_world: World) -> None:
    world = any_world
    invitation = await world.visit()
    tap = world.make_tap(invitation)
    await world.show(tap, await world.stop.mute(tap))
    assert await world.state(invitation) == "declined"
    muted = await world.db.read(lambda tx: mutes.list_by_customers(tx, [world.person.id]))
    assert muted[world.person.id] == {"delivery": None}
    assert (await world.answer(invitation, FELT, 1)).notice is TapNotice.ENDED
    await world.show(tap, await world.stop.reopen(tap))
    assert await world.state(invitation) == "open"
    assert (await world.db.read(lambda tx: mutes.list_by_customers(tx, [world.person.id])))[world.person.id] == {}
    assert (await world.answer(invitation, FELT, 1)).notice is TapNotice.SAVED
    assert await world.wrong_counters() == []


async def test_stopping_half_way_keeps_the_answers_and_asks_nothing_more(world: World) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    tap = world.make_tap(invitation)
    await world.show(tap, await world.stop.stop(tap))
    context = await world.context(invitation)
    assert (context.conversation.step, context.invitation.state) == (ClosingStep.STOPPED, "done")
    assert (await world.customer()).stopped_at is not None
    await world.show(tap, await world.stop.reopen(tap))
    assert (await world.customer()).stopped_at is None
    assert (await world.context(invitation)).conversation.step == "csat"
    assert await world.wrong_counters() == []


async def test_a_second_question_keeps_the_first_from_coming_back(world: World) -> None:
    first = await world.visit("e1")
    tap = world.make_tap(first)
    await world.stop.mute(tap)
    await world.db.write(lambda tx: _unmute_and_ask(tx, world))
    await world.visit("e2")
    assert (await world.stop.reopen(tap)).notice is TapNotice.ENDED
    assert await world.state(first) == "declined"


def _unmute_and_ask(tx: Connection, world: World) -> None:
    mutes.unmute(tx, world.person.id)


async def test_enough_ends_it_with_thanks(world: World) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, -2)
    tap = world.make_tap(invitation)
    await world.show(tap, await world.give.finish(tap))
    assert (await world.context(invitation)).conversation.step == ClosingStep.DONE
    assert "Thank you!" in str(world.message_in_chat().text)
