"""Messages that asked: once the question goes on in another one or has ended, none of them keeps a live button."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import delete, select

import migrations
from bot.db.asking.tables import left_message_table
from bot.db.conversation import left_messages
from bot.db.delivery.tables import recall_table
from bot.db.engine.database import Connection, Database
from bot.db.upkeep.schema import migrate
from bot.messages.callbacks import ConversationVerb
from bot.outbox.display import Display
from bot.outbox.messenger import DeliveryError, Rejected, Uncertain, Unreachable
from bot.outbox.replies import Replies
from bot.usecases.asking.repair_messages import PATIENCE, RepairMessages
from bot.usecases.asking.show_conversation import TRIES
from bot.usecases.asking.turn import TapNotice, TurnResult
from bot.usecases.people.change_account import change_account
from bot.usecases.people.forget_customer import forget_customer
from cjm.journeys.visit import Event
from tests.outbox.doubles import swift_pace
from tests.usecases.asking.world import ALICE, BOB, CSAT, EXPIRE, FELT, NOON, PACKED, REMIND, World, make_world

MOVED = "It goes on in the other message."
UNDO = {ConversationVerb.CHANGE, ConversationVerb.CHOOSE, ConversationVerb.REOPEN}


async def be_reminded(world: World) -> int:
    """Ask, keep silent, and get a reminder: message 1 is left and has its buttons still; return the invitation."""
    invitation = await world.visit()
    world.clock.advance(REMIND + timedelta(hours=2))
    assert await world.remind() == (1, 0)
    await world.deliver()
    assert world.last == "2"
    return invitation


async def put_off(world: World) -> int:
    """Say "later", and get the question again a day later."""
    invitation = await world.visit()
    tap = world.make_tap(invitation)
    await world.show(tap, await world.stop.snooze(tap))
    world.clock.advance(timedelta(hours=25))
    await world.deliver()
    assert world.last == "2"
    return invitation


def restart(world: World) -> None:
    """Kill the process: what waited in memory to be shown is lost."""
    world.display = Display(Replies(world.messenger, swift_pace(), world.db, world.clock), waits=())
    world.find_repairs = RepairMessages(world.db, world.clock, world.display)


async def list_left(world: World) -> list[str]:
    """Return the messages whose rows say that they are to lose their buttons."""
    return list(await world.db.read(lambda tx: tx.scalars(select(left_message_table.c.message_id)).all()))


async def show_left(world: World, turn: TurnResult, invitation: int) -> None:
    """Do what the handler does about the message that the conversation was in before the turn."""
    assert turn.left_message is not None
    world.display.show(world.conversations.left_message(ALICE, turn.left_message, invitation))
    await world.display.wait_until_idle()


# ---- it goes on elsewhere --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("come_again", [be_reminded, put_off])
async def test_message_that_a_reminder_has_left_says_so_and_has_no_buttons(
    any_world: World, come_again: Callable[[World], Awaitable[int]]
) -> None:
    world = any_world
    await come_again(world)
    assert world.labels("1") != []
    assert await world.repair() == 1
    assert (world.labels("1"), world.labels("2") != []) == ([], True)
    assert MOVED in str(world.message_in_chat("1").text)
    assert (await world.repair(), await list_left(world)) == (0, [])


async def test_process_that_dies_after_a_tap_leaves_no_button_in_the_message_before(world: World) -> None:
    invitation = await be_reminded(world)
    await world.repair()
    turn = await world.give.answer(world.make_tap(invitation, message="1"), FELT, 1)
    assert (turn.notice, turn.left_message) == (TapNotice.SAVED, "2")
    restart(world)
    assert await world.repair() == 2
    assert "How satisfied were you" in str(world.message_in_chat("1").text)
    assert (world.labels("2"), MOVED in str(world.message_in_chat("2").text)) == ([], True)
    assert (await world.repair(), await list_left(world)) == (0, [])


async def test_tap_on_a_left_message_that_kept_its_buttons_is_taken_and_the_other_one_is_left(world: World) -> None:
    invitation = await be_reminded(world)
    tap = world.make_tap(invitation, message="1")
    turn = await world.give.answer(tap, FELT, 1)
    await world.show(tap, turn)
    await show_left(world, turn, invitation)
    assert (world.labels("1") != [], world.labels("2")) == (True, [])
    edits = len(world.messenger.edits)
    assert (await world.repair(), len(world.messenger.edits)) == (0, edits), "the row of message 1 changes nothing"
    tap = world.make_tap(invitation, message="2")
    await world.show(tap, await world.give.answer(tap, CSAT, 5))
    await world.repair()
    assert (world.labels("1"), world.labels("2") != []) == ([], True)


async def test_repair_that_was_overtaken_by_a_tap_shows_the_step(world: World) -> None:
    invitation = await be_reminded(world)
    (left,) = await world.db.read(lambda tx: left_messages.list_due(tx, world.clock.now(), 9))
    await world.give.answer(world.make_tap(invitation, message="1"), FELT, 1)
    world.display.show(world.conversations.repair_left(left))
    await world.display.wait_until_idle()
    assert "How satisfied were you" in str(world.message_in_chat("1").text)


async def test_menu_in_a_left_message_moves_the_conversation_there(world: World) -> None:
    invitation = await be_reminded(world)
    turn = await world.give.look(world.make_tap(invitation, message="1"))
    assert (turn.notice, turn.left_message) == (TapNotice.MOVED, "2")
    restart(world)
    assert await world.repair() == 2
    assert (world.labels("1") != [], world.labels("2")) == (True, [])
    assert (await world.give.look(world.make_tap(invitation, message="1"))).left_message is None


async def test_message_above_written_words_is_changed_once(world: World) -> None:
    invitation = await world.answer_until_words()
    turn = await world.comment(ALICE, "It rained", "u1", invitation)
    await show_left(world, turn, invitation)
    edits = len(world.messenger.edits)
    await world.deliver()
    assert (world.labels("1"), world.labels("2") != []) == ([], True)
    assert (await world.repair(), len(world.messenger.edits)) == (0, edits)


async def test_message_above_written_words_is_changed_if_the_process_died(world: World) -> None:
    invitation = await world.answer_until_words()
    await world.comment(ALICE, "It rained", "u1", invitation)
    restart(world)
    assert await world.repair() == 0, "the next step is not there yet"
    await world.deliver()
    assert await world.repair() == 1
    assert (world.labels("1"), await list_left(world)) == ([], [])


async def test_message_above_written_words_that_was_tapped_meanwhile_is_left_once_more(world: World) -> None:
    invitation = await world.answer_until_words()
    turn = await world.comment(ALICE, "It rained", "u1", invitation)
    await show_left(world, turn, invitation)
    tap = world.make_tap(invitation, message="1")
    world.clock.advance(timedelta(seconds=1))
    await world.show(tap, await world.give.go_back(tap))
    assert world.labels("1") != []
    await world.deliver()
    world.clock.advance(PATIENCE)
    await world.repair()
    assert (world.labels("1"), world.labels("2") != []) == ([], True)
    assert await world.repair() == 0


async def test_message_above_written_words_shows_the_step_if_the_next_message_cannot_come(world: World) -> None:
    invitation = await world.answer_until_words()
    turn = await world.comment(ALICE, "It rained", "u1", invitation)
    await show_left(world, turn, invitation)
    world.messenger.will_raise(Rejected("not this one"))
    await world.deliver()
    world.clock.advance(PATIENCE)
    assert await world.repair() == 1
    assert "Would you recommend us?" in str(world.message_in_chat("1").text)


# ---- a change that fails ---------------------------------------------------------------------------------------------


async def test_change_that_was_lost_is_tried_again_after_a_pause_and_given_up_in_the_end(world: World) -> None:
    await be_reminded(world)
    world.messenger.will_raise(Uncertain("reset"))
    assert (await world.repair(), await world.repair()) == (0, 0)
    assert world.messenger.calls["edit"] == 1
    for _ in range(TRIES - 1):
        world.clock.advance(timedelta(hours=5))
        world.messenger.will_raise(Uncertain("reset"))
        await world.repair()
    world.messenger.script.clear()
    world.clock.advance(timedelta(days=1))
    assert (await world.repair(), await list_left(world)) == (0, [])
    assert world.messenger.calls["edit"] == TRIES


async def test_lost_change_is_made_later(world: World) -> None:
    await be_reminded(world)
    world.messenger.will_raise(Uncertain("reset"))
    await world.repair()
    restart(world)
    world.clock.advance(timedelta(minutes=1))
    assert (await world.repair(), world.labels("1")) == (1, [])


@pytest.mark.parametrize("error", [Rejected("message can't be edited"), Unreachable("blocked")])
async def test_message_that_cannot_be_changed_any_more_is_given_up_at_once(world: World, error: DeliveryError) -> None:
    invitation = await be_reminded(world)
    await world.give.answer(world.make_tap(invitation), FELT, 1)
    restart(world)
    world.messenger.will_raise(error, error)  # the left message, and the one that the conversation is in
    assert await world.repair() == 0
    for _ in range(3):
        world.clock.advance(timedelta(hours=1))
        restart(world)
        await world.repair()
    assert (world.messenger.calls["edit"], await list_left(world), await world.count_unshown()) == (2, [], 0)


# ---- it has ended ----------------------------------------------------------------------------------------------------


async def answer_all(world: World, invitation: int) -> None:
    for place, value in ((FELT, 1), (CSAT, 5), (PACKED, 9)):
        await world.answer(invitation, place, value)


async def keep_silent(world: World, _invitation: int) -> None:
    world.clock.advance(EXPIRE)
    assert await world.remind() == (0, 1)


async def decline(world: World, invitation: int) -> None:
    await world.stop.mute(world.make_tap(invitation))


async def send_stop(world: World, _invitation: int) -> None:
    await world.stop.stop_all(ALICE)


@pytest.mark.parametrize("end", [answer_all, keep_silent, decline, send_stop])
@pytest.mark.parametrize("is_tapped", [False, True])
async def test_question_that_has_ended_leaves_no_button_but_to_take_that_back(
    world: World, end: Callable[[World, int], Awaitable[None]], is_tapped: bool
) -> None:
    invitation = await be_reminded(world)
    if is_tapped:  # in message 1, and the edit of message 2 is lost
        await world.give.answer(world.make_tap(invitation, message="1"), FELT, 1)
    await end(world, invitation)
    world.clock.advance(PATIENCE)
    await world.repair()
    current = (await world.context(invitation)).response
    assert current is not None
    for number in ("1", "2"):
        verbs = {button.action.verb for row in world.message_in_chat(number).buttons for button in row if button.action}
        assert verbs <= (UNDO if number == current.message_id else set())


async def test_question_of_a_withdrawn_event_is_closed_in_both_messages(world: World) -> None:
    await be_reminded(world)
    await world.record([Event("e1", "77", "shop", NOON, touchpoint="delivery", withdrawn=True)])
    restart(world)
    world.clock.advance(PATIENCE)
    assert await world.repair() == 2
    assert (world.labels("1"), world.labels("2")) == ([], [])
    assert "nothing more to do" in str(world.message_in_chat("2").text)


async def test_message_whose_number_only_a_menu_told_is_closed_with_its_question(world: World) -> None:
    world.messenger.will_raise(Uncertain("reset"))
    await world.record([Event("e1", "77", "shop", world.clock.now(), touchpoint="delivery")])
    await world.ask_due()
    await world.deliver()
    await world.give.look(world.make_tap(1, message="8"))
    world.clock.advance(EXPIRE)
    await world.remind()
    world.clock.advance(PATIENCE)
    await world.repair()
    assert [(number, message.buttons) for _, number, message in world.messenger.edits[-1:]] == [("8", ())]


async def list_recalled(world: World) -> set[tuple[str, str]]:
    def read(tx: Connection) -> set[tuple[str, str]]:
        return {(row.address, row.message_id) for row in tx.execute(select(recall_table))}

    return await world.db.read(read)


async def test_forgetting_takes_every_message_of_an_open_question_away(any_world: World) -> None:
    world = any_world
    await be_reminded(world)
    await world.db.write(lambda tx: forget_customer(tx, world.person.id, ALICE, 5, world.clock.now()))
    assert await list_recalled(world) == {(ALICE.id, "1"), (ALICE.id, "2")}
    assert (await list_left(world), await world.repair()) == ([], 0)


async def test_questions_are_taken_away_from_an_account_that_is_the_customers_no_longer(any_world: World) -> None:
    world = any_world
    await be_reminded(world)
    person = await world.customer()
    await world.db.write(lambda tx: change_account(tx, person, BOB, world.clock.now()))
    assert await list_recalled(world) == {(ALICE.id, "1"), (ALICE.id, "2")}
    assert (await list_left(world), await world.repair()) == ([], 0)


async def test_forgetting_leaves_old_conversations_alone(world: World) -> None:
    invitation = await world.visit()
    await answer_all(world, invitation)
    world.clock.advance(timedelta(days=2))
    await world.db.write(lambda tx: forget_customer(tx, world.person.id, ALICE, 5, world.clock.now()))
    assert await list_recalled(world) == set()


# ---- messages of before ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_open", [True, False])
async def test_upgrade_finds_what_reminders_of_open_questions_have_left(any_db: Database, is_open: bool) -> None:
    world = await make_world(any_db)
    invitation = await be_reminded(world)
    if not is_open:
        await keep_silent(world, invitation)

    def go_back(tx: Connection) -> None:
        tx.execute(delete(left_message_table))
        config = migrations.config()
        config.attributes["connection"] = tx
        command.downgrade(config, "0015")

    await any_db.write(go_back)
    await migrate(any_db)
    assert await list_left(world) == (["1"] if is_open else [])
