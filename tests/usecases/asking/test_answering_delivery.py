"""Messages that did not arrive, may have arrived or show an earlier step; reminders and expiry of questions."""

from datetime import timedelta

import pytest

from bot.db.asking import answers, invitations
from bot.db.people import customers
from bot.outbox.messenger import NeverLeft, Uncertain, Unreachable
from bot.usecases.asking.show_conversation import LONGEST_PAUSE, TRIES
from bot.usecases.asking.turn import TapNotice
from cjm.asking.decision import AskingReason
from cjm.asking.invitation_state import InvitationState
from cjm.conversation.conversation import ClosingStep
from cjm.journeys.visit import Event
from tests.usecases.asking.world import ALICE, CSAT, FELT, WHY, World

# ---- delivery --------------------------------------------------------------------------------------------------------


async def test_a_tap_proves_that_a_lost_invitation_arrived(world: World) -> None:
    world.messenger.will_raise(Uncertain("reset"))
    with pytest.raises(IndexError):
        await world.visit()
    invitation = await world.db.read(lambda tx: invitations.find_open(tx, world.person.id))
    assert invitation is not None
    assert await world.count_unshown() == 0
    turn = await world.give.answer(world.make_tap(invitation.id, message="55"), FELT, 1)
    assert turn.notice is TapNotice.SAVED
    response = (await world.context(invitation.id)).response
    assert response is not None
    assert response.message_id == "55"
    assert await world.wrong_counters() == []


async def test_a_tap_before_the_delivery_is_recorded_is_taken(world: World) -> None:
    """The network may be quicker than our own record that the message was sent."""
    await world.record([Event("e9", "77", "shop", world.clock.now(), touchpoint="delivery")])
    await world.ask_due()
    invitation = await world.db.read(lambda tx: invitations.find_open(tx, world.person.id))
    assert invitation is not None
    assert invitation.state == "reserved"
    assert (await world.give.answer(world.make_tap(invitation.id, message="1"), FELT, 1)).notice is TapNotice.SAVED
    assert await world.state(invitation.id) == "answering"
    assert await world.wrong_counters() == []


async def test_an_unreachable_customer_is_marked_and_the_invitation_dropped(world: World) -> None:
    world.messenger.will_raise(Unreachable("blocked"))
    with pytest.raises(IndexError):
        await world.visit()
    assert (await world.customer()).unreachable_at == world.clock.now()
    assert await world.db.read(lambda tx: invitations.find_open(tx, world.person.id)) is None
    assert await world.wrong_counters() == []


@pytest.mark.parametrize("column", ["stopped_at", "consent_at"])
async def test_an_invitation_is_checked_once_more_before_it_leaves(world: World, column: str) -> None:
    await world.record([Event("e1", "77", "shop", world.clock.now(), touchpoint="delivery")])
    await world.ask_due()
    now = world.clock.now() if column == "stopped_at" else None
    await world.db.write(lambda tx: customers.update_customer(tx, world.person.id, **{column: now}))
    await world.deliver()
    assert world.messenger.arrived == []
    dropped = await world.db.read(lambda tx: invitations.list_by_states(tx, [InvitationState.DROPPED]))
    assert [i.reason for i in dropped] == ["stopped" if column == "stopped_at" else "no_consent"]


async def test_an_invitation_that_waited_too_long_is_dropped_with_a_reason_that_can_be_looked_up(world: World) -> None:
    await world.record([Event("e1", "77", "shop", world.clock.now(), touchpoint="delivery")])
    await world.ask_due()
    world.clock.advance(timedelta(days=60))
    await world.deliver()
    assert world.messenger.arrived == []
    (dropped,) = await world.db.read(lambda tx: invitations.list_by_states(tx, [InvitationState.DROPPED]))
    assert dropped.reason == AskingReason.TOO_LATE


async def test_a_message_that_was_not_edited_after_the_commit_is_repaired(world: World) -> None:
    invitation = await world.visit()
    await world.repair()
    await world.give.answer(world.make_tap(invitation), FELT, 1)  # and then the display fails
    assert await world.repair() == 0  # too soon: it may be on its way
    world.clock.advance(timedelta(minutes=2))
    assert await world.repair() == 1
    assert "How satisfied were you" in str(world.message_in_chat().text)
    assert await world.repair() == 0


async def test_message_that_was_not_edited_before_a_crash_is_repaired_by_the_first_pass(world: World) -> None:
    invitation = await world.visit()
    await world.give.answer(world.make_tap(invitation), FELT, 1)  # and then the process ends
    assert await world.repair() == 1
    assert "How satisfied were you" in str(world.message_in_chat().text)


async def test_message_that_waits_for_its_turn_is_not_shown_twice_by_the_repair(world: World) -> None:
    invitation = await world.visit()
    tap = world.make_tap(invitation)
    await world.give.answer(tap, FELT, 1)
    world.display.show(world.conversations.step(tap.address, tap.message_id, invitation))
    assert await world.find_repairs() == 0
    await world.display.wait_until_idle()
    assert len(world.messenger.edits) == 1


async def test_conversation_that_moves_into_a_new_message_is_not_repaired_in_the_old_one(world: World) -> None:
    invitation = await world.answer_until_words()
    await world.comment(ALICE, "It rained", "u1", invitation)  # its next step waits as a letter
    world.clock.advance(timedelta(minutes=2))
    assert await world.repair() == 0
    await world.deliver()
    assert "Would you recommend us?" in str(world.message_in_chat().text)
    assert await world.repair() == 1  # the old one says that it goes on there
    assert (world.labels("1"), world.labels() != []) == ([], True)
    assert await world.repair() == 0


async def test_several_taps_that_wait_show_the_last_ones_step(world: World) -> None:
    invitation = await world.visit()
    tap = world.make_tap(invitation)
    for place, value in ((FELT, 1), (CSAT, 3), (WHY, 0)):
        await world.give.answer(tap, place, value)
    for _each_tap in range(3):
        world.display.show(world.conversations.step(tap.address, tap.message_id, invitation))
    await world.display.wait_until_idle()
    assert len(world.messenger.edits) == 1
    assert "What happened?" in str(world.message_in_chat().text)
    assert await world.count_unshown() == 0


async def test_menu_over_the_current_step_needs_no_repair(world: World) -> None:
    invitation = await world.visit()
    tap = world.make_tap(invitation)
    await world.give.answer(tap, FELT, 1)
    world.display.show(world.conversations.menu(tap.address, tap.message_id, invitation))
    await world.display.wait_until_idle()
    world.clock.advance(timedelta(minutes=2))
    assert await world.repair() == 0


async def test_message_that_the_conversation_has_left_says_so_whatever_it_was_to_show(world: World) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    world.clock.advance(timedelta(hours=57))
    await world.give.answer(world.make_tap(invitation, message="99"), CSAT, 5)
    world.display.show(world.conversations.step(ALICE, "1", invitation))
    await world.display.wait_until_idle()
    assert world.labels("1") == []
    assert await world.count_unshown() == 1, "the message that shows the conversation was not edited"


async def test_a_message_that_cannot_be_edited_is_given_up_in_the_end(world: World) -> None:
    invitation = await world.visit()
    await world.give.answer(world.make_tap(invitation), FELT, 1)
    for _ in range(TRIES):
        assert await world.count_unshown() == 1
        world.clock.advance(LONGEST_PAUSE)
        world.messenger.will_raise(Uncertain("reset"))
        assert await world.repair() == 0
    assert await world.count_unshown() == 0


@pytest.mark.parametrize("outage", [timedelta(minutes=10), timedelta(hours=15)])
async def test_a_question_that_ends_while_the_messenger_is_away_is_closed_after_the_outage(
    world: World, outage: timedelta
) -> None:
    await world.visit()
    world.clock.advance(timedelta(hours=168))
    await world.remind()
    for _ in range(30):  # the tick looks far more often than a try is due
        world.messenger.will_raise(NeverLeft("no connection"))
        world.clock.advance(outage / 30)
        await world.repair()
    world.messenger.script.clear()
    assert world.labels() != []
    world.clock.advance(LONGEST_PAUSE)
    await world.repair()
    assert world.labels() == []


# ---- time passes -----------------------------------------------------------------------------------------------------


async def test_a_silent_customer_is_reminded_once_outside_quiet_hours_and_then_left_alone(any_world: World) -> None:
    world = any_world
    invitation = await world.visit()
    world.clock.advance(timedelta(hours=57))  # 22:00 in Warsaw
    assert await world.remind() == (1, 0)
    await world.deliver()
    assert world.last == "1"
    world.clock.advance(timedelta(hours=11))
    await world.deliver()
    assert world.last == "2"
    assert "the only one" in str(world.message_in_chat().text)
    assert await world.remind() == (0, 0)
    world.clock.advance(timedelta(hours=168))
    assert await world.remind() == (0, 1)
    world.clock.advance(timedelta(minutes=2))
    await world.repair()
    assert "nothing more to do" in str(world.message_in_chat().text)
    assert world.labels() == []
    assert await world.state(invitation) == "expired"
    assert (await world.answer(invitation, FELT, 1)).notice is TapNotice.ENDED
    assert await world.wrong_counters() == []


async def test_a_customer_who_is_answering_is_not_reminded_and_their_answers_count(world: World) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    world.clock.advance(timedelta(hours=100))
    assert await world.remind() == (0, 0)
    world.clock.advance(timedelta(hours=100))
    assert await world.remind() == (0, 1)
    context = await world.context(invitation)
    assert (context.conversation.step, context.invitation.state) == (ClosingStep.EXPIRED, "done")
    assert dict(context.conversation.answers) == {"felt": 1}
    assert await world.wrong_counters() == []


async def test_a_reminder_is_not_sent_to_a_customer_who_has_answered_meanwhile(world: World) -> None:
    invitation = await world.visit()
    world.clock.advance(timedelta(hours=57))
    await world.remind()
    await world.answer(invitation, FELT, 1)
    world.clock.advance(timedelta(hours=12))
    await world.deliver()
    assert world.last == "1"


async def test_after_a_reminder_a_tap_on_the_older_message_is_taken_there(world: World) -> None:
    invitation = await world.visit()
    world.clock.advance(timedelta(hours=50))
    await world.remind()
    world.clock.advance(timedelta(hours=18))
    await world.deliver()
    turn = await world.give.answer(world.make_tap(invitation, message="1"), FELT, 1)
    assert (turn.notice, turn.left_message) == (TapNotice.SAVED, "2")


async def test_a_next_question_that_was_not_delivered_is_shown_by_the_repair(world: World) -> None:
    invitation = await world.answer_until_words()
    world.messenger.will_raise(Uncertain("reset"))
    await world.write("It rained")
    assert (await world.stored_answers(invitation))["words"] == "It rained"
    assert await world.repair() == 0, "it is sent once more"
    world.messenger.will_raise(Uncertain("reset"))
    world.clock.advance(timedelta(minutes=2))
    await world.deliver()
    assert await world.repair() == 1
    assert "Would you recommend us?" in str(world.message_in_chat("1").text)


async def test_declining_leaves_no_answer(world: World) -> None:
    invitation = await world.visit()
    await world.stop.mute(world.make_tap(invitation))
    assert (await world.context(invitation)).conversation.step == ClosingStep.DECLINED
    assert await world.db.read(lambda tx: answers.list_by_customer(tx, world.person.id)) == []
