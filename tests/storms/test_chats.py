"""Chats in trouble: people who block the bot, are deleted and come back; a team's group that moves or takes nothing."""

from datetime import timedelta

import pytest

from bot.sandbox import faults
from bot.sandbox.faults import Fault
from bot.sandbox.people import Viewer
from tests.storms.company import StormCompany, open_company
from tests.storms.promises import check_promises

MANY = 1_000_000
A_WHILE = timedelta(minutes=5)


def was_shown(viewer: Viewer, words: str) -> int:
    return sum(words in message.words for message in viewer.messages)


async def test_people_who_block_or_are_deleted_stop_nobody_and_are_asked_when_they_are_back(database_url: str) -> None:
    async with open_company(database_url, 3) as company:
        blocked, deleted, other = company.customers
        await company.customers[blocked].block()
        await company.stage.settle()
        plan = company.sandbox.plan_fault(
            faults.person_deleted(), "sendMessage", chat=company.customers[deleted].id, times=MANY
        )
        for customer in (blocked, deleted):
            await company.stage.send_event(customer, "delivery")
        await company.post_event(other)
        await company.calm()
        assert plan.left == MANY - 1, "a deleted person is tried once"
        await check_promises(company)

        company.sandbox.faults.clear()  # Telegram brings an account back when its owner wants it
        await company.customers[blocked].unblock()
        await company.customers[deleted].send("/help")
        await company.calm()
        for customer in (blocked, deleted):
            await company.post_event(customer)
        await company.calm()
        await check_promises(company)


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
    async with open_company(sqlite_url, 2) as company:
        first, second = company.customers
        before = await company.complain(first)
        await company.calm()
        company.sandbox.plan_fault(fault, "sendMessage", chat=company.group.id, times=MANY)
        await company.add_words(first, "And the box was wet")
        complaint = await company.complain(second)
        await company.calm(A_WHILE.total_seconds())
        assert [was_shown(company.boss, words) for words in (before, "the box was wet", complaint)] == [0, 1, 1]
        assert warning in (await company.list_warnings())["teams"]
        await check_promises(company)

        company.sandbox.faults.clear()
        await company.calm(A_WHILE.total_seconds())
        await company.add_words(second, "And it is late")
        await company.calm()
        assert was_shown(company.group, "it is late") == 1
        assert "teams" not in await company.list_warnings()
        await check_promises(company)


async def test_cards_that_wait_while_the_group_becomes_a_supergroup_arrive_there_once(database_url: str) -> None:
    async with open_company(database_url, 3) as company:
        await break_sending(company)
        waiting = [await company.complain(customer) for customer in list(company.customers)[:2]]
        await company.stage.sandbox.wait_until_acknowledged()
        await company.group.upgrade(company.boss)
        company.sandbox.faults.clear()
        await company.calm()
        later = await company.complain(list(company.customers)[2])
        await company.calm()
        assert [was_shown(company.group, words) for words in (*waiting, later)] == [1, 1, 1]
        await check_promises(company)


async def break_sending(company: StormCompany) -> None:
    company.sandbox.plan_fault(faults.refusal(401, "Unauthorized"), "sendMessage", times=MANY)


async def test_team_that_expels_the_bot_gets_nothing_and_its_manager_all(database_url: str) -> None:
    async with open_company(database_url, 2) as company:
        first, second = company.customers
        await company.complain(first)
        await company.calm()
        await break_sending(company)
        await company.add_words(first, "And the box was wet")
        await company.stage.sandbox.wait_until_acknowledged()
        await company.group.remove_bot(company.boss)
        company.sandbox.faults.clear()
        await company.calm()
        complaint = await company.complain(second)
        await company.calm()
        assert [was_shown(company.boss, words) for words in ("the box was wet", complaint)] == [1, 1]
        await check_promises(company)
