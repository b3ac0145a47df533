"""Addresses of the HTTP interface and the handlers behind them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from aiohttp import web

from bot.http.admission import Admission
from bot.http.customers import MakeMessageLink, MakeStartLink, make_delete_customer, make_put_customer
from bot.http.doors.connections import track_request
from bot.http.doors.doorkeeper import Doorkeeper
from bot.http.doors.tokens import BearerTokens
from bot.http.events import PostRecorder, make_post_events
from bot.http.exports import GiveExport, make_get_export
from bot.http.health import CheckReadiness, ReadMetrics, get_health, make_get_metrics, make_get_ready
from bot.http.maps import DrawPicture, GiveMap, make_get_map
from bot.http.openapi import OPENAPI_PATH, make_get_openapi
from bot.http.reading.bodies import ignore_expectation, read_bytes
from bot.http.refusals import Handler, answer_errors
from bot.http.sources.registry import SOURCES
from bot.http.sources.source import EventSource
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.save_customer import SaveCustomer
from cjm.tables.own.columns import ExportKind
from cjm.tables.own.writers import ExportFormat

_CUSTOMER = "/v1/customers/{id:[^/]+}"  # a business's ids may hold anything; a slash comes as %2F
_MAPS = ("/v1/journeys/{key}/map", "/v1/journeys/{key}/map.{form:json|png|svg|pdf}")
_EXPORT = f"/v1/journeys/{{key}}/export/{{what:{'|'.join(ExportKind)}}}.{{ending:{'|'.join(ExportFormat)}}}"
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
    doorkeeper: Doorkeeper,
    record_visits: RecordVisits,
    save_customer: SaveCustomer,
    forget_customer: ForgetCustomer,
    make_map: GiveMap,
    draw_picture: DrawPicture,
    give_export: GiveExport,
    make_start_link: MakeStartLink,
    make_message_link: MakeMessageLink,
    on_accepted: Callable[[], None],
    check_readiness: CheckReadiness,
    read_metrics: ReadMetrics,
    webhooks: Mapping[str, WebhookReceiver],
    sources: Sequence[EventSource] = SOURCES,
) -> web.Application:
    """Make the HTTP interface; events arrive from every source in ``sources``.

    ``webhooks`` has a receiver for each address to which a messenger posts updates; the receiver checks the sender, so
    these addresses need no token. The other functions are described where they are used.
    """
    guard = doorkeeper.senders
    app = web.Application(middlewares=[track_request, answer_errors, admission.make_middleware()])
    recorder = PostRecorder(record_visits, on_accepted)
    for source in sources:
        post = guard.require_token(make_post_events(source.read_events, recorder))
        app.router.add_post(source.path, post, **_LATER)
    routes = [
        *_make_customer_routes(guard, save_customer, forget_customer, make_start_link, make_message_link),
        *_make_journey_routes(guard, make_map, draw_picture, give_export),
        web.get(OPENAPI_PATH, guard.require_token(make_get_openapi(source.path for source in sources))),
        *_make_watched_routes(doorkeeper, check_readiness, read_metrics),
    ]
    app.router.add_routes(routes)
    for path, receiver in webhooks.items():
        app.router.add_post(path, _make_post_update(receiver, doorkeeper), **_LATER)
    return app


def _make_customer_routes(
    guard: BearerTokens,
    save_customer: SaveCustomer,
    forget_customer: ForgetCustomer,
    make_start_link: MakeStartLink,
    make_message_link: MakeMessageLink,
) -> list[web.RouteDef]:
    return [
        web.put(_CUSTOMER, guard.require_token(make_put_customer(save_customer, make_start_link)), **_LATER),
        web.delete(_CUSTOMER, guard.require_token(make_delete_customer(forget_customer, make_message_link)), **_LATER),
    ]


def _make_journey_routes(
    guard: BearerTokens, make_map: GiveMap, draw_picture: DrawPicture, give_export: GiveExport
) -> list[web.RouteDef]:
    get_map = guard.require_token(make_get_map(make_map, draw_picture))
    return [
        *(web.get(path, get_map) for path in _MAPS),
        # Its pieces would be sent to HEAD, too, and be read as the answer to the next request of a proxy's connection.
        web.get(_EXPORT, guard.require_token(make_get_export(give_export)), allow_head=False),
    ]


def _make_watched_routes(
    doorkeeper: Doorkeeper, check_readiness: CheckReadiness, read_metrics: ReadMetrics
) -> list[web.RouteDef]:
    get_metrics = doorkeeper.watchers.require_token_from_outside(make_get_metrics(read_metrics))
    return [
        web.get("/healthz", get_health),
        web.get("/readyz", make_get_ready(check_readiness)),
        web.get("/metrics", get_metrics),
    ]


def _make_post_update(receiver: WebhookReceiver, doorkeeper: Doorkeeper) -> Handler:
    async def post_update(request: web.Request) -> web.StreamResponse:
        refusal = receiver.find_refusal(request.headers)
        if refusal is not None:
            await doorkeeper.refuse_secret(request, refusal)
        # A messenger repeats an update that got no 200, so the answer is given after the update is stored.
        await receiver.accept(await read_bytes(request))
        return web.json_response({})

    return post_update
