"""``GET /v1/journeys/{key}/export/{what}.{ending}``: rows of a journey as a file, sent while they are read.

Invariants:

* Memory does not grow with the rows, and a client that reads slowly holds up nobody. One that reads nothing for
  `STALLED_SECONDS` is cut off: its place is for others.
* A file that breaks off never looks whole: the connection is cut instead of being ended.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from bot.faults import describe_fault
from bot.http.refusals import Handler, HttpRefusal, route_template
from bot.usecases.tables.export_rows import ExportError
from cjm.file_model import is_key
from cjm.tables.own.parquet_writer import ParquetMissing
from cjm.tables.own.writers import EXPORT_CONTENT_TYPES, ExportFormat

log = logging.getLogger(__name__)
STALLED_SECONDS = 60.0  # for a piece of the file, a page of rows
GiveExport = Callable[[str, str, str], AsyncIterator[bytes]]
"""Function that yields the pieces of a file, by journey, kind of rows and format; it raises ExportError."""


def make_get_export(give_export: GiveExport) -> Handler:
    """Make the handler."""

    async def get_export(request: web.Request) -> web.StreamResponse:
        key, what, form = (request.match_info[name] for name in ("key", "what", "ending"))
        if not is_key(key):
            raise HttpRefusal(404, "there is no journey with this key")
        pieces = give_export(key, what, form)
        try:
            first = await anext(pieces)  # before the answer begins: what can be refused is refused
        except ExportError as error:
            raise HttpRefusal(404, str(error)) from None
        except ParquetMissing as error:
            raise HttpRefusal(406, str(error)) from None
        response = web.StreamResponse(
            headers={
                "Content-Type": EXPORT_CONTENT_TYPES[ExportFormat(form)],
                "Content-Disposition": f'attachment; filename="{key}-{what}.{form}"',
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "no-store",  # said here: the headers have left when the answer is logged
            }
        )
        await response.prepare(request)
        await _send(request, response, first, pieces)
        return response

    return get_export


async def _send(request: web.Request, response: web.StreamResponse, first: bytes, pieces: AsyncIterator[bytes]) -> None:
    try:
        await _write(response, first)
        async for piece in pieces:
            if piece:
                await _write(response, piece)
    except ConnectionResetError:  # the client has left
        return
    except Exception as error:
        log.error("export broke off", extra={"route": route_template(request), "fault": describe_fault(error)})
        if request.transport is not None:
            request.transport.abort()


async def _write(response: web.StreamResponse, piece: bytes) -> None:
    async with asyncio.timeout(STALLED_SECONDS):
        await response.write(piece)
