"""One shape for every error, and the middleware that gives it to each: ``{"error": {"code", "message", "details"}}``.

Nothing of what was sent is repeated, here or in the log; the log knows the route, never a name in it.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web

from bot.db.engine.errors import DatabaseError
from bot.faults import fault
from cjm.errors import Mistake

log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_CODES = {
    400: "bad_request",
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "timeout",
    413: "too_large",
    415: "unsupported_media_type",
    500: "internal",
    503: "unavailable",
}
_SAID = {
    404: "there is nothing at this address",
    405: "this address does not take this method; see the header Allow",
    413: "the body is too large; 10 MB is the most",
}


class HttpRefusal(Exception):  # noqa: N818 - an answer, not an accident
    """An answer that says no: a status, a sentence, and what is wrong where."""

    def __init__(
        self, status: int, message: str, details: Sequence[Mistake] = (), headers: dict[str, str] | None = None
    ) -> None:
        self.status, self.message, self.details, self.headers = status, message, tuple(details), headers
        super().__init__(message)


def error_body(code: str, message: str, details: Sequence[Mistake] = ()) -> dict[str, Any]:
    """What stands under "error"."""
    return {"code": code, "message": message, "details": [{"at": d.at, "message": d.message} for d in details]}


def _response(refusal: HttpRefusal) -> web.Response:
    code = _CODES.get(refusal.status, "refused")
    body = {"error": error_body(code, refusal.message, refusal.details)}
    return web.json_response(body, status=refusal.status, headers=refusal.headers)


def _of_http(error: web.HTTPException) -> HttpRefusal:
    """aiohttp's own refusals in our shape."""
    said = _SAID.get(error.status, (error.reason or "refused").lower())
    return HttpRefusal(
        error.status, said, headers={"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
    )


@web.middleware
async def refusing(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever a handler raises becomes an answer; every answer becomes a line of the log."""
    started = time.monotonic()
    try:
        response = await handler(request)
    except HttpRefusal as refusal:
        response = _response(refusal)
    except web.HTTPException as error:
        response = _response(_of_http(error))
    except DatabaseError as error:
        log.error("database not usable", extra={"error": str(error)})  # a sentence of ours, without values
        response = _response(
            HttpRefusal(503, "the database cannot be used now; try again", headers={"Retry-After": "10"})
        )
    except Exception as error:
        log.error("request failed", extra={"route": route(request), "fault": fault(error)})
        response = _response(HttpRefusal(500, "something went wrong here that should not; it is in the log"))
    response.headers.setdefault("Cache-Control", "no-store")
    ms = round(1000 * (time.monotonic() - started))
    log.info(
        "request", extra={"method": request.method[:16], "route": route(request), "status": response.status, "ms": ms}
    )
    return response


def route(request: web.Request) -> str:
    """The address as a template, such as /v1/customers/{id}."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"
