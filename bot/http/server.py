"""Listening on an address until it is closed."""

import errno
import os
import socket
from types import TracebackType
from typing import Self

from aiohttp import web

from cjm.errors import TropaError


class AddressError(TropaError):
    """Nobody can listen there."""


class HttpServer:
    """``async with Serving(site, host, port) as serving: serving.url``. Port 0 takes a free one."""

    def __init__(self, site: web.Application, host: str, port: int) -> None:
        self._runner = web.AppRunner(site, access_log=None, handler_cancellation=False, shutdown_timeout=5.0)
        self._host, self._port = host, port
        self.url = ""

    async def start(self) -> Self:
        """Raises AddressError when the port is in use or the host is not this machine's."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise AddressError(self._said(error)) from None
        shown = f"[{self._host}]" if ":" in self._host else self._host
        self.url = f"http://{shown}:{self._runner.addresses[0][1]}"
        return self

    def _said(self, error: OSError) -> str:
        where = f"[http] {self._host}:{self._port}"
        if error.errno == errno.EADDRINUSE:
            return f"{where}: another program has this port; end it, or choose another with [http] port"
        if error.errno == errno.EACCES:
            return f"{where}: this port is not open to everybody; choose one above 1023"
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            return f"{where}: this machine has no such address; 127.0.0.1 and 0.0.0.0 are there"
        return f"{where}: nobody can listen there: {os.strerror(error.errno or 0).lower()}"

    async def stop(self) -> None:
        """No new requests; those under way have five seconds."""
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
