"""Listen on an address until the server is stopped."""

import errno
import os
import socket
from types import TracebackType
from typing import Self

from aiohttp import web

from cjm.errors import TropaError

LONGEST_STOP = 2.5  # aiohttp may wait so long twice; `Admission.close` makes every handler end sooner


class AddressError(TropaError):
    """The address cannot be listened on."""


class AddressTaken(AddressError):  # noqa: N818 - names a state; nothing is broken
    """Another program listens on the address; it may be another Tropa."""


class HttpServer:
    """``async with HttpServer(app, host, port) as server: server.url``. Port 0 takes a free one."""

    def __init__(self, app: web.Application, host: str, port: int) -> None:
        # handler_cancellation=False: a client that hangs up must not stop a write halfway.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=False, shutdown_timeout=LONGEST_STOP)
        self._host, self._port = host, port
        self.url = ""

    async def start(self) -> Self:
        """Begin to listen. Raises AddressError with the reason when that is not possible, such as a port in use."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            kind = AddressTaken if error.errno == errno.EADDRINUSE else AddressError
            raise kind(self._explain(error)) from None
        host = f"[{self._host}]" if ":" in self._host else self._host  # IPv6 addresses stand in brackets
        self.url = f"http://{host}:{self._runner.addresses[0][1]}"
        return self

    def _explain(self, error: OSError) -> str:
        where = f"[http] {self._host}:{self._port}"
        if error.errno == errno.EADDRINUSE:
            return f"{where}: another program uses this port; stop it, or choose another with [http] port"
        if error.errno == errno.EACCES:
            return f"{where}: this port needs administrator rights; choose one above 1023"
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            return f"{where}: this machine does not have this address; use 127.0.0.1 or 0.0.0.0"
        return f"{where}: the address cannot be used: {os.strerror(error.errno or 0).lower()}"

    async def stop(self) -> None:
        """Take no new connections, and give the requests under way a moment; see `Admission` for how they end."""
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
