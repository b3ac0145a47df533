"""Events in Tropa's own format: one JSON object, a list of them, or a line each (NDJSON)."""

from aiohttp import web

from bot.http.bodies import read_items
from bot.http.sources.source import MOST_EVENTS, EventSource, PostedEvent, read_event


async def read_events(request: web.Request) -> list[PostedEvent]:
    """Read the events of a body, each by itself. Raises HttpRefusal for one that cannot be read or holds too many."""
    items, is_single = await read_items(request, MOST_EVENTS)
    return [read_event(item, "" if is_single else f"events[{place}]") for place, item in enumerate(items)]


SOURCE = EventSource("/v1/events", read_events)
