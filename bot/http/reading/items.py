"""Read the items of a body that holds many: a JSON list, or a line each (NDJSON).

Invariants:
* Items of a list are counted while they are read: one with more than may come is refused at the first one too many.
  There may be any number of lines, and any length of them: no more than one line is kept.
* An item is handed on before the next one is parsed. Who reads them keeps only what they need of each.
* A body that is no larger than one item may be is parsed at once, in a fraction of the time.
* Reading, and what is done with each item, never holds the event loop for long: see `TimeSlice`.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web

from bot.http.reading.bodies import JSON_TYPES, MOST_BYTES, MOST_ITEM_BYTES, read_chunks
from bot.http.reading.json_reader import NOT_JSON, NOT_UTF8, ItemTooLarge, JsonReader, NotJson
from bot.http.refusals import HttpRefusal

# NDJSON has no registered type; these four are in use.
LINES_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")
SLICE_SECONDS = 0.005
TURNS = 6  # of the event loop; a small request takes as many from its connection to its answer
_KILOBYTES = MOST_ITEM_BYTES // 1024


@dataclass(frozen=True, slots=True)
class UnreadableItem:
    """Line without a value; ``reason`` says why, without a subject: "is not JSON"."""

    reason: str


@dataclass(frozen=True, slots=True)
class BodyItem:
    """Value of a body, or an UnreadableItem; ``place`` counts from 0, and is None for a value that is alone."""

    value: object
    place: int | None


class TimeSlice:
    """Time that one task may use of the event loop before others get a turn."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = self._loop.time() + SLICE_SECONDS

    async def give_way(self) -> None:
        """Let others run if the time is used up."""
        if self._loop.time() > self._end:
            for _ in range(TURNS):
                await asyncio.sleep(0)
            self._end = self._loop.time() + SLICE_SECONDS


async def read_items(request: web.Request, limit: int) -> AsyncIterator[BodyItem]:
    """Yield the values of a JSON list or of NDJSON lines, or a single value.

    Raises HttpRefusal for a body that cannot be read, and for a list of more than ``limit`` values. It may come after
    some of the values: nothing may be done with those of a list before its end.
    """
    comes_in_lines = request.content_type in LINES_TYPES
    if comes_in_lines:
        items = _read_lines(read_chunks(request, is_endless=True))
    elif request.content_type in JSON_TYPES and 0 < (request.content_length or 0) <= MOST_ITEM_BYTES:
        items = _read_small(read_chunks(request))
    elif request.content_type in JSON_TYPES:
        items = _read_values(JsonReader(read_chunks(request), MOST_ITEM_BYTES))
    else:
        raise HttpRefusal(415, "send JSON (Content-Type: application/json) or NDJSON (application/x-ndjson)")
    time_slice = TimeSlice()
    async for item in items:
        if not comes_in_lines and (item.place or 0) >= limit:
            raise HttpRefusal(
                413, f"a list takes at most {limit:,} events; send more as NDJSON, or the rest in another"
            )
        yield item
        await time_slice.give_way()


async def _read_small(chunks: AsyncIterator[bytes]) -> AsyncIterator[BodyItem]:
    body = b"".join([chunk async for chunk in chunks])
    try:
        value = json.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise HttpRefusal(400, NOT_UTF8) from None
    except (ValueError, RecursionError):  # RecursionError: nested deeper than the parser goes
        raise HttpRefusal(400, NOT_JSON) from None
    if not isinstance(value, list):
        yield BodyItem(value, None)
        return
    for place, item in enumerate(value):
        yield BodyItem(item, place)


async def _read_values(reader: JsonReader) -> AsyncIterator[BodyItem]:
    place = 0
    try:
        if not await reader.take(b"["):
            yield BodyItem(await reader.read_last_value(), None)
            return
        if not await reader.take(b"]"):
            while True:
                yield BodyItem(await reader.read_value(), place)
                place += 1
                if not await reader.take(b","):
                    break
            if not await reader.take(b"]"):
                raise NotJson(NOT_JSON)
        await reader.end()
    except NotJson as error:
        raise HttpRefusal(400, str(error)) from None
    except ItemTooLarge:
        # What stands behind it is not looked for: without its end nobody can tell where the next one begins.
        raise HttpRefusal(413, f"item {place + 1} of the body is larger than {_KILOBYTES} KB") from None


async def _read_lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[BodyItem]:
    place, has_value = 0, False
    async for line in _split_lines(chunks):
        value = _parse_line(line)
        has_value = has_value or not isinstance(value, UnreadableItem)
        yield BodyItem(value, place)
        place += 1
    if not has_value:
        raise HttpRefusal(400, "no line of the body is JSON")


async def _split_lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the lines that are not empty; of one that is too large, a part that is too large as well."""
    pending, since_line = bytearray(), 0
    time_slice = TimeSlice()
    async for chunk in chunks:
        first, *others = chunk.split(b"\n")
        if len(pending) <= MOST_ITEM_BYTES:
            pending += first
        since_line += len(chunk)
        if others:
            for line in filter(bytes.strip, (bytes(pending), *others[:-1])):
                since_line = 0
                yield line
            pending = bytearray(others[-1])
        if since_line > MOST_BYTES:
            raise HttpRefusal(413, f"{MOST_BYTES // 1024**2} MB came without the end of a line that says something")
        await time_slice.give_way()
    if pending.strip():
        yield bytes(pending)


def _parse_line(line: bytes) -> object:
    if len(line) > MOST_ITEM_BYTES:
        return UnreadableItem(f"is larger than {_KILOBYTES} KB")
    try:
        return json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return UnreadableItem("is not UTF-8")
    except (ValueError, RecursionError):  # RecursionError: nested deeper than the parser goes
        return UnreadableItem("is not JSON")
