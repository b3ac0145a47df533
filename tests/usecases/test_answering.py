"""A customer answers: each tap is saved at once, the message follows, nothing is taken from anybody else."""

from datetime import timedelta

import pytest

from bot.db import answers, customers, invitations, mutes, prompts
from bot.db.engine import Connection, Database
from bot.outbox.letters.question import choose, menu
from bot.outbox.messenger import Rejected, Uncertain, Unreachable
from bot.usecases.take_turn import Note
from cjm.response import CONTACT, DECLINED, DONE, EXPIRED, LATER, STOPPED
from cjm.visit import Event
from tests.usecases.talking import ALICE, BOB, CSAT, FELT, PACKED, WHY, WORDS, World, make_world


@pytest.fixture
async def world(db: Database) -> World:
    return await make_world(db)


@pytest.fixture
async def any_world(any_db: Database) -> World:
    return await make_world(any_db)


def labels(world: World, message: str | None = None) -> list[list[str]]:
    return [[button.label for button in row] for row in world.seen(message).buttons]


async def given(world: World, invitation: int) -> dict[str, object]:
    return dict((await world.scene(invitation)).talk.answers)


async def state(world: World, invitation: int) -> str:
    return (await world.scene(invitation)).invitation.state


# ---- the way through -------------------------------------------------------------------------------------------------


async def test_an_invitation_asks_the_first_question(world: World) -> None:
    invitation = await world.visit()
    assert labels(world) == [["😠", "🙁", "😐", "🙂", "😀", "⋯"]]
    assert "Delivery · 22 Nov" in str(world.seen().text)
    assert "Question 1 of up to 5" in str(world.seen().text)
    assert await state(world, invitation) == "open"


async def test_a_tap_is_saved_at_once_and_the_next_question_stands_in_the_same_message(any_world: World) -> None:
    invitation = await any_world.visit()
    turn = await any_world.answer(invitation, FELT, 1)
    assert turn.note is Note.SAVED
    assert await given(any_world, invitation) == {"felt": 1}
    assert await state(any_world, invitation) == "answering"
    assert "How satisfied were you" in str(any_world.seen().text)
    assert "🙂 pleased" in str(any_world.seen().text)
    assert len(any_world.messenger.arrived) == 1
    assert await any_world.wrong_counters() == []


async def test_from_link_to_thanks_with_a_low_score(any_world: World) -> None:
    world = any_world
    invitation = await world.visit()
    await world.answer(invitation, FELT, -1)
    await world.answer(invitation, CSAT, 2)
    await world.answer(invitation, WHY, 0)
    assert (await world.scene(invitation)).talk.step == "words"
    await world.write("The courier was two hours late")
    await world.answer(invitation, PACKED, 8)
    assert (await world.scene(invitation)).talk.step == CONTACT
    assert await state(world, invitation) == "done"
    tap = world.tapped(invitation)
    turn = await world.show(tap, await world.give.contact(tap, True))
    assert turn.scene is not None
    assert turn.scene.case is not None
    assert f"no. {turn.scene.case}" in str(world.seen().text)
    assert await given(world, invitation) == {
        "felt": -1, "csat": 2, "why": "late", "words": "The courier was two hours late", "packed": 8,
    }  # fmt: skip
    assert await world.wrong_counters() == []


async def test_an_answer_counts_where_its_question_is_about(world: World) -> None:
    invitation = await world.visit()
    for place, value in ((FELT, 1), (CSAT, 5), (PACKED, 9)):
        await world.answer(invitation, place, value)
    stored = {a.question: a for a in (await world.scene(invitation)).given.values()}
    assert (stored["csat"].subject, stored["packed"].subject) == ("delivery", "box")
    assert {a.channel for a in stored.values()} == {"courier"}


async def test_the_language_is_fixed_when_the_question_is_sent(db: Database) -> None:
    world = await make_world(db, "ru")
    invitation = await world.visit()
    await db.write(lambda tx: customers.update(tx, world.person.id, language="pl"))
    await world.answer(invitation, FELT, 1)
    assert "Насколько вы довольны доставкой?" in str(world.seen().text)
    assert "Вопрос 2" in str(world.seen().text)


async def test_the_recommendation_scale_stands_in_two_rows(world: World) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    await world.answer(invitation, CSAT, 5)
    assert labels(world) == [
        ["0", "1", "2", "3", "4", "5"], ["6", "7", "8", "9", "10", "⋯"], ["‹ Back"]
    ]  # fmt: skip


# ---- changing --------------------------------------------------------------------------------------------------------


async def test_a_changed_score_takes_its_reasons_back(any_world: World) -> None:
    world = any_world
    invitation = await world.visit()
    for place, value in ((FELT, -1), (CSAT, 2), (WHY, 0), (CSAT, 5)):
        turn = await world.answer(invitation, place, value)
    assert turn.note is Note.CHANGED
    assert await given(world, invitation) == {"felt": -1, "csat": 5}
    assert await world.wrong_counters() == []


async def test_answers_can_be_changed_for_a_day(world: World) -> None:
    invitation = await world.visit()
    for place, value in ((FELT, 1), (CSAT, 5), (PACKED, 9)):
        await world.answer(invitation, place, value)
    assert labels(world) == [["Change an answer"]]
    scene = await world.scene(invitation)
    assert len(choose(scene, world.clock.now()).buttons) == 4
    tap = world.tapped(invitation)
    await world.show(tap, await world.give.change(tap, CSAT))
    assert labels(world) == [["1", "2", "3", "4", "5"], ["‹ Back"]]
    assert (await world.answer(invitation, CSAT, 4)).note is Note.CHANGED
    assert (await world.scene(invitation)).talk.step == DONE
    world.clock.advance(timedelta(hours=24))
    assert (await world.answer(invitation, CSAT, 1)).note is Note.TOO_LATE
    assert await given(world, invitation) == {"felt": 1, "csat": 4, "packed": 9}
    assert labels(world) == []


async def test_the_same_tap_twice_writes_once(world: World) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    assert (await world.answer(invitation, FELT, 1)).note is Note.SAME
    assert len((await world.scene(invitation)).given) == 1
    assert await world.wrong_counters() == []


async def test_going_back_keeps_what_was_said(world: World) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    tap = world.tapped(invitation)
    await world.show(tap, await world.give.back(tap))
    assert labels(world) == [["😠", "🙁", "😐", "🙂", "😀", "⋯"]]
    assert await given(world, invitation) == {"felt": 1}


# ---- not theirs, not now ---------------------------------------------------------------------------------------------


async def test_somebody_elses_button_does_nothing(world: World) -> None:
    invitation = await world.visit()
    turn = await world.give.answer(world.tapped(invitation, BOB), FELT, 1)
    assert (turn.note, turn.scene) == (Note.NOT_YOURS, None)
    assert await given(world, invitation) == {}


@pytest.mark.parametrize(
    ("place", "value"), [(FELT, 3), (FELT, -3), (99, 1), (-1, 1), (WORDS, 1), (CSAT, 0), (WHY, 7), (WHY, -1)]
)
async def test_a_forged_button_changes_nothing(world: World, place: int, value: int) -> None:
    invitation = await world.visit()
    turn = await world.answer(invitation, place, value)
    assert turn.note in (Note.NOT_LEGAL, Note.NOT_ASKED)
    assert await given(world, invitation) == {}


async def test_an_unknown_invitation_says_so(world: World) -> None:
    assert (await world.give.answer(world.tapped(4711), FELT, 1)).note is Note.GONE


async def test_after_being_forgotten_the_old_button_answers_kindly(world: World) -> None:
    invitation = await world.visit()
    await world.db.write(lambda tx: customers.erase(tx, world.person.id))
    assert (await world.answer(invitation, FELT, 1)).note is Note.GONE


async def test_a_question_about_a_withdrawn_visit_is_not_taken_up_again(world: World) -> None:
    invitation = await world.visit()
    await world.db.write(lambda tx: invitations.set_state(tx, invitation, "dropped", reason="withdrawn"))
    assert (await world.answer(invitation, FELT, 1)).note is Note.GONE
    assert await state(world, invitation) == "dropped"


# ---- delivery --------------------------------------------------------------------------------------------------------


async def test_a_tap_proves_that_a_lost_invitation_arrived(world: World) -> None:
    world.messenger.will_raise(Uncertain("reset"))
    with pytest.raises(IndexError):
        await world.visit()
    invitation = await world.db.read(lambda tx: invitations.open_of(tx, world.person.id))
    assert invitation is not None
    assert await world.behind() == 0
    turn = await world.give.answer(world.tapped(invitation.id, message="55"), FELT, 1)
    assert turn.note is Note.SAVED
    response = (await world.scene(invitation.id)).response
    assert response is not None
    assert response.message_id == "55"
    assert await world.wrong_counters() == []


async def test_a_tap_before_the_delivery_is_recorded_is_taken(world: World) -> None:
    """The network may be quicker than our own note that the message was sent."""
    await world.record([Event("e9", "77", "shop", world.clock.now(), touchpoint="delivery")])
    await world.ask_due()
    invitation = await world.db.read(lambda tx: invitations.open_of(tx, world.person.id))
    assert invitation is not None
    assert invitation.state == "reserved"
    assert (await world.give.answer(world.tapped(invitation.id, message="1"), FELT, 1)).note is Note.SAVED
    assert await state(world, invitation.id) == "answering"
    assert await world.wrong_counters() == []


async def test_who_cannot_be_reached_is_noted_and_the_invitation_dropped(world: World) -> None:
    world.messenger.will_raise(Unreachable("blocked"))
    with pytest.raises(IndexError):
        await world.visit()
    assert (await world.customer()).unreachable_at == world.clock.now()
    assert await world.db.read(lambda tx: invitations.open_of(tx, world.person.id)) is None
    assert await world.wrong_counters() == []


@pytest.mark.parametrize("column", ["stopped_at", "consent_at"])
async def test_it_is_checked_once_more_before_it_leaves(world: World, column: str) -> None:
    await world.record([Event("e1", "77", "shop", world.clock.now(), touchpoint="delivery")])
    await world.ask_due()
    now = world.clock.now() if column == "stopped_at" else None
    await world.db.write(lambda tx: customers.update(tx, world.person.id, **{column: now}))
    await world.deliver()
    assert world.messenger.arrived == []
    dropped = await world.db.read(lambda tx: invitations.in_states(tx, ["dropped"]))
    assert [i.reason for i in dropped] == ["stopped" if column == "stopped_at" else "no_consent"]


async def test_a_message_that_was_not_edited_after_the_commit_is_mended(world: World) -> None:
    invitation = await world.visit()
    await world.give.answer(world.tapped(invitation), FELT, 1)  # and then the power goes
    assert await world.mend() == 0  # too soon: it may be on its way
    world.clock.advance(timedelta(minutes=2))
    assert await world.mend() == 1
    assert "How satisfied were you" in str(world.seen().text)
    assert await world.mend() == 0


async def test_a_message_that_cannot_be_edited_is_given_up(world: World) -> None:
    invitation = await world.visit()
    await world.give.answer(world.tapped(invitation), FELT, 1)
    world.clock.advance(timedelta(minutes=2))
    for _ in range(5):
        world.messenger.will_raise(Rejected("message to edit not found"))
        assert await world.mend() == 0
    assert await world.behind() == 0


# ---- words -----------------------------------------------------------------------------------------------------------


async def asked_for_words(world: World) -> int:
    invitation = await world.visit()
    for place, value in ((FELT, 1), (CSAT, 3), (WHY, 0)):
        await world.answer(invitation, place, value)
    return invitation


async def test_words_are_taken_and_the_talk_goes_on_below_them(any_world: World) -> None:
    world = any_world
    invitation = await asked_for_words(world)
    turn = await world.write("It <b>rained</b> & poured")
    assert turn is not None
    assert turn.left == "1"
    assert (await given(world, invitation))["words"] == "It <b>rained</b> & poured"
    assert world.last == "2"
    assert "Would you recommend us?" in str(world.seen().text)
    assert await world.behind() == 0


async def test_two_messages_soon_after_each_other_are_one_comment(world: World) -> None:
    invitation = await asked_for_words(world)
    await world.write("Late", "u1")
    world.clock.advance(timedelta(minutes=1))
    await world.write("and wet", "u2")
    assert (await given(world, invitation))["words"] == "Late\nand wet"
    world.clock.advance(timedelta(minutes=11))
    assert await world.write("Where is my order?", "u3") is None


async def test_words_long_after_the_question_are_about_something_else(world: World) -> None:
    await asked_for_words(world)
    world.clock.advance(timedelta(hours=25))
    assert await world.write("Where is my order?") is None
    assert await world.write("It rained", reply_to="1") is not None


async def test_a_message_changed_in_the_messenger_changes_the_answer(world: World) -> None:
    invitation = await asked_for_words(world)
    await world.write("It raned", "u1")
    assert (await world.comment.changed(ALICE, "It rained", "u1")).note is Note.CHANGED
    assert (await given(world, invitation))["words"] == "It rained"
    assert (await world.comment.changed(BOB, "x", "u1")).note is Note.GONE


async def test_a_question_for_words_can_be_skipped(world: World) -> None:
    invitation = await asked_for_words(world)
    tap = world.tapped(invitation)
    assert (await world.show(tap, await world.give.skip(tap, WORDS))).note is Note.SKIPPED
    assert await world.db.read(lambda tx: prompts.current(tx, ALICE)) is None
    assert await world.write("Something else") is None


# ---- less of us ------------------------------------------------------------------------------------------------------


async def test_the_menu_beside_the_scale_offers_later_not_about_this_and_stop(world: World) -> None:
    scene = await world.scene(await world.visit())
    words = [row[0].label for row in menu(scene, world.clock.now()).buttons]
    assert words == ["Ask me later", "Don't ask about this", "No more questions at all", "‹ Back"]


async def test_later_brings_the_question_back_tomorrow_at_a_decent_hour(world: World) -> None:
    invitation = await world.visit()
    world.clock.advance(timedelta(hours=7, minutes=30))  # 20:30 in Warsaw
    tap = world.tapped(invitation)
    await world.show(tap, await world.stop.later(tap))
    assert "23 Nov, 20:30" in str(world.seen().text)
    assert (await world.stop.later(tap)).note is Note.SAME
    world.clock.advance(timedelta(hours=24))
    await world.deliver()
    assert world.last == "2"
    assert "You asked us to come back" in str(world.seen().text)
    await world.remind()
    await world.deliver()
    assert world.last == "2"
    await world.answer(invitation, FELT, 2)
    assert await given(world, invitation) == {"felt": 2}


async def test_later_can_be_thought_better_of(world: World) -> None:
    invitation = await world.visit()
    tap = world.tapped(invitation)
    await world.stop.later(tap)
    assert (await world.scene(invitation)).talk.step == LATER
    await world.show(tap, await world.give.resume(tap))
    await world.answer(invitation, FELT, 1)
    world.clock.advance(timedelta(hours=30))
    await world.deliver()
    assert world.last == "1"


async def test_not_about_this_is_remembered_and_can_be_undone(any_world: World) -> None:
    world = any_world
    invitation = await world.visit()
    tap = world.tapped(invitation)
    await world.show(tap, await world.stop.mute(tap))
    assert await state(world, invitation) == "declined"
    muted = await world.db.read(lambda tx: invitations.mutes(tx, [world.person.id]))
    assert muted[world.person.id] == {"delivery": None}
    assert (await world.answer(invitation, FELT, 1)).note is Note.ENDED
    await world.show(tap, await world.stop.reopen(tap))
    assert await state(world, invitation) == "open"
    assert (await world.db.read(lambda tx: invitations.mutes(tx, [world.person.id])))[world.person.id] == {}
    assert (await world.answer(invitation, FELT, 1)).note is Note.SAVED
    assert await world.wrong_counters() == []


async def test_stopping_half_way_keeps_the_answers_and_asks_nothing_more(world: World) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    tap = world.tapped(invitation)
    await world.show(tap, await world.stop.stop(tap))
    scene = await world.scene(invitation)
    assert (scene.talk.step, scene.invitation.state) == (STOPPED, "done")
    assert (await world.customer()).stopped_at is not None
    await world.show(tap, await world.stop.reopen(tap))
    assert (await world.customer()).stopped_at is None
    assert (await world.scene(invitation)).talk.step == "csat"
    assert await world.wrong_counters() == []


async def test_a_second_question_keeps_the_first_from_coming_back(world: World) -> None:
    first = await world.visit("e1")
    tap = world.tapped(first)
    await world.stop.mute(tap)
    await world.db.write(lambda tx: _unmute_and_ask(tx, world))
    await world.visit("e2")
    assert (await world.stop.reopen(tap)).note is Note.ENDED
    assert await state(world, first) == "declined"


def _unmute_and_ask(tx: Connection, world: World) -> None:
    mutes.unmute(tx, world.person.id)


async def test_enough_ends_it_with_thanks(world: World) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, -2)
    tap = world.tapped(invitation)
    await world.show(tap, await world.give.enough(tap))
    assert (await world.scene(invitation)).talk.step == DONE
    assert "Thank you!" in str(world.seen().text)


# ---- time passes -----------------------------------------------------------------------------------------------------


async def test_who_does_not_answer_is_reminded_once_at_a_decent_hour_and_then_left_alone(any_world: World) -> None:
    world = any_world
    invitation = await world.visit()
    world.clock.advance(timedelta(hours=57))  # 22:00 in Warsaw
    assert await world.remind() == (1, 0)
    await world.deliver()
    assert world.last == "1"
    world.clock.advance(timedelta(hours=11))
    await world.deliver()
    assert world.last == "2"
    assert "the only one" in str(world.seen().text)
    assert await world.remind() == (0, 0)
    world.clock.advance(timedelta(hours=168))
    assert await world.remind() == (0, 1)
    world.clock.advance(timedelta(minutes=2))
    await world.mend()
    assert "closed now" in str(world.seen().text)
    assert labels(world) == []
    assert await state(world, invitation) == "expired"
    assert (await world.answer(invitation, FELT, 1)).note is Note.ENDED
    assert await world.wrong_counters() == []


async def test_who_is_answering_is_not_reminded_and_what_he_said_counts(world: World) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    world.clock.advance(timedelta(hours=100))
    assert await world.remind() == (0, 0)
    world.clock.advance(timedelta(hours=100))
    assert await world.remind() == (0, 1)
    scene = await world.scene(invitation)
    assert (scene.talk.step, scene.invitation.state) == (EXPIRED, "done")
    assert dict(scene.talk.answers) == {"felt": 1}
    assert await world.wrong_counters() == []


async def test_a_reminder_is_not_sent_to_who_answered_in_the_meantime(world: World) -> None:
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
    world.clock.advance(timedelta(hours=12))
    await world.deliver()
    turn = await world.give.answer(world.tapped(invitation, message="1"), FELT, 1)
    assert (turn.note, turn.left) == (Note.SAVED, "2")


async def test_undelivered_words_leave_the_question_to_the_mending(world: World) -> None:
    invitation = await asked_for_words(world)
    world.messenger.will_raise(Uncertain("reset"))
    await world.write("It rained")
    assert (await given(world, invitation))["words"] == "It rained"
    world.clock.advance(timedelta(minutes=2))
    assert await world.mend() == 1
    assert "Would you recommend us?" in str(world.seen("1").text)


async def test_declining_leaves_no_answer(world: World) -> None:
    invitation = await world.visit()
    await world.stop.mute(world.tapped(invitation))
    assert (await world.scene(invitation)).talk.step == DECLINED
    assert await world.db.read(lambda tx: answers.of_customer(tx, world.person.id)) == []
