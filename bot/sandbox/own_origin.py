"""Refuse requests that pages of other sites make from a browser on this machine.

Invariants:
* Only names of this machine are answered: a site that lets its own name point here reads nothing.
* A request that a browser made for another site is refused, also by GET. Following a link to the page itself is not.
* Programs send none of these headers, and are answered as ever.
"""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def refuse_other_sites(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Answer requests of the page itself and of programs; others get 403."""
    if not is_own_host(request.host) or is_from_other_site(request):
        return web.json_response({"error": "this page belongs to another address"}, status=403)
    return await handler(request)


def is_own_host(host: str) -> bool:
    """Tell whether a Host header names this machine: localhost, or an address, which no other site can own."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or bool(ip_address(name))
    except ValueError:
        return False


def is_from_other_site(request: web.Request) -> bool:
    """Tell whether a browser says that a page of another site makes this request."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        return True
    is_opened = request.path == "/" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    return site not in (None, "same-origin", "none") and not is_opened
