"""A customer asks to be asked less: later, not about this, enough, not at all."""

import asyncio
from datetime import timedelta

from bot.db.asking import mutes
from bot.outbox.letters.question_menu import render_less_often, render_menu
from bot.usecases.asking.turn import TapNotice
from cjm.conversation.conversation import ClosingStep
from cjm.conversation.snooze import Snooze
from cjm.journeys.visit import Event
from tests.usecases.asking.world import ALICE, DELIVERY, FELT, World

OWN = [["My quiet hours"], ["What you know about me"], ["Forget me"], ["‹ Back"]]


async def list_menu(world: World, invitation: int) -> list[list[str]]:
    menu = render_menu(await world.context(invitation), world.clock.now())
    return [[button.label for button in row] for row in menu.buttons]


async def test_the_menu_holds_every_wish_behind_two_taps(world: World) -> None:
    invitation = await world.visit()
    later, less, stop = ["Later today", "Tomorrow"], ["Ask me less often"], ["No more questions at all"]
    assert await list_menu(world, invitation) == [later, less, ["Don't ask about this"], stop, *OWN]
    await world.answer(invitation, FELT, 1)
    leave = [["Skip this question"], ["That's enough for now"]]
    assert await list_menu(world, invitation) == [*leave, later, less, stop, *OWN]


async def test_less_often_keeps_the_question_open_and_can_be_taken_back(any_world: World) -> None:
    world = any_world
    invitation = await world.visit()
    tap = world.make_tap(invitation)
    assert (await world.stop.ask_less_often(tap, True)).notice is TapNotice.MOVED
    context = await world.context(invitation)
    shown = render_less_often(context, world.clock.now())
    assert "at most once in 30 days" in str(shown.text)
    assert [row[0].label for row in shown.buttons] == ["Answer now", "Undo"]
    assert context.invitation.state == "open"
    assert ["Ask me less often"] not in await list_menu(world, invitation)
    await world.stop.ask_less_often(tap, False)
    assert not (await world.customer()).asks_less_often
    assert (await world.answer(invitation, FELT, 1)).notice is TapNotice.SAVED


async def test_somebody_who_wishes_so_is_asked_again_after_thirty_days_or_when_they_take_it_back(world: World) -> None:
    tap = world.make_tap(await world.visit())
    await world.stop.ask_less_often(tap, True)
    await world.give.finish(tap)
    world.clock.advance(timedelta(days=29))
    await world.record([Event("e2", "77", "shop", world.clock.now(), touchpoint="delivery")])
    await world.ask_due()
    assert await world.state(2) == "waiting"
    await world.stop.set_less_often(ALICE, False)
    await world.ask_due()
    assert await world.state(2) == "reserved"


async def test_later_today_says_when_and_comes_then(world: World) -> None:
    invitation = await world.visit()
    tap = world.make_tap(invitation)
    await world.show(tap, await world.stop.snooze(tap, Snooze.LATER_TODAY))
    assert "22 Nov, 16:00" in str(world.message_in_chat().text)
    world.clock.advance(timedelta(hours=3))
    await world.deliver()
    assert world.last == "2"


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
    assert await world.db.read(lambda tx: mutes.list_by_customer(tx, world.person.id)) == [DELIVERY]
    assert (await world.answer(invitation, FELT, 1)).notice is TapNotice.ENDED
    await world.show(tap, await world.stop.reopen(tap))
    assert await world.state(invitation) == "open"
    assert await world.db.read(lambda tx: mutes.list_by_customer(tx, world.person.id)) == []
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
    await world.db.write(lambda tx: mutes.unmute_everything(tx, world.person.id))
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
