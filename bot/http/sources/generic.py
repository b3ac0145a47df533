"""Events in Tropa's own format: one JSON object, a list of them, or a line each (NDJSON)."""

from collections.abc import Collection

from aiohttp import web
from pydantic import ValidationError

from bot.http.bodies import UnreadableLine, read_items
from bot.http.payloads import EventPayload, payload_mistakes
from bot.http.sources.source import EventSource, PostedEvent
from cjm.errors import Mistake
from cjm.journeys.visit import Event

MOST_EVENTS = 10_000
# Values for the required keys of an event that is refused anyway. They are never stored.
_STAND_INS = {"id": "?", "customer": "?", "journey": "?", "at": "2026-01-01T00:00:00Z"}


async def read_events(request: web.Request) -> list[PostedEvent]:
    """Read the events of a body, each by itself. Raises HttpRefusal for one that cannot be read or holds too many."""
    items, is_single = await read_items(request, MOST_EVENTS)
    return [read_event(item, "" if is_single else f"events[{place}]") for place, item in enumerate(items)]


def read_event(item: object, position: str) -> PostedEvent:
    """Check the values of one event; ``position`` is where it stands in the body."""
    if isinstance(item, UnreadableLine):
        return PostedEvent(position, None, None, (Mistake("", "is not JSON"),))
    try:
        event = EventPayload.model_validate(item).event
    except ValidationError as error:
        wrong = {str(found["loc"][0]) for found in error.errors() if found["loc"]}
        mistakes = tuple(payload_mistakes(error, EventPayload))
        return PostedEvent(position, _readable_id(item), _readable_part(item, wrong), mistakes)
    return PostedEvent(position, event.id, event)


def _readable_id(item: object) -> str | None:
    """Return the id that a refused event brought, if it is safe to repeat: the sender needs it to find the event."""
    event_id = item.get("id") if isinstance(item, dict) else None
    return event_id if isinstance(event_id, str) and event_id.isprintable() and len(event_id) <= 128 else None


def _readable_part(item: object, wrong: Collection[str]) -> Event | None:
    """Return an event without its wrong values, so that its other mistakes can be found; None without a place."""
    if not isinstance(item, dict):
        return None
    right = {key: value for key, value in item.items() if key not in wrong}
    if "stage" in wrong and right.get("touchpoint") is None:
        return None  # the place would be called missing, although it is only unreadable
    try:
        return EventPayload.model_validate({**_STAND_INS, **right}).event
    except ValidationError:  # a mistake without a key, such as a key that is no Unicode, is still there
        return None


SOURCE = EventSource("/v1/events", read_events)
