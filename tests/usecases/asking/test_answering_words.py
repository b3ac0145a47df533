"""Questions that are answered in words."""

from datetime import timedelta

from bot.db.asking import awaited_texts
from bot.usecases.asking.turn import TapNotice
from tests.usecases.asking.world import ALICE, BOB, WORDS, World


async def test_words_are_stored_and_the_conversation_goes_on_below_them(any_world: World) -> None:
    world = any_world
    invitation = await world.answer_until_words()
    turn = await world.write("It <b>rained</b> & poured")
    assert turn is not None
    assert turn.left_message == "1"
    assert (await world.stored_answers(invitation))["words"] == "It <b>rained</b> & poured"
    assert world.last == "2"
    assert "Would you recommend us?" in str(world.message_in_chat().text)
    assert await world.count_unshown() == 0


async def test_two_messages_soon_after_each_other_are_one_comment(world: World) -> None:
    invitation = await world.answer_until_words()
    await world.write("Late", "u1")
    world.clock.advance(timedelta(minutes=1))
    await world.write("and wet", "u2")
    assert (await world.stored_answers(invitation))["words"] == "Late\nand wet"
    world.clock.advance(timedelta(minutes=11))
    assert await world.write("Where is my order?", "u3") is None


async def test_message_that_words_have_left_stays_left_while_the_next_one_is_on_its_way(world: World) -> None:
    invitation, left = await world.answer_until_words(), world.last
    first = await world.comment(ALICE, "The box", "u1", invitation)
    second = await world.comment(ALICE, "was wet", "u2", invitation)
    assert (first.left_message, second.left_message) == (left, left), "it would get its buttons back otherwise"
    await world.deliver()
    third = await world.comment(ALICE, "and torn", "u3", invitation)
    assert third.left_message is None, "the message below shows these words"


async def test_words_long_after_the_question_are_about_something_else(world: World) -> None:
    await world.answer_until_words()
    world.clock.advance(timedelta(hours=25))
    assert await world.write("Where is my order?") is None
    assert await world.write("It rained", reply_to="1") is not None


async def test_a_message_changed_in_the_messenger_changes_the_answer(world: World) -> None:
    invitation = await world.answer_until_words()
    await world.write("It raned", "u1")
    assert (await world.comment.edit_comment(ALICE, "It rained", "u1")).notice is TapNotice.CHANGED
    assert (await world.stored_answers(invitation))["words"] == "It rained"
    assert (await world.comment.edit_comment(BOB, "x", "u1")).notice is TapNotice.GONE


async def test_a_question_for_words_can_be_skipped(world: World) -> None:
    invitation = await world.answer_until_words()
    tap = world.make_tap(invitation)
    assert (await world.show(tap, await world.give.skip(tap, WORDS))).notice is TapNotice.SKIPPED
    assert await world.db.read(lambda tx: awaited_texts.find(tx, ALICE)) is None
    assert await world.write("Something else") is None


async def test_own_names_are_kept_with_the_words_that_hold_them_and_go_with_them(world: World) -> None:
    invitation = await world.answer_until_words()
    names = ("Alice", "Cooper")
    await world.comment(ALICE, "Alice waited", "u1", invitation, names)

    async def kept() -> list[str | None]:
        context = await world.context(invitation)
        return [answer.own_names for answer in context.answers.values() if answer.text]

    assert await kept() == ["Alice"]
    await world.comment.edit_comment(ALICE, "It rained on Cooper", "u1", names)
    assert await kept() == ["Cooper"]
    await world.comment.edit_comment(ALICE, "It rained", "u1", names)
    assert await kept() == [None]
