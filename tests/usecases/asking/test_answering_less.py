"""A customer asks to be asked less: later, not about this, enough, not at all."""

import asyncio
from datetime import timedelta

from bot.db.asking import mutes
from bot.outbox.letters.question import render_menu
from bot.usecases.asking.turn import TapNotice
from cjm.conversation.conversation import ClosingStep
from tests.usecases.asking.world import ALICE, FELT, World


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


async def test_later_is_kept_although_the_step_below_the_words_leaves_after_it(world: World) -> None:
    invitation = await world.answer_until_words()
    await world.comment(ALICE, "It rained", "u1", invitation)
    await world.stop.snooze(world.make_tap(invitation))
    await world.deliver()
    assert (world.last, (await world.context(invitation)).conversation.step) == ("2", ClosingStep.SNOOZED)
    world.clock.advance(timedelta(hours=24))
    await world.deliver()
    assert world.last == "3"
    assert "You asked us to come back" in str(world.message_in_chat().text)


async def test_later_takes_the_place_of_a_reminder_that_waits_for_the_end_of_quiet_hours(world: World) -> None:
    invitation = await world.visit()
    world.clock.advance(timedelta(hours=57))  # 22:00 in Warsaw
    await world.remind()
    await world.stop.snooze(world.make_tap(invitation))
    world.clock.advance(timedelta(hours=11))
    await world.deliver()
    assert world.last == "1"
    world.clock.advance(timedelta(hours=24))
    await world.deliver()
    assert world.last == "2"
    assert "You asked us to come back" in str(world.message_in_chat().text)


async def test_later_is_kept_if_a_reminder_is_just_being_sent(world: World) -> None:
    invitation = await world.visit()
    world.clock.advance(timedelta(hours=50))  # 15:00 in Warsaw
    await world.remind()
    world.messenger.hold = asyncio.Event()
    delivery = asyncio.create_task(world.deliver())
    await world.messenger.wait_for_calls(1)
    await world.stop.snooze(world.make_tap(invitation))
    world.messenger.hold.set()
    await delivery
    assert (world.last, (await world.context(invitation)).conversation.step) == ("2", ClosingStep.SNOOZED)
    assert await world.count_unshown() == 1


async def test_not_about_this_is_remembered_and_can_be_undone(any_world: World) -> None:
    world = any_world
    invitation = await world.visit()
    tap = world.make_tap(invitation)
    await world.show(tap, await world.stop.mute(tap))
    assert await world.state(invitation) == "declined"
    muted = await world.db.read(lambda tx: mutes.list_by_customers(tx, [world.person.id]))
    assert muted[world.person.id] == {"delivery"}
    assert (await world.answer(invitation, FELT, 1)).notice is TapNotice.ENDED
    await world.show(tap, await world.stop.reopen(tap))
    assert await world.state(invitation) == "open"
    assert (await world.db.read(lambda tx: mutes.list_by_customers(tx, [world.person.id])))[world.person.id] == set()
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
    await world.db.write(lambda tx: mutes.unmute(tx, world.person.id))
    await world.visit("e2")
    assert (await world.stop.reopen(tap)).notice is TapNotice.ENDED
    assert await world.state(first) == "declined"


async def test_enough_ends_it_with_thanks(world: World) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, -2)
    tap = world.make_tap(invitation)
    await world.show(tap, await world.give.finish(tap))
    assert (await world.context(invitation)).conversation.step == ClosingStep.DONE
    assert "Thank you!" in str(world.message_in_chat().text)
