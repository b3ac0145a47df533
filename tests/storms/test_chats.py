"""Chats in trouble: people who block the bot, are deleted and come back; a team's group that moves or takes nothing."""

from datetime import timedelta

import pytest

from bot.sandbox import faults
from bot.sandbox.faults import Fault
from bot.sandbox.people import Viewer
from tests.storms.law import hold_to_law
from tests.storms.town import Town, build_town

MANY = 1_000_000
A_WHILE = timedelta(minutes=5)


def was_shown(viewer: Viewer, words: str) -> int:
    return sum(words in message.words for message in viewer.messages)


async def test_people_who_block_or_are_deleted_stop_nobody_and_are_asked_when_they_are_back(database_url: str) -> None:
    async with build_town(database_url, 3) as town:
        blocked, deleted, other = town.customers
        await town.customers[blocked].block()
        await town.stage.settle()
        plan = town.sandbox.plan_fault(
            faults.person_deleted(), "sendMessage", chat=town.customers[deleted].id, times=MANY
        )
        for customer in (blocked, deleted):
            await town.stage.send_event(customer, "delivery")
        await town.post_event(other)
        await town.calm()
        assert plan.left == MANY - 1, "a deleted person is tried once"
        await hold_to_law(town)

        town.sandbox.faults.clear()  # Telegram brings an account back when its owner wants it
        await town.customers[blocked].unblock()
        await town.customers[deleted].send("/help")
        await town.calm()
        for customer in (blocked, deleted):
            await town.post_event(customer)
        await town.calm()
        await hold_to_law(town)


@pytest.mark.parametrize(
    ("fault", "warning"),
    [
        (faults.topic_closed(), "the topic of team shop is closed"),
        (faults.topic_deleted(), "the topic of team shop is gone"),
        (faults.group_deleted(), "team shop cannot be written to"),
    ],
    ids=["closed topic", "deleted topic", "deleted group"],
)
async def test_what_a_teams_chat_does_not_take_reaches_the_managers_and_is_told_until_it_does(
    sqlite_url: str, fault: Fault, warning: str
) -> None:
    async with build_town(sqlite_url, 2) as town:
        first, second = town.customers
        before = await town.complain(first)
        await town.calm()
        town.sandbox.plan_fault(fault, "sendMessage", chat=town.group.id, times=MANY)
        await town.add_words(first, "And the box was wet")
        complaint = await town.complain(second)
        await town.calm(A_WHILE.total_seconds())
        assert [was_shown(town.boss, words) for words in (before, "the box was wet", complaint)] == [0, 1, 1]
        assert warning in (await town.list_warnings())["teams"]
        await hold_to_law(town)

        town.sandbox.faults.clear()
        await town.calm(A_WHILE.total_seconds())
        await town.add_words(second, "And it is late")
        await town.calm()
        assert was_shown(town.group, "it is late") == 1
        assert "teams" not in await town.list_warnings()
        await hold_to_law(town)


async def test_cards_that_wait_while_the_group_becomes_a_supergroup_arrive_there_once(database_url: str) -> None:
    async with build_town(database_url, 3) as town:
        await break_sending(town)
        waiting = [await town.complain(customer) for customer in list(town.customers)[:2]]
        await town.stage.sandbox.wait_until_acknowledged()
        await town.group.upgrade(town.boss)
        town.sandbox.faults.clear()
        await town.calm()
        later = await town.complain(list(town.customers)[2])
        await town.calm()
        assert [was_shown(town.group, words) for words in (*waiting, later)] == [1, 1, 1]
        await hold_to_law(town)


async def break_sending(town: Town) -> None:
    town.sandbox.plan_fault(faults.refusal(401, "Unauthorized"), "sendMessage", times=MANY)


async def test_team_that_expels_the_bot_gets_nothing_and_its_manager_all(database_url: str) -> None:
    async with build_town(database_url, 2) as town:
        first, second = town.customers
        await town.complain(first)
        await town.calm()
        await break_sending(town)
        await town.add_words(first, "And the box was wet")
        await town.stage.sandbox.wait_until_acknowledged()
        await town.group.remove_bot(town.boss)
        town.sandbox.faults.clear()
        await town.calm()
        complaint = await town.complain(second)
        await town.calm()
        assert [was_shown(town.boss, words) for words in ("the box was wet", complaint)] == [1, 1]
        await hold_to_law(town)
