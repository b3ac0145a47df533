"""Addresses of the HTTP interface and the handlers behind them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from aiohttp import web

from bot.http.admission import Admission
from bot.http.customers import DeleteMessages, MakeStartLink, make_delete_customer, make_put_customer
from bot.http.doors.addresses import ClientAddresses
from bot.http.doors.connections import track_request
from bot.http.doors.tokens import BearerTokens
from bot.http.doors.wrong_tokens import WrongTokens
from bot.http.events import make_post_events
from bot.http.health import CheckReadiness, ReadMetrics, get_health, make_get_metrics, make_get_ready
from bot.http.maps import DrawPicture, make_get_map
from bot.http.reading.bodies import MOST_BYTES, ignore_expectation, read_bytes
from bot.http.refusals import Handler, HttpRefusal, answer_errors
from bot.http.sources.registry import SOURCES
from bot.http.sources.source import EventSource
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.maps.make_map import MakeMap
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.save_customer import SaveCustomer

_CUSTOMER = "/v1/customers/{id:[^/]+}"  # a business's ids may hold anything; a slash comes as %2F
_LATER: dict[str, Any] = {"expect_handler": ignore_expectation}  # a body is asked for when its sender was checked


class WebhookReceiver(Protocol):
    """Receiver of the updates that a messenger posts."""

    def find_refusal(self, headers: Mapping[str, str]) -> str | None:
        """Return a sentence that refuses a request whose headers do not show that the messenger sent it."""

    async def accept(self, body: bytes) -> None:
        """Store an update."""


def make_http_app(
    *,
    admission: Admission,
    tokens: Sequence[str],
    metrics_token: str,
    addresses: ClientAddresses,
    record_visits: RecordVisits,
    save_customer: SaveCustomer,
    forget_customer: ForgetCustomer,
    make_map: MakeMap,
    draw_picture: DrawPicture,
    make_start_link: MakeStartLink,
    on_accepted: Callable[[], None],
    delete_messages: DeleteMessages,
    check_readiness: CheckReadiness,
    read_metrics: ReadMetrics,
    webhooks: Mapping[str, WebhookReceiver],
    sources: Sequence[EventSource] = SOURCES,
) -> web.Application:
    """Make the HTTP interface; events arrive from every source in ``sources``.

    ``webhooks`` has a receiver for each address to which a messenger posts updates; the receiver checks the sender, so
    these addresses need no token. The other functions are described where they are used.
    """
    wrong_tokens = WrongTokens()
    guard = BearerTokens(tokens, "[http] tokens", addresses, wrong_tokens)
    watch = BearerTokens([metrics_token] if metrics_token else [], "[http] metrics_token", addresses, wrong_tokens)
    middlewares = [track_request, answer_errors, admission.make_middleware()]
    app = web.Application(middlewares=middlewares, client_max_size=MOST_BYTES)
    for source in sources:
        post_events = make_post_events(source.read_events, record_visits, on_accepted)
        app.router.add_post(source.path, guard.require_token(post_events), **_LATER)
    get_map = guard.require_token(make_get_map(make_map, draw_picture))
    routes = [
        web.put(_CUSTOMER, guard.require_token(make_put_customer(save_customer, make_start_link)), **_LATER),
        web.delete(_CUSTOMER, guard.require_token(make_delete_customer(forget_customer, delete_messages)), **_LATER),
        web.get("/v1/journeys/{key}/map", get_map),
        web.get("/v1/journeys/{key}/map.{form:json|png|svg|pdf}", get_map),
        web.get("/healthz", get_health),
        web.get("/readyz", make_get_ready(check_readiness)),
        web.get("/metrics", watch.require_token_from_outside(make_get_metrics(read_metrics))),
    ]
    for path, receiver in webhooks.items():
        app.router.add_post(path, _make_post_update(receiver, addresses, wrong_tokens), **_LATER)
    app.router.add_routes(routes)
    return app


def _make_post_update(receiver: WebhookReceiver, addresses: ClientAddresses, wrong_tokens: WrongTokens) -> Handler:
    async def post_update(request: web.Request) -> web.StreamResponse:
        refusal = receiver.find_refusal(request.headers)
        if refusal is not None:
            await wrong_tokens.delay(addresses.find(request))
            raise HttpRefusal(401, refusal)
        # A messenger repeats an update that got no 200, so the answer is given after the update is stored.
        await receiver.accept(await read_bytes(request))
        return web.json_response({})

    return post_update
