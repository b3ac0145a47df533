"""HTTP site for machines: events, customers, maps, webhooks, health and metrics."""

from collections.abc import Callable

from bot.app.life.background import BackgroundTasks
from bot.app.parts import Parts
from bot.config.settings import HttpSettings, TelegramSettings
from bot.db.audit.audit_actions import HTTP
from bot.db.upkeep import service_metrics
from bot.http.admission import Admission
from bot.http.doors.addresses import ClientAddresses
from bot.http.doors.doorkeeper import Doorkeeper
from bot.http.health import CheckReadiness
from bot.http.routes import WebhookReceiver, make_http_app
from bot.http.server import HttpServer
from bot.telegram.receiving.inbox_worker import InboxWorker
from bot.telegram.receiving.webhook import WEBHOOK_PATH, Webhook
from bot.texts import words_in
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.maps.export_map import ExportMap
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.save_customer import SaveCustomer
from bot.usecases.tables.export_rows import ExportRows
from cjm.drawing import PictureChoice
from cjm.figures.journey_map import JourneyMap


def make_machine_server(
    parts: Parts,
    inbox: InboxWorker,
    tasks: BackgroundTasks,
    *,
    admission: Admission,
    check_readiness: CheckReadiness,
    on_accepted: Callable[[], None],
) -> HttpServer:
    """Return the server, not yet listening. Only messengers in mode "webhook" have a webhook in it.

    ``on_accepted`` is called when events came in.
    """
    settings, db, clock = parts.settings, parts.db, parts.clock
    minimum = settings.privacy.minimum_answers
    addresses = ClientAddresses(settings.http.trusted_proxies)

    async def draw_picture(journey_map: JourneyMap, choice: PictureChoice) -> bytes:
        theme = parts.themes.find(choice.theme)
        return await parts.map_process.draw(journey_map, words_in(journey_map.language), choice, theme)

    app = make_http_app(
        admission=admission,
        doorkeeper=_make_doorkeeper(settings.http, addresses),
        record_visits=RecordVisits(db, clock, settings.asking.rules, parts.retention),
        save_customer=SaveCustomer(db, clock, parts.link_secret),
        forget_customer=ForgetCustomer(db, clock, minimum),
        make_map=ExportMap(db, clock, parts.make_map, HTTP),
        draw_picture=draw_picture,
        give_export=ExportRows(db, minimum, clock, HTTP),
        make_start_link=parts.messenger.start_link,
        make_message_link=parts.messenger.message_link,
        on_accepted=on_accepted,
        check_readiness=check_readiness,
        read_metrics=lambda: db.read(lambda tx: service_metrics.collect(tx, clock.now())),
        webhooks=_make_webhooks(settings.telegram, inbox),
    )
    return HttpServer(app, settings.http.host, settings.http.port, addresses)


def _make_doorkeeper(settings: HttpSettings, addresses: ClientAddresses) -> Doorkeeper:
    tokens = [token.get_secret_value() for token in settings.tokens]
    return Doorkeeper(tokens, settings.metrics_token.get_secret_value(), addresses)


def _make_webhooks(settings: TelegramSettings, inbox: InboxWorker) -> dict[str, WebhookReceiver]:
    if settings.mode != "webhook":
        return {}
    return {WEBHOOK_PATH: Webhook(inbox, settings.webhook_secret.get_secret_value())}
