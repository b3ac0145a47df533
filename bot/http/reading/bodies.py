"""Read request bodies as streams, within limits of size and time, or refuse them with one message.

Invariants:
* A body is never unpacked: a few bytes could become any number of them. One with a Content-Encoding is refused.
* Of a body no more is read than its limit, if it has one, and no more is kept than its reader keeps.
* Its sender is told to go on ("100 Continue") only when it is read at all, so after its token was checked.
"""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from bot.http.reading.json_reader import ItemTooLarge, JsonReader, NotJson
from bot.http.refusals import HttpRefusal

MOST_BYTES = 10 * 1024 * 1024
MOST_ITEM_BYTES = 64 * 1024  # of one JSON value; the largest event that is right takes some 50 KB
BODY_SECONDS = 60.0
JSON_TYPES = ("application/json",)
_TOO_LARGE = f"the body is too large; {MOST_ITEM_BYTES // 1024} KB is the most"


async def ignore_expectation(request: web.Request) -> None:
    """Leave the answer to "Expect: 100-continue" to the reading of the body; a handler may refuse it before."""


async def read_chunks(request: web.Request, *, is_endless: bool = False) -> AsyncIterator[bytes]:
    """Yield the body in pieces, as it arrives. Raises HttpRefusal when it is packed, too slow, too large or damaged.

    One that may be endless may be of any size; each `MOST_BYTES` of it have `BODY_SECONDS` to arrive. The time that is
    spent on what came does not count.
    """
    _refuse_encoding(request)
    total, left = 0, BODY_SECONDS
    await _tell_to_continue(request)
    time = asyncio.get_running_loop().time
    while True:
        asked_at = time()
        try:
            async with asyncio.timeout(left):
                chunk = await request.content.readany()
        except (ConnectionError, TimeoutError):
            # A client that goes on sending must not find its connection open.
            message = "the body did not arrive in time; send it again"
            raise HttpRefusal(408, message, headers={"Connection": "close"}) from None
        except web.RequestPayloadError:
            raise HttpRefusal(400, "the body is damaged: its length or its chunks are wrong") from None
        if not chunk:
            return
        total, left = total + len(chunk), left - (time() - asked_at)
        if total > MOST_BYTES:
            if not is_endless:
                raise HttpRefusal(413, f"the body is too large; {MOST_BYTES // 1024**2} MB is the most")
            total, left = 0, BODY_SECONDS
        yield chunk


def _refuse_encoding(request: web.Request) -> None:
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity"):
        raise HttpRefusal(415, "send the body as it is, without Content-Encoding: Tropa unpacks nothing")


async def _tell_to_continue(request: web.Request) -> None:
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # aiohttp takes an answer for begun as soon as something was written, and could not refuse any more.
        request.writer.output_size = 0


async def read_bytes(request: web.Request) -> bytes:
    """Return the body. Raises HttpRefusal."""
    body = bytearray()
    async for chunk in read_chunks(request):
        body += chunk
    return bytes(body)


async def read_json(request: web.Request) -> object:
    """Return the body's one JSON value. Raises HttpRefusal."""
    if request.content_type not in JSON_TYPES:
        raise HttpRefusal(415, "send JSON, with Content-Type: application/json")
    reader = JsonReader(read_chunks(request), MOST_ITEM_BYTES)
    try:
        return await reader.read_last_value()
    except NotJson as error:
        raise HttpRefusal(400, str(error)) from None
    except ItemTooLarge:
        raise HttpRefusal(413, _TOO_LARGE) from None
