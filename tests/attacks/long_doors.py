"""Attack the HTTP interface from outside, and print how long others wait and how much memory it takes.

Run it by ``uv run python -m tests.attacks.long_doors [NAME …]``; it takes some two minutes. Each attack meets a server
of its own, in a process of its own, while somebody else asks for ``/healthz`` twenty times a second from the address
that attacks. It ends with 1 when somebody waited for half a second, or the memory grew by 100 MB.
"""

import asyncio
import contextlib
import gzip
import multiprocessing
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.clock import FrozenClock
from bot.db.engine.database import Database
from bot.db.upkeep.schema import migrate
from bot.http import HttpServer
from bot.usecases.journeys.apply_journey import ApplyJourney
from cjm import templates
from tests.http.conftest import NOW, TOKEN, Outside, make_app

LONGEST_WAIT, MOST_GROWTH = 0.5, 100.0  # seconds, MB
_JSON, _LINES = "application/json", "application/x-ndjson"
_Attack = Callable[[int], Awaitable[str]]


def _make_request(path: str, body: bytes, kind: str = _JSON, **headers: str) -> bytes:
    fields = {"Host": "x", "Content-Type": kind, "Content-Length": str(len(body))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


async def _send(port: int, request: bytes) -> str:
    """Send a request and return the status of its answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        return (await reader.readline()).decode().strip() or "closed"
    except ConnectionError:
        return "reset"
    finally:
        writer.close()


async def _unpack_without_token(port: int) -> str:
    packed = gzip.compress(b" " * 1_500_000_000, 1)
    return await _send(port, _make_request("/v1/events", packed, Content_Encoding="gzip"))


async def _fill_memory_without_secret(port: int) -> str:
    request = _make_request("/messenger/webhook", b"x" * 10_000_000)
    answers = await asyncio.gather(*(_send(port, request) for _ in range(150)))
    return str({answer: answers.count(answer) for answer in set(answers)})


async def _send_with_token(port: int, body: bytes, kind: str = _JSON) -> str:
    return await _send(port, _make_request("/v1/events", body, kind, Authorization=f"Bearer {TOKEN}"))


async def _send_unknown_keys(port: int) -> str:
    return await _send_with_token(port, b"{%s}" % b",".join(b'"key%06d":1' % n for n in range(600_000)))


async def _send_unknown_keys_in_many_events(port: int) -> str:
    event = b"{%s}" % b",".join(b'"key%04d":1' % n for n in range(4_000))
    return await _send_with_token(port, b"[%s]" % b",".join([event] * 200))


async def _send_lines(port: int) -> str:
    return await _send_with_token(port, b"1\n" * 5_000_000, _LINES)


async def _send_empty_lines(port: int) -> str:
    return await _send_with_token(port, b"\n" * 10_000_000, _LINES)


async def _send_brackets(port: int) -> str:
    return await _send_with_token(port, b"[%s{}]" % (b"[],{}," * 1_700_000))


async def _send_brackets_in_lines(port: int) -> str:
    return await _send_with_token(port, (b'{"a":[%s1]}\n' % (b"[]," * 20_000)) * 160, _LINES)


async def _open_half(port: int) -> str:
    """Open 1,500 connections that send half of a request's headers, and keep them."""
    opened = []
    for _ in range(1500):
        half = socket.socket()
        half.setblocking(False)
        try:
            await asyncio.wait_for(asyncio.get_running_loop().sock_connect(half, ("127.0.0.1", port)), 5)
            await asyncio.get_running_loop().sock_sendall(half, b"POST /v1/events HTTP/1.1\r\nHost: x\r\n")
        except (OSError, TimeoutError):
            continue
        opened.append(half)
    await asyncio.sleep(5)
    return f"{len(opened)} opened"


async def _guess_tokens(port: int) -> str:
    """Guess tokens for five seconds on 50 connections at once."""
    end, counts = time.monotonic() + 5, Counter[str]()

    async def guess(number: int) -> None:
        while time.monotonic() < end:
            request = _make_request("/v1/events", b"{}", Authorization=f"Bearer guess-{number}-{time.monotonic()}")
            with contextlib.suppress(TimeoutError):
                status = await asyncio.wait_for(_send(port, request), 10)
                counts[status] += 1

    await asyncio.gather(*(guess(number) for number in range(50)))
    return str(dict(counts))


ATTACKS: dict[str, _Attack] = {
    "gzip-without-token": _unpack_without_token,
    "150-webhook-bodies": _fill_memory_without_secret,
    "unknown-keys": _send_unknown_keys,
    "unknown-keys-in-events": _send_unknown_keys_in_many_events,
    "lines": _send_lines,
    "empty-lines": _send_empty_lines,
    "brackets": _send_brackets,
    "brackets-in-lines": _send_brackets_in_lines,
    "half-open": _open_half,
    "guesses": _guess_tokens,
}


async def _serve() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))  # what a process gets on most machines
    with tempfile.TemporaryDirectory() as folder:
        db, clock = Database(f"sqlite:///{folder}/tropa.db"), FrozenClock(NOW)
        await migrate(db)
        await ApplyJourney(db, clock).apply(templates.text("shop"), "shop.toml")
        async with HttpServer(make_app(db, clock, Outside()), "127.0.0.1", 0) as server:
            print(server.url.rpartition(":")[2], flush=True)  # noqa: T201 - the parent reads it
            await asyncio.Event().wait()


def _ask_health(port: int) -> float:
    """Return how many seconds an answer of ``/healthz`` took."""
    began = time.monotonic()
    try:
        with socket.create_connection(("127.0.0.1", port), 30) as connection:
            connection.settimeout(30)
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            if b" 200 " not in connection.recv(100):
                return 99.0  # no answer at all
    except OSError:
        return 99.0
    return time.monotonic() - began


def _read_memory(process: int, key: str) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(key))


def _run_attack(name: str, port: int) -> None:
    async def attack() -> str:
        try:
            return await asyncio.wait_for(ATTACKS[name](port), 90)
        except TimeoutError:
            return "no answer in 90 s"

    print(f"{name:24} {asyncio.run(attack())}", flush=True)  # noqa: T201 - a command prints


def measure(name: str) -> tuple[float, float]:
    """Run one attack; return the longest wait of others in seconds, and how much the memory grew in MB."""
    server = subprocess.Popen(
        [sys.executable, "-m", __spec__.name, "--serve"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert server.stdout is not None
    try:
        port = int(server.stdout.readline())
        for _ in range(20):
            _ask_health(port)
        before = _read_memory(server.pid, "VmRSS")
        attack = multiprocessing.get_context("spawn").Process(target=_run_attack, args=(name, port))
        attack.start()
        waits: list[float] = []
        while attack.is_alive() or len(waits) < 20:
            waits.append(_ask_health(port))
            time.sleep(0.05)
        attack.join()
        return max(waits), _read_memory(server.pid, "VmHWM") - before
    finally:
        server.kill()
        server.wait()


def main(names: list[str]) -> int:
    """Run the attacks, print a line for each, and return 1 when one of them does harm."""
    is_harmed = False
    for name in names or ATTACKS:
        wait, growth = measure(name)
        harm = wait >= LONGEST_WAIT or growth >= MOST_GROWTH
        is_harmed |= harm
        line = f"{name:24} waited {wait:6.2f} s, memory +{growth:6.0f} MB{'   HARM' if harm else ''}"
        print(line)  # noqa: T201 - a command prints
    return int(is_harmed)


if __name__ == "__main__":
    if sys.argv[1:] == ["--serve"]:
        asyncio.run(_serve())
    else:
        sys.exit(main(sys.argv[1:]))
