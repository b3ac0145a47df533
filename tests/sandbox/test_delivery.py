"""Delivery of updates: polling with offsets, webhooks with secrets, and repeated delivery."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.sandbox import Person, Sandbox
from tests.sandbox.conftest import Caller


async def test_an_update_stays_until_the_offset_passes_it(call: Caller, anna: Person) -> None:
    await anna.send("two")
    first = await call.get_updates()
    assert [u["update_id"] for u in first] == [1, 2]
    assert await call.get_updates() == first
    assert [u["message"]["text"] for u in await call.get_updates(offset=2)] == ["two"]
    assert await call.get_updates(offset=3) == []
    assert await call.get_updates() == []


async def test_limits_and_negative_offsets(call: Caller, anna: Person) -> None:
    for word in "abc":
        await anna.send(word)
    assert len(await call.get_updates(limit=2)) == 2
    assert [u["message"]["text"] for u in await call.get_updates(offset=-1)] == ["c"]
    assert len(await call.get_updates()) == 1


async def test_a_long_poll_ends_when_something_happens(call: Caller, sandbox: Sandbox, anna: Person) -> None:
    await call.get_updates(offset=2)
    polling = asyncio.create_task(call.get_updates(offset=2, timeout=50))
    await anna.send("hello")
    assert [u["message"]["text"] for u in await polling] == ["hello"]


async def test_a_second_poller_ends_the_first(call: Caller, sandbox: Sandbox, anna: Person) -> None:
    await call.get_updates(offset=2)
    first = asyncio.create_task(call.call_raw("getUpdates", offset=2, timeout=50))
    await sandbox.world.bell.until(lambda: sandbox.polling._turn == 2, 60)
    second = asyncio.create_task(call.call_raw("getUpdates", offset=2, timeout=50))
    status, body = await first
    assert status == 409
    assert body["description"] == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    await anna.send("hello")
    assert (await second)[0] == 200


async def test_only_requested_update_kinds_are_delivered(call: Caller, anna: Person) -> None:
    await call.get_updates(offset=2, allowed_updates=["message"])
    await anna.block()
    await anna.unblock()
    await anna.send("a")
    assert [sorted(u)[0] for u in await call.get_updates()] == ["message"]


async def test_polling_repeats_each_update_once_with_deliver_twice(call: Caller, sandbox: Sandbox) -> None:
    sandbox.world.deliver_twice = True
    bob = sandbox.add_person("Bob")
    await bob.start()
    await bob.send("a")
    assert [u["update_id"] for u in await call.get_updates()] == [1, 2]
    await bob.send("b")
    assert [u["update_id"] for u in await call.get_updates(offset=3)] == [1, 2, 3]
    assert [u["update_id"] for u in await call.get_updates(offset=4)] == [3]
    assert await call.get_updates(offset=4) == []
    await sandbox.wait_until_acknowledged()


async def test_wait_until_acknowledged_waits_for_the_offset(call: Caller, sandbox: Sandbox, anna: Person) -> None:
    with pytest.raises(TimeoutError):
        await sandbox.wait_until_acknowledged(seconds=0.01)
    await call.get_updates()
    waiting = asyncio.create_task(sandbox.wait_until_acknowledged())
    await call.get_updates(offset=2)
    await waiting


class Receiver:
    """Address of a bot. `answers`: statuses of the next posts; after them 200. `reply`: the body of each answer."""

    def __init__(self) -> None:
        self.url = ""
        self.posts: list[tuple[str | None, dict[str, Any]]] = []
        self.answers: list[int] = []
        self.reply: dict[str, Any] | None = None
        self.raw_reply = b""
        self.came = asyncio.Condition()

    async def receive(self, request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        async with self.came:
            self.posts.append((secret, await request.json()))
            self.came.notify_all()
        status = self.answers.pop(0) if self.answers else 200
        body = json.dumps(self.reply).encode() if self.reply else self.raw_reply
        return web.Response(body=body, status=status, content_type="application/json")

    async def wait_for_updates(self, count: int) -> list[str]:
        async with self.came, asyncio.timeout(60):
            await self.came.wait_for(lambda: len(self.posts) >= count)
        return [update["message"]["text"] for _, update in self.posts]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    here = Receiver()
    app = web.Application()
    app.router.add_post("/hook", here.receive)
    async with TestServer(app) as server:
        here.url = str(server.make_url("/hook"))
        yield here


async def connect(call: Caller, receiver: Receiver, **more: Any) -> None:
    assert await call("setWebhook", url=receiver.url, **more) is True


async def test_webhook_gets_waiting_and_new_updates_with_its_secret(
    call: Caller, sandbox: Sandbox, anna: Person, receiver: Receiver
) -> None:
    await connect(call, receiver, secret_token="s3cret")
    assert await receiver.wait_for_updates(1) == ["/start"]
    await anna.send("hello")
    assert await receiver.wait_for_updates(2) == ["/start", "hello"]
    assert {secret for secret, _ in receiver.posts} == {"s3cret"}
    await sandbox.wait_until_acknowledged()
    info = await call("getWebhookInfo")
    assert (info["url"], info["pending_update_count"]) == (receiver.url, 0)


async def test_a_failing_webhook_blocks_its_chat_and_no_other(
    call: Caller, sandbox: Sandbox, anna: Person, receiver: Receiver
) -> None:
    sandbox.webhook_delivery.delays = (0, 0)
    receiver.answers = [500, 503]
    await anna.send("after")
    await connect(call, receiver)
    assert await receiver.wait_for_updates(4) == ["/start", "/start", "/start", "after"]
    await sandbox.wait_until_acknowledged()
    assert (await call("getWebhookInfo"))["last_error_message"] == (
        "Wrong response from the webhook: 503 Service Unavailable"
    )
    sandbox.webhook_delivery.delays = (3600,)
    receiver.answers = [500]
    await anna.send("stuck")
    await receiver.wait_for_updates(5)
    bob = sandbox.add_person("Bob")
    await bob.start("free")
    assert (await receiver.wait_for_updates(6))[-1] == "/start free"


async def test_webhook_gets_every_update_twice_with_deliver_twice(
    call: Caller, sandbox: Sandbox, anna: Person, receiver: Receiver
) -> None:
    sandbox.world.deliver_twice = True
    await anna.send("a")
    await connect(call, receiver)
    assert await receiver.wait_for_updates(4) == ["/start", "/start", "a", "a"]
    await sandbox.wait_until_acknowledged()


async def test_a_method_in_the_webhooks_answer_is_carried_out(
    call: Caller, sandbox: Sandbox, anna: Person, receiver: Receiver
) -> None:
    receiver.reply = {"method": "sendMessage", "chat_id": anna.id, "text": "from the answer"}
    await connect(call, receiver)
    assert (await anna.wait_for_message("from the answer")).sender.id == sandbox.world.bot.id


@pytest.mark.parametrize("answer", [b"{", b"[" * 100_000], ids=["cut", "deep"])
async def test_an_update_with_an_unreadable_answer_is_delivered_once(
    call: Caller, anna: Person, receiver: Receiver, answer: bytes
) -> None:
    receiver.raw_reply = answer
    await connect(call, receiver)
    await receiver.wait_for_updates(1)
    await anna.send("next")
    assert await receiver.wait_for_updates(2) == ["/start", "next"]


async def test_polling_and_webhook_exclude_each_other(call: Caller, receiver: Receiver, anna: Person) -> None:
    await call.get_updates(offset=2)
    polling = asyncio.create_task(call.call_raw("getUpdates", offset=2, timeout=50))
    await call.sandbox.world.bell.until(lambda: call.sandbox.polling._turn == 2, 60)
    await connect(call, receiver)
    status, body = await polling
    assert (status, body["description"]) == (409, "Conflict: terminated by setWebhook request")
    status, body = await call.call_raw("getUpdates")
    assert status == 409
    assert body["description"] == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    assert await call("deleteWebhook", drop_pending_updates=True) is True
    assert await call.get_updates() == []


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"url": "ftp://example.org"}, "invalid webhook URL specified"),
        ({"url": "http://localhost/x", "secret_token": "x" * 257}, "secret token is too long"),
        ({"url": "http://localhost/x", "secret_token": "ä"}, "secret token contains unallowed characters"),
    ],
)
async def test_webhooks_that_cannot_be_set(call: Caller, more: dict[str, str], sentence: str) -> None:
    status, body = await call.call_raw("setWebhook", **more)
    assert (status, body["description"]) == (400, f"Bad Request: {sentence}")
