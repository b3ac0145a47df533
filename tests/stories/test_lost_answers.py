"""The connection breaks in a call that sends a letter: nobody knows whether it arrived. What people wait for comes.

`reset_after`: the message is in the chat, and comes once more. `reset_before`: it is not, and comes.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.db.delivery import letters
from bot.outbox import policy
from bot.sandbox.faults import Fault, reset_after, reset_before
from bot.sandbox.people import Group, Person, Viewer
from bot.sandbox.records import Message
from bot.telegram.api_errors import MESSENGER
from cjm.address import Address
from tests.depth import choose_depth
from tests.stories.stage import Stage, start_stage

ARRIVED, LOST = (reset_after(), 2), (reset_before(), 1)
# Both faults and both engines; with DEEP=1 each fault on each of them.
both_faults = pytest.mark.parametrize(
    ("database_url", "fault", "copies"),
    [
        pytest.param("postgresql", *ARRIVED, id="postgresql-arrived", marks=pytest.mark.postgresql),
        pytest.param("sqlite", *LOST, id="sqlite-lost"),
        pytest.param("postgresql", *LOST, id="postgresql-lost", marks=pytest.mark.postgresql),
        pytest.param("sqlite", *ARRIVED, id="sqlite-arrived"),
    ][: choose_depth(2, 4)],
    indirect=["database_url"],
)
WORDS = "It came late and broken"
ANSWER = "A new one leaves today"
WEEK = timedelta(days=7)


def break_next_message(stage: Stage, fault: Fault, viewer: Person | Group) -> Callable[[], None]:
    """Break the next message to this chat; return a function that checks that there was one."""
    plan = stage.sandbox.plan_fault(fault, "sendMessage", chat=viewer.chat.id)

    def check() -> None:
        assert plan.left == 0, "the message was never sent"

    return check


async def let_repeats_go(stage: Stage) -> None:
    for _ in range(3):  # the third would show a third copy
        await stage.pass_time(policy.REPEAT_DELAY)


async def complain(stage: Stage, person: Person) -> None:
    await person.send("/complain")
    await stage.settle()
    await person.send(WORDS)
    await stage.settle()


def find_messages(viewer: Viewer, part: str) -> list[Message]:
    return [message for message in viewer.messages if part in message.words and message.sender.is_bot]


@both_faults
async def test_card_whose_answer_was_lost_reaches_the_team_and_the_first_copy_is_worked_with(
    database_url: str, fault: Fault, copies: int
) -> None:
    async with start_stage(database_url) as stage:
        boss, group = await stage.set_up_company()
        olga = await stage.add_consenting_customer("Olga", "77")
        check_broken = break_next_message(stage, fault, group)
        await complain(stage, olga)
        check_broken()
        await let_repeats_go(stage)
        cards = find_messages(group, WORDS)
        assert len(cards) == copies
        await group.send(boss, ANSWER, reply_to=cards[0])
        await stage.settle()
        assert len(find_messages(olga, ANSWER)) == 1
        await group.click(boss, "Close", cards[-1])
        await stage.settle()
        cards = find_messages(group, WORDS)
        assert len({(card.words, tuple(card.buttons)) for card in cards}) == 1, "the copies contradict each other"
        assert "Boss" in cards[0].words


@pytest.mark.parametrize("act", ["tap", "reply"])
async def test_tap_or_reply_on_a_card_in_doubt_proves_it_and_no_second_one_comes(database_url: str, act: str) -> None:
    async with start_stage(database_url) as stage:
        boss, group = await stage.set_up_company()
        olga = await stage.add_consenting_customer("Olga", "77")
        break_next_message(stage, reset_after(), group)
        await complain(stage, olga)
        (card,) = find_messages(group, WORDS)
        if act == "tap":
            await group.click(boss, "take it", card)
        else:
            await group.send(boss, ANSWER, reply_to=card)
        await let_repeats_go(stage)
        (card,) = find_messages(group, WORDS)
        assert "Boss" in card.words
        assert len(find_messages(olga, ANSWER)) == (act == "reply")


async def test_card_that_may_not_have_arrived_twice_reaches_the_managers_too(database_url: str) -> None:
    async with start_stage(database_url) as stage:
        boss, group = await stage.set_up_company()
        olga = await stage.add_consenting_customer("Olga", "77")
        stage.sandbox.plan_fault(reset_before(), "sendMessage", chat=group.chat.id, times=2)
        await complain(stage, olga)
        await let_repeats_go(stage)
        assert find_messages(group, WORDS) == []
        assert len(find_messages(boss, WORDS)) == 1


@both_faults
async def test_notice_whose_answer_was_lost_reaches_the_team_and_a_reply_to_it_the_customer(
    database_url: str, fault: Fault, copies: int
) -> None:
    async with start_stage(database_url) as stage:
        boss, group = await stage.set_up_company()
        olga = await stage.add_consenting_customer("Olga", "77")
        await complain(stage, olga)
        check_broken = break_next_message(stage, fault, group)
        await olga.send("My number is 12345")
        await stage.settle()
        check_broken()
        await let_repeats_go(stage)
        notices = [message for message in find_messages(group, "12345") if WORDS not in message.words]
        assert len(notices) == copies
        await group.send(boss, ANSWER, reply_to=notices[0])
        await stage.settle()
        assert len(find_messages(olga, ANSWER)) == 1


@both_faults
async def test_receipt_whose_answer_was_lost_reaches_the_customer(database_url: str, fault: Fault, copies: int) -> None:
    async with start_stage(database_url) as stage:
        await stage.set_up_company()
        olga = await stage.add_consenting_customer("Olga", "77")
        await olga.send("/complain")
        await stage.settle()
        check_broken = break_next_message(stage, fault, olga)
        await olga.send(WORDS)
        await stage.settle()
        check_broken()
        await let_repeats_go(stage)
        assert len(find_messages(olga, "#1")) == copies


@both_faults
async def test_greeting_whose_answer_was_lost_still_asks_for_consent(
    database_url: str, fault: Fault, copies: int
) -> None:
    async with start_stage(database_url) as stage:
        olga = stage.sandbox.add_person("Olga")
        check_broken = break_next_message(stage, fault, olga)
        await olga.start(await stage.create_link("77"))
        await stage.settle()
        check_broken()
        await let_repeats_go(stage)
        greetings = [message for message in olga.messages if message.buttons]
        assert len(greetings) == copies
        await olga.click(0, greetings[0])
        await stage.settle()
        await stage.post_event("77", "delivery")
        assert "How did you feel" in olga.last.words


@both_faults
async def test_question_what_an_unexpected_message_is_comes_although_its_answer_was_lost(
    database_url: str, fault: Fault, copies: int
) -> None:
    async with start_stage(database_url) as stage:
        _boss, group = await stage.set_up_company()
        olga = await stage.add_consenting_customer("Olga", "77")
        check_broken = break_next_message(stage, fault, olga)
        await olga.send(WORDS)
        await stage.settle()
        check_broken()
        await let_repeats_go(stage)
        questions = [message for message in olga.messages if "Complaint" in message.buttons]
        assert len(questions) == copies
        await olga.click("Complaint", questions[0])
        await stage.settle()
        assert len(find_messages(group, WORDS)) == 1


async def test_consent_given_on_a_greeting_in_doubt_is_not_asked_for_again(database_url: str) -> None:
    async with start_stage(database_url) as stage:
        olga = stage.sandbox.add_person("Olga")
        break_next_message(stage, reset_after(), olga)
        await olga.start(await stage.create_link("77"))
        await stage.settle()
        await olga.click(1)
        await let_repeats_go(stage)
        assert len(find_messages(olga, "")) == 1


async def test_start_again_greets_again(database_url: str) -> None:
    async with start_stage(database_url) as stage:
        olga = stage.sandbox.add_person("Olga")
        payload = await stage.create_link("77")
        for _ in range(2):
            await olga.start(payload)
            await stage.settle()
        assert len(find_messages(olga, "")) == 2


@both_faults
async def test_welcome_of_a_manager_whose_answer_was_lost_comes(database_url: str, fault: Fault, copies: int) -> None:
    async with start_stage(database_url) as stage:
        boss = stage.sandbox.add_person("Boss")
        token = await stage.tropa.create_first_manager_token()
        check_broken = break_next_message(stage, fault, boss)
        await boss.start(token)
        await stage.settle()
        check_broken()
        await let_repeats_go(stage)
        assert len(find_messages(boss, "/map")) == copies


@both_faults
async def test_question_below_written_words_comes_although_its_answer_was_lost(
    database_url: str, fault: Fault, copies: int
) -> None:
    async with start_stage(database_url) as stage:
        olga = await stage.add_consenting_customer("Olga", "77")
        await stage.post_event("77", "delivery")
        for button in ("🙁", "2", "It came late"):
            await olga.click(button)
            await stage.settle()
        check_broken = break_next_message(stage, fault, olga)
        await olga.send(WORDS)
        await stage.settle()
        check_broken()
        await let_repeats_go(stage)
        steps = [message for message in olga.messages if "Yes, please" in message.buttons]
        assert len(steps) == copies
        await olga.click("Yes, please", steps[0])
        await stage.settle()
        assert find_messages(olga, "#1")


@both_faults
async def test_question_of_a_survey_is_never_sent_twice(database_url: str, fault: Fault, copies: int) -> None:
    async with start_stage(database_url, remind_after_hours=0) as stage:
        olga = await stage.add_consenting_customer("Olga", "77")
        check_broken = break_next_message(stage, fault, olga)
        await stage.post_event("77", "delivery")
        check_broken()
        await let_repeats_go(stage)
        await stage.pass_time(timedelta(days=3))
        assert len(find_messages(olga, "How did you feel")) == copies - 1
        unknown = await stage.tropa.db.read(lambda tx: letters.count_unknown_by_kind(tx, stage.clock.now() - WEEK))
        assert unknown == {"invitation": 1}


@pytest.mark.parametrize("act", ["text", "tap"])
async def test_whoever_writes_or_taps_after_they_could_not_be_reached_is_asked_again(
    database_url: str, act: str
) -> None:
    async with start_stage(database_url) as stage:
        olga = await stage.add_consenting_customer("Olga", "77")
        await olga.send("/settings")
        await stage.settle()
        # The end of a block is no news in this story: only the refused call told of it.
        await stage.tropa.parts.record_reachability(Address(MESSENGER, str(olga.user.id)), False)
        await stage.post_event("77", "delivery")
        assert not find_messages(olga, "How did you feel")
        await (olga.send("/help") if act == "text" else olga.click(0))
        await stage.settle()
        await stage.post_event("77", "delivery")
        assert find_messages(olga, "How did you feel")
