"""Seam between the events of other systems and the one way in which events are recorded.

A source is one module of this package: it knows the format that a system sends, translates each item of a request into
a dictionary of Tropa's own keys, and hands it to :func:`read_event`. It is registered by one line in
:mod:`bot.http.sources.registry`. Tokens, batches, the checks against journeys and the answer are the same for every
source, see :mod:`bot.http.events`.

Invariants:
* Every value of an event is checked by `read_event`. A source that makes an `Event` itself would let values through
  that cannot be stored, such as a time without its offset, and one of them fails the whole request.
* The work that one item takes is bounded: unknown keys are counted, and none of them is kept.
"""

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from dataclasses import dataclass

from aiohttp import web
from pydantic import ValidationError

from bot.http.payloads import EventPayload, drop_unknown_keys, payload_mistakes, unknown_key_mistakes
from bot.http.reading.items import UnreadableItem
from cjm.errors import Mistake
from cjm.journeys.visit import Event

MOST_EVENTS = 10_000  # in one list
BATCH = 200  # events in one transaction: other writers wait for it
# Values for the required keys of an event that is refused anyway. They are never stored.
_STAND_INS = {"id": "?", "customer": "?", "journey": "?", "at": "2026-01-01T00:00:00Z"}


@dataclass(frozen=True, slots=True)
class PostedEvent:
    """One event of a request, with what is wrong in it so far.

    ``position`` is where the event stands in the body ("events[3]", "" when it is alone), and ``id`` its id where one
    could be read. Each mistake stands at a key of the event ("" for the event as a whole). An event with mistakes is
    never recorded: its ``event`` then holds what could be read, so that the other mistakes are found too, or None.
    """

    position: str
    id: str | None
    event: Event | None
    mistakes: tuple[Mistake, ...] = ()


ReadEvents = Callable[[web.Request], AsyncGenerator[Sequence[PostedEvent]]]
"""Generator of a body's events, in parts. Each part is recorded before the next one is read.

A body in which each event stands by itself, such as NDJSON, comes in parts of `BATCH` events, and may be of any length.
One that can turn out to be unreadable at its very end, such as a list, is one part: nothing of it may be stored before.
"""


@dataclass(frozen=True, slots=True)
class EventSource:
    """Address that a system posts its events to, and the generator that reads them.

    ``read_events`` yields the events in the order of the request, which is the order of the answer. It raises
    HttpRefusal when nothing could be read at all, when there are too many events, or when the body breaks off.
    """

    path: str
    read_events: ReadEvents


def read_event(item: object, position: str) -> PostedEvent:
    """Check one event: a dictionary of Tropa's own keys and JSON values. ``position`` is where it stands in the body.

    Anything else, such as a number or an UnreadableItem, becomes an event with that mistake.
    """
    if isinstance(item, UnreadableItem):
        return PostedEvent(position, None, None, (Mistake("", item.reason),))
    known, unknown = drop_unknown_keys(item, EventPayload), unknown_key_mistakes(item, EventPayload)
    try:
        event = EventPayload.model_validate(known).event
    except ValidationError as error:
        wrong = {str(found["loc"][0]) for found in error.errors() if found["loc"]}
        mistakes = (*payload_mistakes(error, EventPayload), *unknown)
        return PostedEvent(position, _readable_id(item), _readable_part(known, wrong), mistakes)
    return PostedEvent(position, event.id, event, tuple(unknown))


def _readable_id(item: object) -> str | None:
    """Return the id that a refused event brought, if it is safe to repeat: the sender needs it to find the event."""
    event_id = item.get("id") if isinstance(item, dict) else None
    return event_id if isinstance(event_id, str) and event_id.isprintable() and len(event_id) <= 128 else None


def _readable_part(item: object, wrong: Collection[str]) -> Event | None:
    """Return an event without its wrong values, to find its other mistakes in; None if none can be made."""
    if not isinstance(item, dict):
        return None
    right = {key: value for key, value in item.items() if key not in wrong}
    if "stage" in wrong and right.get("touchpoint") is None:
        return None  # the place would be called missing, although it is only unreadable
    try:
        return EventPayload.model_validate({**_STAND_INS, **right}).event
    except ValidationError:  # a mistake without a key is still there
        return None
