"""HTTP site for machines: events, customers, maps, webhooks, health and metrics."""

from collections.abc import Sequence

from bot.app.background import BackgroundTasks
from bot.app.parts import Parts
from bot.db.engine.errors import DatabaseError
from bot.db.upkeep import service_metrics
from bot.db.upkeep.schema import check_schema
from bot.http.routes import WebhookHandler, make_http_app
from bot.http.server import HttpServer
from bot.outbox.worker import Outbox
from bot.scheduler import TickScheduler
from bot.telegram.receiving.inbox_worker import InboxWorker
from bot.telegram.receiving.webhook import WEBHOOK_PATH, Webhook
from bot.texts import words_in
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.save_customer import SaveCustomer
from cjm.address import Address
from cjm.drawing import Layout
from cjm.figures.journey_map import JourneyMap


def make_machine_server(
    parts: Parts, inbox: InboxWorker, outbox: Outbox, scheduler: TickScheduler, tasks: BackgroundTasks
) -> HttpServer:
    """Return the server, not yet listening. Only messengers in mode "webhook" have a webhook in it."""
    settings, db, clock = parts.settings, parts.db, parts.clock
    webhooks: dict[str, WebhookHandler] = {}
    if settings.telegram.mode == "webhook":
        webhooks[WEBHOOK_PATH] = Webhook(inbox, settings.telegram.webhook_secret.get_secret_value()).accept

    async def draw_picture(journey_map: JourneyMap, language: str, layout: str) -> bytes:
        return await parts.drawer.draw(journey_map, words_in(language), Layout(layout))

    def delete_messages(messages: Sequence[tuple[Address, str]]) -> None:
        # In the background: the pace may take minutes, and the request that forgets a customer should not wait.
        tasks.start(*(parts.replies.delete(chat, message_id) for chat, message_id in messages))

    async def find_problems() -> list[str]:
        try:
            await check_schema(db)
        except DatabaseError as error:
            return [str(error)]
        # A broken way to the messenger makes /readyz fail, but ends nothing: letters wait.
        return ["the messenger does not answer"] if outbox.is_broken else []

    app = make_http_app(
        tokens=[token.get_secret_value() for token in settings.http.tokens],
        record_visits=RecordVisits(db, clock, settings.asking.rules, parts.retention),
        save_customer=SaveCustomer(db, clock, parts.link_secret),
        forget_customer=ForgetCustomer(db),
        make_map=parts.make_map,
        draw_picture=draw_picture,
        make_start_link=parts.messenger.start_link,
        on_accepted=scheduler.run_all_soon,
        delete_messages=delete_messages,
        find_problems=find_problems,
        read_metrics=lambda: db.read(lambda tx: service_metrics.collect(tx, clock.now())),
        webhooks=webhooks,
    )
    return HttpServer(app, settings.http.host, settings.http.port)
