"""A source of events is a function that reads a request; tokens, checks and the answer are the same for all sources."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.clock import FrozenClock
from bot.db.engine.database import Database
from bot.db.journeys import visits
from bot.http.sources.registry import SOURCES
from bot.http.sources.source import EventSource, PostedEvent
from cjm.errors import Mistake
from cjm.journeys.visit import Event
from tests.http.conftest import NOW, TOKEN, Client, Outside, make_app


async def read_parcels(request: web.Request) -> list[PostedEvent]:
    """Read the parcels of an imaginary carrier: "number;customer;place" a line."""
    posted = []
    for line, text in enumerate((await request.text()).splitlines(), 1):
        number, customer, place = text.split(";")
        mistakes = () if number.isdigit() else (Mistake("id", "must be a parcel's number"),)
        event = Event(f"parcel-{number}", customer, "shop", NOW, touchpoint=place)
        posted.append(PostedEvent(f"line {line}", event.id, event, mistakes))
    return posted


@pytest.fixture
async def carrier(shop: Database, clock: FrozenClock, outside: Outside) -> web.Application:
    return make_app(shop, clock, outside, sources=(*SOURCES, EventSource("/v1/sources/carrier", read_parcels)))


async def test_a_new_source_posts_events_in_its_own_format(
    carrier: web.Application, shop: Database, outside: Outside
) -> None:
    body = "1;77;delivery\nx;78;nowhere"
    client: Client
    async with TestClient(TestServer(carrier), headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        answer = await client.post("/v1/sources/carrier", data=body)
        good, bad = (await answer.json())["results"]
    assert (good["id"], good["status"]) == ("parcel-1", "accepted")
    assert [mistake["at"] for mistake in bad["errors"]] == ["line 2.id", "line 2.touchpoint"]
    assert set(await shop.read(lambda tx: visits.list_by_event_ids(tx, ["parcel-1", "parcel-x"]))) == {"parcel-1"}
    assert outside.times_accepted == 1


async def test_a_new_source_needs_a_token_like_every_other(carrier: web.Application) -> None:
    client: Client
    async with TestClient(TestServer(carrier)) as client:
        assert (await client.post("/v1/sources/carrier", data="1;77;delivery")).status == 401


def test_every_source_has_an_address_of_its_own() -> None:
    paths = [source.path for source in SOURCES]
    assert len(set(paths)) == len(paths)
