"""Which address leads where."""

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from bot.http.bodies import MOST_BYTES, read_bytes
from bot.http.customers import StartLink, TakeAway, make_delete, make_put
from bot.http.events import make_events
from bot.http.health import Read, Ready, get_health, make_metrics, make_ready
from bot.http.maps import Draw, make_map_handler
from bot.http.refusals import Handler, HttpRefusal, refusing
from bot.http.tokens import BearerTokens
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.maps.make_map import MakeMap
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.save_customer import SaveCustomer

_CUSTOMER = "/v1/customers/{id:[^/]+}"
WEBHOOK = "/telegram/webhook"
_SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
Accept = Callable[[bytes, str | None], Awaitable[bool]]


def make_site(
    *,
    tokens: Sequence[str],
    record_visits: RecordVisits,
    save_customer: SaveCustomer,
    forget_customer: ForgetCustomer,
    make_map: MakeMap,
    draw: Draw,
    start_link: StartLink,
    nudge: Callable[[], None],
    take_away: TakeAway,
    ready: Ready,
    metrics: Read,
    accept: Accept | None = None,
) -> web.Application:
    """The HTTP interface. ``accept`` stores an update of Telegram's and tells whether the secret was right.

    Without it there is no webhook. The rest is told where it is used.
    """
    guard = BearerTokens(tokens)
    site = web.Application(middlewares=[refusing], client_max_size=MOST_BYTES)
    get_map = guard.guard(make_map_handler(make_map, draw))
    site.router.add_routes(
        [
            web.post("/v1/events", guard.guard(make_events(record_visits, nudge))),
            web.put(_CUSTOMER, guard.guard(make_put(save_customer, start_link))),
            web.delete(_CUSTOMER, guard.guard(make_delete(forget_customer, take_away))),
            web.get("/v1/journeys/{key}/map", get_map),
            web.get("/v1/journeys/{key}/map.{form:json|png|svg|pdf}", get_map),
            web.get("/healthz", get_health),
            web.get("/readyz", make_ready(ready)),
            web.get("/metrics", guard.guard_from_outside(make_metrics(metrics))),
        ]
    )
    if accept is not None:
        site.router.add_post(WEBHOOK, _make_webhook(accept))
    return site


def _make_webhook(accept: Accept) -> Handler:
    async def webhook(request: web.Request) -> web.StreamResponse:
        if not await accept(await read_bytes(request), request.headers.get(_SECRET)):
            raise HttpRefusal(401, "this is for Telegram, which knows the secret")
        return web.json_response({})

    return webhook
