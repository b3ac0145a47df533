"""A running sandbox, a person in it, and a bot that calls it without a library."""

import io
import struct
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Person, Sandbox


def png(width: int = 40, height: int = 30) -> bytes:
    """Return a grey PNG of this size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + b"\x80" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Caller:
    """Bot without a library: it sends calls and returns status and body."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.session = session

    async def call_raw(self, method: str, token: str | None = None, **parameters: Any) -> tuple[int, dict[str, Any]]:
        url = f"{self.sandbox.url}/bot{token or self.sandbox.token}/{method}"
        async with self.session.post(url, json=parameters) as response:
            body: dict[str, Any] = await response.json()
            return response.status, body

    async def __call__(self, method: str, **parameters: Any) -> Any:
        """Return the result of a call that must succeed."""
        status, body = await self.call_raw(method, **parameters)
        assert status == 200, body
        assert body["ok"] is True
        return body["result"]

    async def upload(self, method: str, field: str, content: bytes, name: str, **more: str) -> dict[str, Any]:
        form = aiohttp.FormData()
        for key, value in more.items():
            form.add_field(key, value)
        form.add_field(field, "attach://part")
        form.add_field("part", io.BytesIO(content), filename=name)
        async with self.session.post(f"{self.sandbox.url}/bot{self.sandbox.token}/{method}", data=form) as response:
            body: dict[str, Any] = await response.json()
            return body

    async def get_updates(self, offset: int = 0, **more: Any) -> list[dict[str, Any]]:
        updates: list[dict[str, Any]] = await self("getUpdates", offset=offset, **more)
        return updates


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest.fixture
async def call(sandbox: Sandbox) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(sandbox, session)


@pytest.fixture
async def anna(sandbox: Sandbox) -> Person:
    """Return a customer who has pressed Start."""
    person = sandbox.add_person("Anna", language="ru", username="anna")
    await person.start()
    return person
