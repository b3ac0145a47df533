"""Bodies as JSON: read whole within limits; what is none is one sentence."""

import asyncio
import json
from typing import Any

from aiohttp import web

from bot.http.refusals import HttpRefusal

MOST_BYTES = 10 * 1024 * 1024
SECONDS = 60.0
JSON_TYPES = ("application/json",)
LINES_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")


class UnreadableLine:
    """A line that is no JSON."""


async def read_bytes(request: web.Request) -> bytes:
    """The body. Raises Refusal when it is too slow or damaged, aiohttp's own when it is too large."""
    try:
        async with asyncio.timeout(SECONDS):
            return await request.read()
    except (ConnectionError, TimeoutError):
        raise HttpRefusal(408, "the body did not come in time") from None
    except web.RequestPayloadError:
        raise HttpRefusal(400, "the body is damaged: it is not as its Content-Encoding or its chunks say") from None


async def read_text(request: web.Request) -> str:
    """The body as text. Raises Refusal when it is not UTF-8."""
    try:
        return (await read_bytes(request)).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise HttpRefusal(400, "the body is not UTF-8") from None


def parse(text: str) -> Any:
    """The JSON that ``text`` is, or Unreadable."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return UnreadableLine()


async def read_json(request: web.Request) -> Any:
    """A body that is one JSON value. Raises Refusal."""
    if request.content_type not in JSON_TYPES:
        raise HttpRefusal(415, "send JSON, with Content-Type: application/json")
    found = parse(await read_text(request))
    if isinstance(found, UnreadableLine):
        raise HttpRefusal(400, "the body is not JSON")
    return found


async def read_items(request: web.Request) -> tuple[list[Any], bool]:
    """The values of a list, of lines (NDJSON), or one value alone, and whether it was alone. Raises Refusal."""
    if request.content_type in LINES_TYPES:
        lines = [line for line in (await read_text(request)).split("\n") if line.strip()]
        items = [parse(line) for line in lines]
        if all(isinstance(item, UnreadableLine) for item in items):
            raise HttpRefusal(400, "no line of the body is JSON")
        return items, False
    if request.content_type not in JSON_TYPES:
        raise HttpRefusal(415, "send JSON (Content-Type: application/json) or NDJSON (application/x-ndjson)")
    found = await read_json(request)
    return (found, False) if isinstance(found, list) else ([found], True)
