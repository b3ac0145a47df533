"""Seam between the events of other systems and the one way in which events are recorded.

A source is one module of this package: it knows the format that a system sends, turns a request into
:class:`PostedEvent` values, and is registered by one line in :mod:`bot.http.sources.registry`. Tokens, batches, the
checks against journeys and the answer are the same for every source, see :mod:`bot.http.events`.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from cjm.errors import Mistake
from cjm.journeys.visit import Event


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


ReadEvents = Callable[[web.Request], Awaitable[Sequence[PostedEvent]]]


@dataclass(frozen=True, slots=True)
class EventSource:
    """Address that a system posts its events to, and the function that reads them.

    ``read_events`` returns the events in the order of the request, which is the order of the answer. It raises
    HttpRefusal when nothing could be read at all.
    """

    path: str
    read_events: ReadEvents
