"""Connections of the HTTP server: deadlines for slow senders, and places that nobody can use up.

Invariants:
* The headers of a request arrive within `HEADER_SECONDS`, or their connection is closed; one without a request is
  closed after `IDLE_SECONDS`. How long a body may take is told in `bot.http.reading.bodies`.
* Where all places are taken, the connection that has waited longest makes place for a new one: one of the same address
  if that has too many, else one of the address that has most. So half-open connections close the door to nobody.
* A connection whose request is being answered is never closed for another.
* What is no HTTP at all is refused in the one shape of every error, and nothing of it is logged.
"""

import asyncio
import logging
import resource
from collections import Counter
from dataclasses import dataclass
from typing import cast

from aiohttp import web

from bot.faults import describe_fault
from bot.http.doors.addresses import ClientAddresses, count_address
from bot.http.refusals import REQUEST_LOG, Handler, HttpRefusal, refusal_response, translate_http_error

log = logging.getLogger(__name__)
HEADER_SECONDS, IDLE_SECONDS, LINGER_SECONDS = 10.0, 75.0, 5.0
MOST_CONNECTIONS = 600
_NO_HTTP = "this is not a request in HTTP, or its address or its headers are too long"
_FAILED = "Tropa failed to handle this request; its log says where"


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Places for connections, of all addresses and of each, and deadlines in seconds."""

    most: int = MOST_CONNECTIONS
    most_per_address: int = 200
    header_seconds: float = HEADER_SECONDS
    idle_seconds: float = IDLE_SECONDS


def choose_limits() -> ConnectionLimits:
    """Return the limits for this process: the database needs some of the files that it may open, too."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return (
        ConnectionLimits()
        if files == resource.RLIM_INFINITY
        else ConnectionLimits(most=min(MOST_CONNECTIONS, files // 2))
    )


class ConnectionPlaces:
    """Places of the connections that are open. Trusted proxies bring many people, and may take all places."""

    def __init__(self, limits: ConnectionLimits, addresses: ClientAddresses) -> None:
        self.limits, self._addresses = limits, addresses
        self._counts: Counter[str] = Counter()
        self._waiting: dict[str, dict[Connection, None]] = {}  # in the order in which they began to wait

    def take(self, connection: "Connection") -> bool:
        """Give a new connection a place, if need be that of a waiting one; return False when there is none."""
        address = connection.address
        has_many = self._counts[address] >= self.limits.most_per_address and not self._addresses.is_trusted(address)
        if has_many or self._counts.total() >= self.limits.most:
            crowded = address if has_many else max(self._waiting, key=self._counts.__getitem__, default="")
            longest = next(iter(self._waiting.get(crowded, ())), None)
            if longest is None:
                return False
            self.leave(longest)
            longest.abort()
        self._counts[address] += 1
        connection.has_place = True
        self.wait(connection)
        return True

    def leave(self, connection: "Connection") -> None:
        """Take the place of a connection back; a second time changes nothing."""
        if connection.has_place:
            connection.has_place = False
            self.work(connection)
            self._counts[connection.address] -= 1
            if not self._counts[connection.address]:
                del self._counts[connection.address]

    def wait(self, connection: "Connection") -> None:
        """Note that a connection waits for a request, or for its answer to be fetched."""
        if connection.has_place:
            self._waiting.setdefault(connection.address, {})[connection] = None

    def work(self, connection: "Connection") -> None:
        """Note that a connection does not wait."""
        waiting = self._waiting.get(connection.address, {})
        waiting.pop(connection, None)
        if not waiting:
            self._waiting.pop(connection.address, None)


class Connection(web.RequestHandler):
    """One connection, from its first byte to its end."""

    def __init__(self, server: web.Server, places: ConnectionPlaces) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log=cast(logging.Logger, None),  # aiohttp's way to have none; its type forgets that
            keepalive_timeout=places.limits.idle_seconds,
            lingering_time=LINGER_SECONDS,
            auto_decompress=False,  # what a stranger packs is not unpacked, not even to throw it away
        )
        self.address, self.has_place = "", False
        self._places = places
        self._wire: asyncio.BaseTransport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._is_idle = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a place, or hang up."""
        self._wire = transport
        peer = transport.get_extra_info("peername")
        self.address = count_address(peer[0]) if peer else ""
        if not self._places.take(self):
            self.abort()
            return
        super().connection_made(transport)
        self._set_deadline(self._places.limits.header_seconds)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Give the place back."""
        self._places.leave(self)
        self._clear_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Begin to wait for headers with their first byte."""
        if self._is_idle and data:
            self._is_idle = False
            self._set_deadline(self._places.limits.header_seconds)
        super().data_received(data)

    def begin_request(self) -> None:
        """Note that a request is being answered: from now on its handler keeps the time."""
        self._is_idle = False
        self._clear_deadline()
        self._places.work(self)

    def end_request(self) -> None:
        """Note that the answer is ready: it is to be fetched, and the next request to come, within the idle time."""
        self._is_idle = True
        self._set_deadline(self._places.limits.idle_seconds)
        self._places.wait(self)

    def abort(self) -> None:
        """Close the connection at once."""
        if isinstance(self._wire, asyncio.WriteTransport):
            self._wire.abort()

    def _set_deadline(self, seconds: float) -> None:
        self._clear_deadline()
        if self.has_place:
            self._deadline = asyncio.get_running_loop().call_later(seconds, self.abort)

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP, or what failed outside of the handlers."""
        if status >= 500:
            log.error("request failed", extra={"fault": describe_fault(exc) if exc else "none"})
        else:
            REQUEST_LOG.info("request", extra={"method": "none", "route": "none", "status": status, "ms": 0})
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun already")  # it cannot be taken back: the connection ends
        response = refusal_response(HttpRefusal(status, _FAILED if status >= 500 else _NO_HTTP))
        response.force_close()
        return response

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send an answer; one of aiohttp's own refusals that no middleware saw gets our shape.

        JSON ends with a line's end: in a terminal the prompt would follow on the same line.
        """
        if isinstance(resp, web.HTTPException):
            resp = refusal_response(translate_http_error(resp))
        if isinstance(resp, web.Response) and resp.content_type == "application/json" and not resp.prepared:
            resp.body = (resp.body if isinstance(resp.body, bytes) else b"") + b"\n"
        return await super().finish_response(request, resp, start_time)


@web.middleware
async def track_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell the connection of a request when its answering begins and ends."""
    connection = request.protocol
    if not isinstance(connection, Connection):  # another server runs the application, such as a test's
        return await handler(request)
    connection.begin_request()
    try:
        return await handler(request)
    finally:
        connection.end_request()
