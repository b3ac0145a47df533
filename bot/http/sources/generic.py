"""Events in Tropa's own format: one JSON object, a list of them, or a line each (NDJSON)."""

from collections.abc import AsyncGenerator, Sequence

from aiohttp import web

from bot.http.reading.items import LINES_TYPES, BodyItem, read_items
from bot.http.sources.source import BATCH, MOST_EVENTS, EventSource, PostedEvent, read_event


async def read_events(request: web.Request) -> AsyncGenerator[Sequence[PostedEvent]]:
    """Yield the events of a body: of a list all together, of lines as they come.

    Raises HttpRefusal for a body that cannot be read, or a list with too many events.
    """
    part: list[PostedEvent] = []
    comes_in_lines = request.content_type in LINES_TYPES
    async for item in read_items(request, MOST_EVENTS):
        part.append(read_event(item.value, _position(item)))
        if comes_in_lines and len(part) == BATCH:
            yield part
            part = []
    if part:
        yield part


def _position(item: BodyItem) -> str:
    return "" if item.place is None else f"events[{item.place}]"


SOURCE = EventSource("/v1/events", read_events)
