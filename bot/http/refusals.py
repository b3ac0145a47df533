"""One shape for every error, and the middleware that gives it to each: ``{"error": {"code", "message", "details"}}``.

Invariants:
* No text that was sent is repeated in a refusal, except keys of journeys and segments.
* The log names the method and the route's template, never a key or an id in the address.
* Every request that is read as HTTP ends in one line of the log, answered or refused; one of a watcher that is answered
  with 200 only at the level DEBUG.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from aiohttp import web

from bot.db.engine.errors import DatabaseError
from bot.faults import describe_fault
from cjm.errors import Mistake

log = logging.getLogger(__name__)
REQUEST_LOG = logging.getLogger("bot.http.requests")  # most of its lines are no refusals
WATCHED = ("/healthz", "/readyz", "/metrics")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CODES = {
    400: "bad_request",
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "timeout",
    413: "too_large",
    415: "unsupported_media_type",
    417: "expectation_failed",
    429: "too_many_requests",
    500: "internal",
    503: "unavailable",
}
_MESSAGES = {
    404: "there is nothing at this address",
    405: "this address does not take this method; the header Allow names those it takes",
    413: "the body is too large; 10 MB is the most",
}


class HttpRefusal(Exception):  # noqa: N818 - a refusal is an answer, not an accident
    """Refusal of a request: a status, a sentence, and what is wrong where."""

    def __init__(
        self, status: int, message: str, details: Sequence[Mistake] = (), headers: dict[str, str] | None = None
    ) -> None:
        self.status, self.message, self.details, self.headers = status, message, tuple(details), headers
        super().__init__(message)


def mistake_bodies(mistakes: Iterable[Mistake]) -> list[dict[str, str]]:
    """Return mistakes in the one shape that they have in every answer: ``[{"at", "message"}]``."""
    return [{"at": mistake.path, "message": mistake.message} for mistake in mistakes]


def join_mistakes(mistakes: Iterable[Mistake]) -> str:
    """Return mistakes as one message, for clients that show nothing but the message."""
    return "; ".join(map(str, mistakes))


def error_body(status: int, message: str, details: Iterable[Mistake]) -> dict[str, Any]:
    """Return the one shape of an error, as JSON values."""
    error = {"code": CODES.get(status, "refused"), "message": message, "details": mistake_bodies(details)}
    return {"error": error}


def refusal_response(refusal: HttpRefusal) -> web.Response:
    """Return a refusal as an answer in the one shape of every error."""
    body = error_body(refusal.status, refusal.message, refusal.details)
    return web.json_response(body, status=refusal.status, headers=refusal.headers)


def translate_http_error(error: web.HTTPException) -> HttpRefusal:
    """Return one of aiohttp's own refusals in our shape."""
    message = _MESSAGES.get(error.status, (error.reason or "refused").lower())
    allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
    return HttpRefusal(error.status, message, headers=allow)


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every exception of a handler into an answer, and log every answer."""
    started = time.monotonic()
    try:
        response = await handler(request)
    except HttpRefusal as refusal:
        response = refusal_response(refusal)
    except web.HTTPException as error:
        response = refusal_response(translate_http_error(error))
    except DatabaseError as error:
        # Our own sentence: it holds no values. No error: an outage is logged once, and there may be many requests.
        log.info("database not usable", extra={"error": str(error)})
        response = refusal_response(
            HttpRefusal(503, "the database cannot be used now; try again", headers={"Retry-After": "10"})
        )
    except Exception as error:
        # The exception's own text may hold what was sent; its type and place are enough to find the fault.
        log.error("request failed", extra={"route": route_template(request), "fault": describe_fault(error)})
        response = refusal_response(HttpRefusal(500, "Tropa failed to handle this request; its log says where"))
    response.headers.setdefault("Cache-Control", "no-store")  # links and figures are not for a proxy's disk
    ms = round(1000 * (time.monotonic() - started))
    # The method is cut: a client can send any word, and it would stand in the log.
    fields = {"method": request.method[:16], "route": route_template(request), "status": response.status, "ms": ms}
    # Watchers ask every few seconds: their questions would be most of the log.
    is_quiet = fields["route"] in WATCHED and response.status == 200
    REQUEST_LOG.log(logging.DEBUG if is_quiet else logging.INFO, "request", extra=fields)
    return response


def route_template(request: web.Request) -> str:
    """Return the address as a template, such as "/v1/customers/{id}"; "none" for an unknown address."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"
