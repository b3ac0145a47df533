"""Taps: acknowledged while nothing can be shown, and shown rightly after a kill at each point of their way.

The way of a tap: its answer is committed, the tap is acknowledged, its message is edited.
"""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.faults import hang, too_many
from bot.sandbox.people import Person
from tests.stories.process import ProcessStage, start_process_stage
from tests.stories.stage import start_stage

ASKED, NEXT = "How did you feel", "How satisfied were you"


async def ask(stage: ProcessStage) -> Person:
    """Return a customer who sees a question."""
    olga = await stage.add_consenting_customer("Olga", "77")
    await stage.post_event("77", "delivery")
    await stage.wait_until(lambda: ASKED in olga.last.words)
    return olga


async def count_answers(stage: ProcessStage) -> int:
    """Return how many answers to the question about the delivery count on the map."""
    journey_map = await stage.call_api("GET", "/v1/journeys/shop/map")
    scores = [point["scores"] for part in journey_map["stages"] for point in part["touchpoints"]]
    return sum(each["emotion"]["answers"] for each in scores if "emotion" in each)


async def check_shown_once(stage: ProcessStage, olga: Person) -> None:
    """Assert that after the restart the question's message shows the next step, and the answer counts once."""
    await stage.wait_until(lambda: NEXT in olga.last.words)
    assert sum(bool(message.buttons) for message in olga.messages) == 1, "one message holds the conversation"
    assert await count_answers(stage) == 1


@pytest.mark.timeout(300)
async def test_kill_after_the_commit_before_acknowledging_loses_and_doubles_nothing(
    database_url: str, tmp_path: Path
) -> None:
    async with start_process_stage(database_url, tmp_path) as stage:
        olga = await ask(stage)
        acknowledging, editing = stage.hold("answerCallbackQuery"), stage.hold("editMessageText")
        await olga.click("🙁")
        await acknowledging.wait_until_held()
        await editing.wait_until_held()
        await stage.tropa.restart()
        await check_shown_once(stage, olga)


@pytest.mark.timeout(300)
async def test_kill_after_acknowledging_before_showing_loses_and_doubles_nothing(
    database_url: str, tmp_path: Path
) -> None:
    async with start_process_stage(database_url, tmp_path) as stage:
        olga = await ask(stage)
        editing = stage.hold("editMessageText")
        press = await olga.click("🙁")
        await stage.wait_until(lambda: press.answer is not None)
        await editing.wait_until_held()
        assert NEXT not in olga.last.words
        await stage.tropa.restart()
        await check_shown_once(stage, olga)


@pytest.mark.timeout(300)
async def test_kill_after_showing_before_it_is_recorded_shows_the_same_again(sqlite_url: str, tmp_path: Path) -> None:
    async with start_process_stage(sqlite_url, tmp_path) as stage:
        olga = await ask(stage)
        editing = stage.hold("editMessageText", carried_out=True)
        await olga.click("🙁")
        await editing.wait_until_held()
        await stage.tropa.restart()
        await check_shown_once(stage, olga)
        press = await olga.click("5")
        await stage.wait_until(lambda: press.answer is not None)


async def test_while_the_messenger_hangs_on_edits_every_tap_is_acknowledged(database_url: str) -> None:
    """Forty people are more than the display has places; each taps three times."""
    async with start_stage(database_url) as stage:
        people = await stage.add_consenting_customers([f"{n}" for n in range(40)])
        for n in range(40):
            await stage.send_event(f"{n}", "delivery")
        await stage.settle()
        stage.sandbox.plan_fault(hang(), "editMessageText", times=200)
        presses = [await person.click("🙁") for person in people for _ in range(3)]
        for press in presses:
            await people[0].wait_for_answer(press)
        stage.sandbox.faults.clear()
        assert all(press.answer is not None for press in presses)


async def test_reminder_leaves_one_message_with_buttons_also_if_the_process_ends_before_the_other_is_changed(
    database_url: str,
) -> None:
    async with start_stage(database_url) as stage:
        olga = await stage.add_consenting_customer("Olga", "77")
        await stage.post_event("77", "delivery")
        stage.sandbox.plan_fault(too_many(3600), "editMessageText")  # no edit before the process ends
        await stage.pass_time(timedelta(days=2, hours=1))
        asked = [message for message in olga.messages if ASKED in message.words]
        assert [bool(message.buttons) for message in asked] == [True, True], "the change was refused"
        stage.sandbox.faults.clear()
        await stage.stop()
        await stage.start()
        await stage.pass_time(timedelta(minutes=10))
        asked = [message for message in olga.messages if message.buttons]
        assert [message.id for message in asked] == [olga.last.id]
