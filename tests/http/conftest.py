"""The HTTP interface on loopback, over a real database with the shop's journey; calls to the outside are recorded."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from bot.clock import FrozenClock
from bot.db.audit.audit_actions import HTTP
from bot.db.engine.database import Database
from bot.db.upkeep import service_metrics
from bot.http import make_http_app
from bot.http.admission import Admission
from bot.http.doors.addresses import ClientAddresses, IPNetwork
from bot.http.doors.doorkeeper import Doorkeeper
from bot.http.health import Readiness
from bot.http.sources.registry import SOURCES
from bot.http.sources.source import EventSource
from bot.outbox.messenger import NeverLeft
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.maps.make_map import MakeMap
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.save_customer import SaveCustomer
from bot.usecases.tables.export_rows import ExportRows
from bot.usecases.upkeep.findings import Finding, ProcessRole
from cjm import templates
from cjm.address import Address
from cjm.asking.decision import AskingRules
from cjm.drawing import PictureChoice
from cjm.figures.journey_map import JourneyMap

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOKEN = "a-token-of-the-shop"
METRICS_TOKEN = "a-token-of-a-watcher"
PNG = b"\x89PNG drawn"

Client = TestClient[Request, Application]


@dataclass
class Outside:
    """Calls that the interface made, and how the world outside of it behaves."""

    times_accepted: int = 0
    drawn: list[tuple[JourneyMap, PictureChoice]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    updates: list[bytes] = field(default_factory=list)
    unreachable: bool = False
    breaks: Exception | None = None

    def on_accepted(self) -> None:
        self.times_accepted += 1

    async def draw_picture(self, journey_map: JourneyMap, choice: PictureChoice) -> bytes:
        if self.breaks is not None:
            raise self.breaks
        self.drawn.append((journey_map, choice))
        return PNG

    async def make_start_link(self, payload: str) -> str:
        if self.unreachable:
            raise NeverLeft("no connection")
        return f"https://t.me/shop_bot?start={payload}"

    def make_message_link(self, chat: Address, message_id: str) -> str | None:
        return f"https://t.me/c/{chat.id.removeprefix('-100')}/{message_id}" if chat.id.startswith("-100") else None

    async def check_readiness(self) -> Readiness:
        return Readiness(ProcessRole.LEADING, self.findings)

    def find_refusal(self, headers: Mapping[str, str]) -> str | None:
        return None if headers.get("X-Messenger-Secret") == "right" else "this address is for the messenger"

    async def accept(self, body: bytes) -> None:
        self.updates.append(body)


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
async def shop(db: Database, clock: FrozenClock) -> Database:
    await ApplyJourney(db, clock).apply(templates.text("shop"), "shop.toml")
    return db


def make_app(
    db: Database,
    clock: FrozenClock,
    outside: Outside,
    tokens: Sequence[str] = (TOKEN,),
    *,
    webhook: bool = True,
    sources: Sequence[EventSource] = SOURCES,
    trusted: Sequence[IPNetwork] = (),
) -> Application:
    admission = Admission()
    admission.open()
    return make_http_app(
        admission=admission,
        doorkeeper=Doorkeeper(tokens, METRICS_TOKEN, ClientAddresses(trusted)),
        record_visits=RecordVisits(db, clock, AskingRules()),
        save_customer=SaveCustomer(db, clock, "a secret of sixteen and more"),
        forget_customer=ForgetCustomer(db, clock, 5),
        make_map=MakeMap(db, clock, 5),
        draw_picture=outside.draw_picture,
        give_export=ExportRows(db, 5, clock, HTTP),
        make_start_link=outside.make_start_link,
        make_message_link=outside.make_message_link,
        on_accepted=outside.on_accepted,
        check_readiness=outside.check_readiness,
        read_metrics=lambda: db.read(lambda tx: service_metrics.collect(tx, clock.now())),
        webhooks={"/messenger/webhook": outside} if webhook else {},
        sources=sources,
    )


@pytest.fixture
async def client(shop: Database, clock: FrozenClock, outside: Outside) -> AsyncIterator[Client]:
    """Client that sends the token with every call."""
    server = TestServer(make_app(shop, clock, outside))
    async with TestClient(server, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        yield client


@pytest.fixture
async def stranger(shop: Database, clock: FrozenClock, outside: Outside) -> AsyncIterator[Client]:
    """Client without a token."""
    async with TestClient(TestServer(make_app(shop, clock, outside))) as client:
        yield client


@pytest.fixture
def post_body(sqlite_url: str, clock: FrozenClock, outside: Outside) -> Iterator[Callable[[bytes], tuple[int, Any]]]:
    """Return a function that posts a body and returns (status, JSON), for tests that are not asynchronous."""
    loop = asyncio.new_event_loop()
    db = Database(sqlite_url)

    async def start() -> Client:
        await ApplyJourney(db, clock).apply(templates.text("shop"), "shop.toml")
        started = TestClient(TestServer(make_app(db, clock, outside)), headers={"Authorization": f"Bearer {TOKEN}"})
        await started.start_server()
        return started

    async def post(body: bytes) -> tuple[int, Any]:
        answer = await poster.post("/v1/events", data=body, headers={"Content-Type": "application/json"})
        return answer.status, await answer.json()

    async def stop() -> None:
        await poster.close()
        await db.close()

    poster = loop.run_until_complete(start())
    yield lambda body: loop.run_until_complete(post(body))
    loop.run_until_complete(stop())
    loop.close()
