"""Planned faults: how the answer goes wrong, whether the call is carried out, and that a fault ends by itself."""

import asyncio
import json

import aiohttp
import pytest

from bot.sandbox import (
    Fault,
    Person,
    Sandbox,
    garbage,
    hang,
    refusal,
    reset_after,
    reset_before,
    server_error,
    too_many,
    wrong_json,
)
from tests.sandbox.conftest import Caller


async def send(call: Caller, person: Person, text: str = "a") -> tuple[int, bytes]:
    url = f"{call.sandbox.url}/bot{call.sandbox.token}/sendMessage"
    limit = aiohttp.ClientTimeout(total=60)
    async with call.session.post(url, json={"chat_id": person.id, "text": text}, timeout=limit) as response:
        return response.status, await response.read()


def sent_texts(person: Person) -> list[str]:
    return [m.words for m in person.messages if m.sender.is_bot]


async def test_planned_429_repeats_so_many_times(call: Caller, sandbox: Sandbox, anna: Person) -> None:
    plan = sandbox.plan_fault(too_many(7), "sendMessage", times=2)
    for _ in range(2):
        status, body = await call.call_raw("sendMessage", chat_id=anna.id, text="a")
        assert (status, body["parameters"]) == (429, {"retry_after": 7})
    assert plan.left == 0
    assert (await send(call, anna))[0] == 200
    assert sent_texts(anna) == ["a"]


async def test_a_fault_meets_only_its_method_and_chat(call: Caller, sandbox: Sandbox, anna: Person) -> None:
    bob = sandbox.add_person("Bob")
    await bob.start()
    sandbox.plan_fault(refusal(403, "Forbidden: user is deactivated"), "sendMessage", chat=bob.id)
    assert await call("sendChatAction", chat_id=bob.id, action="typing") is True
    assert (await send(call, anna))[0] == 200
    assert (await call.call_raw("sendMessage", chat_id=bob.id, text="a"))[1]["description"] == (
        "Forbidden: user is deactivated"
    )


@pytest.mark.parametrize(
    ("fault", "status", "arrived"),
    [
        (server_error(502), 502, []),
        (server_error(500, processed=True), 500, ["a"]),
        (garbage(), 200, ["a"]),
        (garbage(processed=False), 200, []),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
async def test_answer_that_is_not_json(
    call: Caller, sandbox: Sandbox, anna: Person, fault: Fault, status: int, arrived: list[str]
) -> None:
    sandbox.plan_fault(fault)
    answer, body = await send(call, anna)
    assert answer == status
    assert not body.endswith(b"}")
    assert sent_texts(anna) == arrived
    assert [each.outcome for each in sandbox.world.calls] == [fault.name]


@pytest.mark.parametrize(
    ("fault", "status"), [(wrong_json(), 200), (refusal(500, "Internal Server Error", processed=True), 500)]
)
async def test_answer_may_say_nothing_although_the_call_was_carried_out(
    call: Caller, sandbox: Sandbox, anna: Person, fault: Fault, status: int
) -> None:
    sandbox.plan_fault(fault)
    answer, body = await send(call, anna)
    assert (answer, "message_id" in str(json.loads(body))) == (status, False)
    assert sent_texts(anna) == ["a"]


@pytest.mark.parametrize(("fault", "arrived"), [(reset_before(), []), (reset_after(), ["a"])], ids=["before", "after"])
async def test_connection_is_reset_before_or_after_the_call(
    call: Caller, sandbox: Sandbox, anna: Person, fault: Fault, arrived: list[str]
) -> None:
    sandbox.plan_fault(fault)
    with pytest.raises(aiohttp.ClientConnectionError):
        await send(call, anna)
    assert sent_texts(anna) == arrived
    assert (await send(call, anna, "b"))[0] == 200


@pytest.mark.parametrize("processed", [False, True])
async def test_no_answer_at_all(call: Caller, sandbox: Sandbox, anna: Person, processed: bool) -> None:
    sandbox.plan_fault(hang(processed=processed))
    sending = asyncio.create_task(send(call, anna))
    await sandbox.world.bell.until(lambda: sandbox.world.calls, 60)  # by then it is done, if it is processed
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(sending, 0.05)
    assert sent_texts(anna) == (["a"] if processed else [])


async def test_hanging_call_does_not_delay_the_stop() -> None:
    async with aiohttp.ClientSession() as session:
        async with Sandbox() as sandbox:
            call = Caller(sandbox, session)
            anna = sandbox.add_person("Anna")
            await anna.start()
            sandbox.plan_fault(hang())
            hanging = asyncio.create_task(send(call, anna))
            await sandbox.world.bell.until(lambda: sandbox.world.calls, 60)
        with pytest.raises(aiohttp.ClientConnectionError):
            await hanging


async def test_every_attempt_is_recorded(call: Caller, sandbox: Sandbox, anna: Person) -> None:
    sandbox.plan_fault(too_many(1), "sendMessage")
    await send(call, anna)
    await send(call, anna)
    await call.call_raw("sendMessage", chat_id=5, text="a")
    recorded = [(each.method, each.chat, each.outcome) for each in sandbox.world.calls]
    assert recorded == [
        ("sendMessage", anna.id, "429 Too Many Requests: retry after 1"),
        ("sendMessage", anna.id, "ok"),
        ("sendMessage", 5, "400 Bad Request: chat not found"),
    ]
    times = [each.monotonic for each in sandbox.world.calls]
    assert times == sorted(times)
