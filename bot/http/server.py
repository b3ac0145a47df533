"""Listen on an address until the server is stopped."""

import asyncio
import errno
import os
import socket
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.http.doors.addresses import ClientAddresses
from bot.http.doors.connections import Connection, ConnectionLimits, ConnectionPlaces, choose_limits
from cjm.errors import TropaError

BACKLOG = 1024  # connections that wait to be accepted
# In one turn of the event loop. A request that is sent at once is read some turns later; by then no more connections of
# its address may have come than `ConnectionLimits` allows, or it would make place for them.
ACCEPTED_AT_ONCE = 32
LONGEST_STOP = 2.5  # aiohttp may wait so long twice; `Admission.close` makes every handler end sooner


class AddressError(TropaError):
    """The address cannot be listened on."""


class AddressTaken(AddressError):  # noqa: N818 - names a state; nothing is broken
    """Another program listens on the address; it may be another Tropa."""


class HttpServer:
    """``async with HttpServer(app, host, port) as server: server.url``. Port 0 takes a free one."""

    def __init__(
        self,
        app: web.Application,
        host: str,
        port: int,
        addresses: ClientAddresses | None = None,
        limits: ConnectionLimits | None = None,
    ) -> None:
        # handler_cancellation=False: a client that hangs up must not stop a write halfway.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=False, shutdown_timeout=LONGEST_STOP)
        self._host, self._port = host, port
        self._places = ConnectionPlaces(limits or choose_limits(), addresses or ClientAddresses())
        self._listener: asyncio.Server | None = None
        self.url = ""

    async def start(self) -> Self:
        """Begin to listen. Raises AddressError with the reason when that is not possible, such as a port in use."""
        await self._runner.setup()
        try:
            self._listener = await self._listen()
        except OSError as error:
            await self._runner.cleanup()
            kind = AddressTaken if error.errno == errno.EADDRINUSE else AddressError
            raise kind(self._explain(error)) from None
        host = f"[{self._host}]" if ":" in self._host else self._host  # IPv6 addresses stand in brackets
        self.url = f"http://{host}:{self._listener.sockets[0].getsockname()[1]}"
        return self

    async def _listen(self) -> asyncio.Server:
        # Not by aiohttp's TCPSite: its connections wait for headers for an hour, and there may be any number of them.
        server = self._runner.server
        assert server is not None
        listener = await asyncio.get_running_loop().create_server(
            lambda: Connection(server, self._places), self._host, self._port, backlog=ACCEPTED_AT_ONCE
        )
        for listening in listener.sockets:
            with socket.fromfd(listening.fileno(), listening.family, listening.type) as twin:
                twin.listen(BACKLOG)  # asyncio takes one number for both
        return listener

    def _explain(self, error: OSError) -> str:
        where = f"[http] {self._host}:{self._port}"
        if error.errno == errno.EADDRINUSE:
            return f"{where}: another program uses this port; stop it, or choose another with [http] port"
        if error.errno == errno.EACCES:
            return f"{where}: this port needs administrator rights; choose one above 1023"
        # From Python 3.13 on asyncio tries every address of the host, and its error about all of them has no number.
        if isinstance(error, socket.gaierror) or error.errno in {errno.EADDRNOTAVAIL, None}:
            return f"{where}: this machine does not have this address; use 127.0.0.1 or 0.0.0.0"
        return f"{where}: the address cannot be used: {os.strerror(error.errno or 0).lower()}"

    async def stop(self) -> None:
        """Take no new connections, and give the requests under way a moment; see `Admission` for how they end."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


async def check_address(host: str, port: int) -> None:
    """Raise AddressError when this address cannot be listened on now."""
    async with HttpServer(web.Application(), host, port):
        pass
