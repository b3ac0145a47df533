"""Send bytes to a server as they are, and read one answer: no client library would send what the fuzzers send."""

import asyncio
import contextlib
from dataclasses import dataclass, field

PATIENCE = 0.1  # seconds; most damaged requests are answered at once


@dataclass(frozen=True)
class HttpRequest:
    """Request with a body of a known length, on a connection of its own."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def write(self) -> bytes:
        """Return the bytes of the request."""
        length = {"Content-Length": str(len(self.body))} if self.body else {}
        fields = {"Host": "x", "Connection": "close", **length, **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{head}\r\n".encode("utf-8", "surrogatepass") + self.body


@dataclass(frozen=True)
class HttpAnswer:
    """Status and body of an answer."""

    status: int
    body: bytes


async def exchange(url: str, request: bytes, *, is_whole: bool = True) -> HttpAnswer | None:
    """Send a request and return the answer; None where the server hung up without one.

    The server of one that is not ``is_whole`` may wait for more; soon it is told that nothing follows.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    received = b""
    with contextlib.suppress(ConnectionError):
        try:
            writer.write(request)
            await writer.drain()
            if not is_whole:
                with contextlib.suppress(TimeoutError):
                    received += await asyncio.wait_for(reader.read(65_536), PATIENCE)
                writer.write_eof()
            while chunk := await reader.read(65_536):
                received += chunk
        finally:
            writer.close()
    return _read_answer(received)


def _read_answer(received: bytes) -> HttpAnswer | None:
    while received.startswith(b"HTTP/1.1 100 "):
        received = received.partition(b"\r\n\r\n")[2]
    if not received:
        return None
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    return HttpAnswer(int(lines[0].split()[1]), body[: int(fields.get("content-length", len(body)))])
