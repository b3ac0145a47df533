"""Events in Tropa's own format: one JSON object, a list of them, or a line each (NDJSON)."""

from aiohttp import web

from bot.http.reading.items import BodyItem, read_items
from bot.http.sources.source import MOST_EVENTS, EventSource, PostedEvent, read_event


async def read_events(request: web.Request) -> list[PostedEvent]:
    """Read the events of a body, each by itself. Raises HttpRefusal for one that cannot be read or holds too many."""
    return [read_event(item.value, _position(item)) async for item in read_items(request, MOST_EVENTS)]


def _position(item: BodyItem) -> str:
    return "" if item.place is None else f"events[{item.place}]"


SOURCE = EventSource("/v1/events", read_events)
