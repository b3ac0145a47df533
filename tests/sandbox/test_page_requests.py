"""Requests that the page would never send are called malformed; none ends in an error of the server."""

import json

import pytest

from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from tests.pages.conftest import FakeBackstage
from tests.sandbox.conftest import Caller


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("send", b"["),
        ("send", b"[" * 100_000),
        ("send", b"[]"),
        ("send", b'{"person": 1}'),
        ("travel", b'{"seconds": "soon"}'),
        ("travel", b'{"seconds": 1e9}'),
        ("travel", b'{"seconds": 1e300}'),
        ("travel", b'{"seconds": NaN}'),
    ],
    ids=lambda each: str(each)[:24],
)
async def test_malformed_request_is_called_so(sandbox: Sandbox, call: Caller, act: str, body: bytes) -> None:
    sandbox.page.set_backstage(FakeBackstage())
    async with call.session.post(f"{sandbox.url}/page/api/{act}", data=body) as answer:
        assert (answer.status, await answer.json()) == (400, {"error": "the request of the page is malformed"})


async def test_unknown_charset_is_malformed(sandbox: Sandbox, call: Caller) -> None:
    head = {"Content-Type": "application/json; charset=nonsense"}
    async with call.session.post(f"{sandbox.url}/page/api/send", data=b"{}", headers=head) as answer:
        assert answer.status == 400


async def test_half_an_emoji_neither_blinds_the_bot_nor_the_page(sandbox: Sandbox, call: Caller, anna: Person) -> None:
    """An input that cuts a long text may cut an emoji in two; what is left cannot be encoded."""
    body = json.dumps({"person": anna.id, "chat": anna.id, "text": "cut \ud83d \U0001f600"})
    async with call.session.post(f"{sandbox.url}/page/api/send", data=body) as answer:
        assert answer.status == 200
    updates = await call("getUpdates")
    assert updates[-1]["message"]["text"] == "cut ? \U0001f600"
    async with call.session.get(f"{sandbox.url}/page/api/stream") as stream:
        assert b"cut ?" in await stream.content.readuntil(b"\n\n")
