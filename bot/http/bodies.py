"""Parse request bodies within size and time limits, or refuse them with one message."""

import asyncio
import json
from typing import Any

from aiohttp import web

from bot.http.refusals import HttpRefusal

MOST_BYTES = 10 * 1024 * 1024  # after unpacking, so that a small packed body cannot fill the memory
BODY_SECONDS = 60.0
JSON_TYPES = ("application/json",)
# NDJSON has no registered type; these four are in use.
LINES_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")


class UnreadableLine:
    """Text that is not JSON."""


async def read_bytes(request: web.Request) -> bytes:
    """Return the body. Raises HttpRefusal when it is too slow or damaged, aiohttp's own error when it is too large."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except (ConnectionError, TimeoutError):
        raise HttpRefusal(408, "the body did not arrive in time; send it again") from None
    except web.RequestPayloadError:
        raise HttpRefusal(400, "the body is damaged: it does not match its Content-Encoding or chunks") from None


async def read_text(request: web.Request) -> str:
    """Return the body as text. Raises HttpRefusal when it is not UTF-8."""
    try:
        # "-sig": programs on Windows put a byte order mark before their JSON.
        return (await read_bytes(request)).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise HttpRefusal(400, "the body is not UTF-8") from None


def parse_json(text: str) -> Any:
    """Return the value that ``text`` encodes, or UnreadableLine."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # RecursionError: brackets nested deeper than the parser goes
        return UnreadableLine()


async def read_json(request: web.Request) -> Any:
    """Return the body's one JSON value. Raises HttpRefusal."""
    if request.content_type not in JSON_TYPES:
        raise HttpRefusal(415, "send JSON, with Content-Type: application/json")
    value = parse_json(await read_text(request))
    if isinstance(value, UnreadableLine):
        raise HttpRefusal(400, "the body is not JSON")
    return value


async def read_items(request: web.Request, limit: int) -> tuple[list[Any], bool]:
    """Return the values of a JSON list or of NDJSON lines, or a single value, and whether it is single.

    Raises HttpRefusal for a body that cannot be read, and for more than ``limit`` values: they are counted before
    they are checked, because checking millions of them would stop the event loop for seconds.
    """
    if request.content_type in LINES_TYPES:
        lines = [line for line in (await read_text(request)).split("\n") if line.strip()]
        items = [parse_json(line) for line in lines]
        if all(isinstance(item, UnreadableLine) for item in items):
            raise HttpRefusal(400, "no line of the body is JSON")
        return _limit_items(items, limit), False
    if request.content_type not in JSON_TYPES:
        raise HttpRefusal(415, "send JSON (Content-Type: application/json) or NDJSON (application/x-ndjson)")
    value = await read_json(request)
    return (_limit_items(value, limit), False) if isinstance(value, list) else ([value], True)


def _limit_items(items: list[Any], limit: int) -> list[Any]:
    if len(items) > limit:
        raise HttpRefusal(413, f"one request takes at most {limit:,} events; send the rest in another")
    return items
