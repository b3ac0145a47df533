"""Admit requests while Tropa can serve them: none before it has started, none once it stops.

Invariants:
* A request that is not admitted is refused with 503, which asks its sender to repeat it; so is one that is under way
  and does not end within ``grace`` seconds after `close`. The database is closed only later, so none fails with 500.
* ``/healthz`` and ``/readyz`` are always admitted: they tell what is going on.
"""

import asyncio

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.http.refusals import Handler, HttpRefusal

GRACE = 2.0  # seconds
_ALWAYS = ("/healthz", "/readyz")
_NOT_YET = "Tropa is starting; try again"
_NO_MORE = "Tropa is stopping; try again"


class Admission:
    """Door of the HTTP interface: closed until `open`, and for good after `close`."""

    def __init__(self, grace: float = GRACE) -> None:
        self._grace = grace
        self._refusal: str | None = _NOT_YET
        self._under_way: set[asyncio.Timeout] = set()

    def open(self) -> None:
        """Admit requests from now on."""
        self._refusal = None

    def close(self) -> None:
        """Admit no more, and give those under way a moment."""
        self._refusal = _NO_MORE
        for deadline in self._under_way:
            deadline.reschedule(asyncio.get_running_loop().time() + self._grace)

    async def admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request by its handler, or raise HttpRefusal with 503."""
        if request.path in _ALWAYS:
            return await handler(request)
        if self._refusal is None:
            deadline = asyncio.timeout(None)
            try:
                async with deadline:
                    self._under_way.add(deadline)
                    return await handler(request)
            except TimeoutError:
                if not deadline.expired():
                    raise
            finally:
                self._under_way.discard(deadline)
        # Closed: a client that keeps its connection would ask again on this one, which nobody answers any more.
        raise HttpRefusal(503, self._refusal or _NO_MORE, headers={"Retry-After": "5", "Connection": "close"})

    def make_middleware(self) -> Middleware:
        """Return `admit` as a middleware of aiohttp."""

        @web.middleware
        async def admit_request(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self.admit(request, handler)

        return admit_request
