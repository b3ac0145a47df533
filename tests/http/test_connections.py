"""Slow, half-sent and odd requests on the real server: each ends in time, and none closes the door to others."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Any

import pytest

from bot.clock import FrozenClock
from bot.db.engine.database import Database
from bot.http import HttpServer
from bot.http.doors.addresses import ClientAddresses
from bot.http.doors.connections import ConnectionLimits
from bot.http.doors.wrong_tokens import FREE_MISTAKES
from tests.http.conftest import TOKEN, Outside, make_app

HALF = b"POST /v1/events HTTP/1.1\r\nHost: x\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
FEW = ConnectionLimits(most=8, most_per_address=4)
Serve = Callable[..., Any]


@pytest.fixture
def serve(shop: Database, clock: FrozenClock, outside: Outside) -> Serve:
    @asynccontextmanager
    async def serve_app(limits: ConnectionLimits | None = None, trusted: str | None = None) -> AsyncIterator[int]:
        networks = [ip_network(trusted)] if trusted else []
        app = make_app(shop, clock, outside, trusted=networks)
        async with HttpServer(app, "127.0.0.1", 0, ClientAddresses(networks), limits) as server:
            yield int(server.url.rpartition(":")[2])

    return serve_app


class Visitor:
    """Raw connection, from any address of this machine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def come(cls, port: int, sent: bytes, address: str = "127.0.0.1") -> "Visitor":
        visitor = cls(*await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0)))
        visitor.writer.write(sent)
        return visitor

    async def read(self) -> bytes:
        """Return all that comes until the server hangs up."""
        try:
            return await self.reader.read()
        except ConnectionError:
            return b""
        finally:
            self.leave()

    def leave(self) -> None:
        self.writer.close()


async def ask_health(port: int, address: str = "127.0.0.1") -> bytes:
    visitor = await Visitor.come(port, HEALTH, address)
    answer = await visitor.read()
    return answer.split(b"\r\n")[0]


async def test_headers_and_idle_connections_have_their_time(serve: Serve) -> None:
    limits = ConnectionLimits(header_seconds=0.05, idle_seconds=0.1)
    async with serve(limits) as port:
        silent, half = await Visitor.come(port, b""), await Visitor.come(port, HALF)
        assert await silent.read() == b""
        assert await half.read() == b""
        kept = await Visitor.come(port, HEALTH.replace(b"close", b"keep-alive"))
        assert (await kept.read()).startswith(b"HTTP/1.1 200 ")  # until the server hangs up
        half_again = await Visitor.come(port, HEALTH.replace(b"close", b"keep-alive") + HALF)
        assert (await half_again.read()).count(b"HTTP/1.1") == 1


@pytest.mark.parametrize("trusted", [None, "127.0.0.0/8"])
async def test_half_open_connections_of_one_address_close_the_door_to_nobody(serve: Serve, trusted: str | None) -> None:
    async with serve(FEW, trusted) as port:
        visitors = [await Visitor.come(port, HALF, "127.0.0.2") for _ in range(20)]
        for address in ("127.0.0.1", "127.0.0.2"):  # also not to somebody who shares the address
            assert await ask_health(port, address) == b"HTTP/1.1 200 OK"
        assert await visitors[0].read() == b""  # the one that waited longest
        for visitor in visitors:
            visitor.leave()


async def test_half_open_connections_of_many_addresses_close_the_door_to_nobody(serve: Serve) -> None:
    async with serve(FEW) as port:
        patient = await Visitor.come(port, HALF, "127.0.0.99")
        visitors = [await Visitor.come(port, HALF, f"127.0.0.{n}") for n in (2, 3, 4, 5) for _ in range(5)]
        for number in range(100, 110):
            assert await ask_health(port, f"127.0.0.{number}") == b"HTTP/1.1 200 OK"
        # Those of whom there is one keep their place: the crowds make place.
        patient.writer.write(b"Content-Length: 0\r\nConnection: close\r\n\r\n")
        assert b" 401 " in await patient.read()
        for visitor in visitors:
            visitor.leave()


async def test_request_under_way_keeps_its_place(serve: Serve) -> None:
    event = json.dumps({"id": "1"}).encode()
    head = f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
    async with serve(FEW) as port:
        sender = await Visitor.come(port, f"{head}Connection: close\r\nContent-Length: {len(event)}\r\n\r\n".encode())
        await asyncio.sleep(0.05)
        visitors = [await Visitor.come(port, HALF) for _ in range(20)]
        assert await ask_health(port) == b"HTTP/1.1 200 OK"
        sender.writer.write(event)
        assert (await sender.read()).startswith(b"HTTP/1.1 200 ")
        for visitor in visitors:
            visitor.leave()


async def test_address_whose_requests_are_all_under_way_gets_no_more_places(serve: Serve) -> None:
    head = f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
    async with serve(FEW) as port:
        senders = [await Visitor.come(port, f"{head}Content-Length: 9\r\n\r\n".encode(), "127.0.0.2") for _ in range(4)]
        await asyncio.sleep(0.05)
        assert await ask_health(port, "127.0.0.2") == b""
        assert await ask_health(port) == b"HTTP/1.1 200 OK"
        for sender in senders:
            sender.leave()


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"kanarek\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nkanarek\r\n\r\n", 400),
        (b"GET /" + b"x" * 10_000 + b" HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 10_000 + b"\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(200)) + b"\r\n", 400),
        (b"POST /nowhere HTTP/1.1\r\nHost: x\r\nExpect: kanarek\r\n\r\n", 417),
        (b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 404),
        (b"DELETE /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 405),
    ],
    ids=["words", "version", "header", "address", "long header", "headers", "expectation", "nowhere", "method"],
)
async def test_what_is_no_request_gets_the_error_shape_and_is_not_logged(
    serve: Serve, caplog: pytest.LogCaptureFixture, request_bytes: bytes, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    async with serve(ConnectionLimits(idle_seconds=0.1)) as port:
        visitor = await Visitor.come(port, request_bytes)
        head, _, body = (await visitor.read()).partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == str(status).encode()
    assert set(json.loads(body)["error"]) == {"code", "message", "details"}
    assert body.endswith(b"}\n"), "a terminal's prompt begins a line of its own"
    assert "kanarek" not in body.decode() + caplog.text
    assert all(record.levelno < logging.WARNING for record in caplog.records)


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
async def test_packed_body_of_any_kind_is_refused_in_words(serve: Serve, encoding: str) -> None:
    head = f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
    async with serve(ConnectionLimits(idle_seconds=0.1)) as port:
        sent = f"{head}Connection: close\r\nContent-Encoding: {encoding}\r\nContent-Length: 4\r\n\r\nabcd"
        visitor = await Visitor.come(port, sent.encode())
        answer = await visitor.read()
    assert answer.startswith(b"HTTP/1.1 415 ")
    assert b"without Content-Encoding" in answer


async def test_right_token_is_taken_at_once_also_where_wrong_ones_come_from(serve: Serve) -> None:
    head = "POST /v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
    wrong = f"{head}Authorization: Bearer wrong\r\nContent-Length: 2\r\n\r\n[]".encode()
    right = f"{head}Authorization: Bearer {TOKEN}\r\nContent-Length: 2\r\n\r\n[]".encode()
    async with serve() as port:
        guesses = [await Visitor.come(port, wrong) for _ in range(FREE_MISTAKES + 4)]
        for guess in guesses[:FREE_MISTAKES]:
            assert b" 401 " in await guess.read()
        visitor = await Visitor.come(port, right)
        assert b" 200 " in await visitor.read()
        assert not guesses[-1].reader.at_eof()  # still waits for its refusal
        for guess in guesses:
            guess.leave()
