"""A customer answers: each tap is saved at once, the message follows, and nobody else can answer for them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.db.asking import invitations
from bot.db.engine.database import Database
from bot.db.people import customers
from bot.outbox.letters.question import render_answer_choice
from bot.usecases.asking.turn import TapNotice
from cjm.asking.invitation_state import InvitationState
from cjm.conversation.conversation import ClosingStep
from cjm.journeys.visit import Event
from tests.usecases.asking.world import BOB, CSAT, FELT, PACKED, WHY, WORDS, World, make_world

# ---- the way through -------------------------------------------------------------------------------------------------


async def test_an_invitation_asks_the_first_question(world: World) -> None:
    invitation = await world.visit()
    assert world.labels() == [["😠", "🙁", "😐", "🙂", "😀", "⋯"]]
    assert "Delivery · 22 Nov" in str(world.message_in_chat().text)
    assert "Question 1 (of at most 5)" in str(world.message_in_chat().text)
    assert await world.state(invitation) == "open"


async def test_a_question_about_another_place_is_headed_by_that_place(world: World) -> None:
    invitation = await world.visit()
    for place, value in ((FELT, 1), (CSAT, 5)):
        await world.answer(invitation, place, value)
    asked = str(world.message_in_chat().text)
    assert asked.startswith("The box\n")
    assert "Delivery · " not in asked
    await world.answer(invitation, PACKED, 9)
    assert str(world.message_in_chat().text).startswith("Delivery · 22 Nov\n")


async def test_a_tap_is_saved_at_once_and_the_same_message_shows_the_next_question(any_world: World) -> None:
    invitation = await any_world.visit()
    turn = await any_world.answer(invitation, FELT, 1)
    assert turn.notice is TapNotice.SAVED
    assert await any_world.stored_answers(invitation) == {"felt": 1}
    assert await any_world.state(invitation) == "answering"
    assert "How satisfied were you" in str(any_world.message_in_chat().text)
    assert "🙂 pleased" in str(any_world.message_in_chat().text)
    assert len(any_world.messenger.arrived) == 1
    assert await any_world.wrong_counters() == []


async def test_from_link_to_thanks_with_a_low_score(any_world: World) -> None:
    world = any_world
    invitation = await world.visit()
    await world.answer(invitation, FELT, -1)
    await world.answer(invitation, CSAT, 2)
    await world.answer(invitation, WHY, 0)
    assert (await world.context(invitation)).conversation.step == "words"
    await world.write("The courier was two hours late")
    await world.answer(invitation, PACKED, 8)
    assert (await world.context(invitation)).conversation.step == ClosingStep.CONTACT
    assert await world.state(invitation) == "done"
    tap = world.make_tap(invitation)
    turn = await world.show(tap, await world.give.settle_contact(tap, True))
    assert turn.context is not None
    assert turn.context.case is not None
    assert f"#{turn.context.case}" in str(world.message_in_chat().text)
    assert await world.stored_answers(invitation) == {
        "felt": -1, "csat": 2, "why": "late", "words": "The courier was two hours late", "packed": 8,
    }  # fmt: skip
    assert await world.wrong_counters() == []


async def test_an_answer_counts_for_the_touchpoint_that_its_question_is_about(world: World) -> None:
    invitation = await world.visit()
    for place, value in ((FELT, 1), (CSAT, 5), (PACKED, 9)):
        await world.answer(invitation, place, value)
    stored = {a.question: a for a in (await world.context(invitation)).answers.values()}
    assert (stored["csat"].subject, stored["packed"].subject) == ("delivery", "box")
    assert {a.channel for a in stored.values()} == {"courier"}


async def test_the_language_is_fixed_when_the_question_is_sent(db: Database) -> None:
    world = await make_world(db, "ru")
    invitation = await world.visit()
    await db.write(lambda tx: customers.update_customer(tx, world.person.id, language="pl"))
    await world.answer(invitation, FELT, 1)
    assert "Насколько вы довольны доставкой?" in str(world.message_in_chat().text)
    assert "Вопрос 2" in str(world.message_in_chat().text)


async def test_the_recommendation_scale_stands_in_two_rows(world: World) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    await world.answer(invitation, CSAT, 5)
    assert world.labels() == [
        ["0", "1", "2", "3", "4", "5"], ["6", "7", "8", "9", "10", "⋯"], ["‹ Back"]
    ]  # fmt: skip


# ---- changing --------------------------------------------------------------------------------------------------------


async def test_changing_a_score_withdraws_the_reasons_given_for_it(any_world: World) -> None:
    world = any_world
    invitation = await world.visit()
    for place, value in ((FELT, -1), (CSAT, 2), (WHY, 0), (CSAT, 5)):
        turn = await world.answer(invitation, place, value)
    assert turn.notice is TapNotice.CHANGED
    assert await world.stored_answers(invitation) == {"felt": -1, "csat": 5}
    assert await world.wrong_counters() == []


async def test_answers_can_be_changed_for_a_day(world: World) -> None:
    invitation = await world.visit()
    for place, value in ((FELT, 1), (CSAT, 5), (PACKED, 9)):
        await world.answer(invitation, place, value)
    assert world.labels() == [["Change an answer"]]
    context = await world.context(invitation)
    assert len(render_answer_choice(context, world.clock.now()).buttons) == 4
    tap = world.make_tap(invitation)
    await world.show(tap, await world.give.change(tap, CSAT))
    assert world.labels() == [["1", "2", "3", "4", "5"], ["‹ Back"]]
    assert (await world.answer(invitation, CSAT, 4)).notice is TapNotice.CHANGED
    assert (await world.context(invitation)).conversation.step == ClosingStep.DONE
    world.clock.advance(timedelta(hours=24))
    assert (await world.answer(invitation, CSAT, 1)).notice is TapNotice.TOO_LATE
    assert await world.stored_answers(invitation) == {"felt": 1, "csat": 4, "packed": 9}
    assert world.labels() == []


async def test_the_same_tap_twice_is_written_once(world: World) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    assert (await world.answer(invitation, FELT, 1)).notice is TapNotice.SAME
    assert len((await world.context(invitation)).answers) == 1
    assert await world.wrong_counters() == []


async def test_going_back_keeps_what_was_said(world: World) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    tap = world.make_tap(invitation)
    await world.show(tap, await world.give.go_back(tap))
    assert world.labels() == [["😠", "🙁", "😐", "🙂", "😀", "⋯"]]
    assert await world.stored_answers(invitation) == {"felt": 1}


# ---- taps that are refused -------------------------------------------------------------------------------------------


async def test_somebody_elses_button_does_nothing(world: World) -> None:
    invitation = await world.visit()
    turn = await world.give.answer(world.make_tap(invitation, BOB), FELT, 1)
    assert (turn.notice, turn.context) == (TapNotice.NOT_YOURS, None)
    assert await world.stored_answers(invitation) == {}


@pytest.mark.parametrize(
    ("place", "value"), [(FELT, 3), (FELT, -3), (99, 1), (-1, 1), (WORDS, 1), (CSAT, 0), (WHY, 7), (WHY, -1)]
)
async def test_a_forged_button_changes_nothing(world: World, place: int, value: int) -> None:
    invitation = await world.visit()
    turn = await world.answer(invitation, place, value)
    assert turn.notice in (TapNotice.NOT_LEGAL, TapNotice.NOT_ASKED)
    assert await world.stored_answers(invitation) == {}


async def test_an_unknown_invitation_says_so(world: World) -> None:
    assert (await world.give.answer(world.make_tap(4711), FELT, 1)).notice is TapNotice.GONE


async def test_the_button_of_a_forgotten_customer_says_that_the_question_is_gone(world: World) -> None:
    invitation = await world.visit()
    await world.db.write(lambda tx: customers.delete_customer(tx, world.person.id))
    assert (await world.answer(invitation, FELT, 1)).notice is TapNotice.GONE


async def test_a_question_about_a_visit_that_was_withdrawn_before_it_was_asked_cannot_be_answered(world: World) -> None:
    event = Event("e1", "77", "shop", world.clock.now(), touchpoint="delivery")
    await world.record([event])
    await world.ask_due()
    reserved = await world.db.read(lambda tx: invitations.find_open(tx, world.person.id))
    assert reserved is not None
    await world.record([replace(event, withdrawn=True)])
    assert (await world.give.answer(world.make_tap(reserved.id, message="1"), FELT, 1)).notice is TapNotice.GONE
    assert await world.state(reserved.id) == InvitationState.DROPPED
