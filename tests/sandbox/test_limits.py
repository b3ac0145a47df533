"""Limits of Telegram: sends are counted, and a bot that sends too much gets the seconds to wait."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox import Limits, Sandbox
from bot.sandbox.world.limits import SendCounter
from tests.sandbox.conftest import Caller


class HandClock:
    """Clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def make_counter(limits: Limits | None = None) -> tuple[SendCounter, HandClock]:
    hand = HandClock()
    return SendCounter(limits or Limits(), hand), hand


def test_thirty_in_any_second_and_no_more() -> None:
    counter, hand = make_counter()
    for i in range(30):
        assert counter.seconds_to_wait(100 + i) == 0
        hand.now += 0.02
    assert counter.seconds_to_wait(500) == 1
    hand.now = 1001.0
    assert counter.seconds_to_wait(500) == 0
    assert counter.seconds_to_wait(501) == 1


def test_a_person_gets_a_burst_and_then_one_a_second() -> None:
    counter, hand = make_counter()
    assert [counter.seconds_to_wait(7) for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    hand.now += 1
    assert counter.seconds_to_wait(7) == 0
    assert counter.seconds_to_wait(7) == 1
    assert counter.seconds_to_wait(8) == 0


def test_a_group_gets_twenty_a_minute() -> None:
    counter, hand = make_counter()
    for _ in range(20):
        assert counter.seconds_to_wait(-5) == 0
        hand.now += 1
    assert counter.seconds_to_wait(-5) == 40
    hand.now += 40
    assert counter.seconds_to_wait(-5) == 0


def test_refused_send_is_not_counted() -> None:
    counter, hand = make_counter(Limits(overall=1))
    assert counter.seconds_to_wait(1) == 0
    hand.now += 0.6
    assert counter.seconds_to_wait(2) == 1
    hand.now += 0.4
    assert counter.seconds_to_wait(2) == 0


def test_without_limits_nothing_is_refused() -> None:
    counter = SendCounter(None, HandClock())
    assert {counter.seconds_to_wait(1) for _ in range(1000)} == {0}


@pytest.fixture
async def strict() -> AsyncIterator[Caller]:
    async with Sandbox(limits=Limits(burst=1)) as sandbox, aiohttp.ClientSession() as session:
        yield Caller(sandbox, session)


async def test_a_bot_that_sends_too_fast_gets_429_with_the_seconds(strict: Caller) -> None:
    anna = strict.sandbox.add_person("Anna")
    await anna.start()
    sent = await strict("sendMessage", chat_id=anna.id, text="a")
    status, body = await strict.call_raw("sendMessage", chat_id=anna.id, text="b")
    assert status == 429
    assert body == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert anna.last.text == "a"
    await strict("editMessageText", chat_id=anna.id, message_id=sent["message_id"], text="edits are free here")
    outcomes = [call.outcome for call in strict.sandbox.world.calls]
    assert outcomes == ["ok", "429 Too Many Requests: retry after 1", "ok"]


async def test_an_edit_counts_for_a_groups_minute_and_costs_nothing_in_a_private_chat() -> None:
    async with Sandbox(limits=Limits(burst=1, group=2)) as sandbox, aiohttp.ClientSession() as session:
        call = Caller(sandbox, session)
        anna = sandbox.add_person("Anna")
        await anna.start()
        team = sandbox.add_group("Shop", anna)
        await team.add_bot(anna)
        for chat, refused in ((team.id, True), (anna.id, False)):
            sent = await call("sendMessage", chat_id=chat, text="a")
            await call("editMessageText", chat_id=chat, message_id=sent["message_id"], text="b")
            status, _ = await call.call_raw("editMessageText", chat_id=chat, message_id=sent["message_id"], text="c")
            assert (status == 429) is refused
