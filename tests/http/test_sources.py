"""A source of events is a function that reads a request; tokens, checks and the answer are the same for all sources."""

from collections.abc import AsyncGenerator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.clock import FrozenClock
from bot.db.engine.database import Database
from bot.db.journeys import visits
from bot.http import sources
from bot.http.reading.items import read_items
from bot.http.sources.registry import SOURCES
from bot.http.sources.source import MOST_EVENTS, EventSource, PostedEvent, read_event
from tests.http.conftest import TOKEN, Client, Outside, make_app

SCAN = {"scan": "scan-1", "recipient": "77", "place": "delivery", "scanned": "2026-11-22T12:00:00Z"}
OWN_KEYS = {"scan": "id", "recipient": "customer", "place": "touchpoint", "scanned": "at"}


async def read_scans(request: web.Request) -> AsyncGenerator[list[PostedEvent]]:
    """Read the scans of an imaginary carrier, whose keys are not Tropa's."""
    yield [
        read_event(_translate_scan(item.value), f"scans[{item.place or 0}]")
        async for item in read_items(request, MOST_EVENTS)
    ]


def _translate_scan(item: object) -> object:
    if not isinstance(item, dict):
        return item
    return {"journey": "shop"} | {OWN_KEYS[key]: value for key, value in item.items() if key in OWN_KEYS}


async def post_scans(carrier: web.Application, body: object) -> list[dict[str, Any]]:
    client: Client
    async with TestClient(TestServer(carrier), headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        answer = await client.post("/v1/sources/carrier", json=body)
        results: list[dict[str, Any]] = (await answer.json())["results"]
        return results


@pytest.fixture
async def carrier(shop: Database, clock: FrozenClock, outside: Outside) -> web.Application:
    return make_app(shop, clock, outside, sources=(*SOURCES, EventSource("/v1/sources/carrier", read_scans)))


async def test_a_new_source_posts_events_in_its_own_format(
    carrier: web.Application, shop: Database, outside: Outside
) -> None:
    good, bad = await post_scans(carrier, [SCAN, {**SCAN, "scan": "scan-2", "recipient": "", "place": "nowhere"}])
    assert (good["id"], good["status"]) == ("scan-1", "accepted")
    assert (bad["id"], bad["status"]) == ("scan-2", "rejected")
    assert [mistake["at"] for mistake in bad["errors"]] == ["scans[1].customer", "scans[1].touchpoint"]
    assert set(await shop.read(lambda tx: visits.list_by_event_ids(tx, ["scan-1", "scan-2"]))) == {"scan-1"}
    assert outside.times_accepted == 1


@pytest.mark.parametrize(
    ("wrong", "place_of_mistake"),
    [
        ({**SCAN, "scanned": "2026-11-22T12:00:00"}, "scans[0].at"),
        ({**SCAN, "scan": 5}, "scans[0].id"),
        ({**SCAN, "recipient": "\ud800"}, "scans[0].customer"),
        ("no scan", "scans[0]"),
    ],
    ids=["time without offset", "numeric id", "lone surrogate", "no object"],
)
async def test_wrong_item_of_a_new_source_is_rejected_by_itself(
    carrier: web.Application, wrong: object, place_of_mistake: str
) -> None:
    rejected, accepted = await post_scans(carrier, [wrong, {**SCAN, "scan": "scan-2"}])
    assert rejected["status"] == "rejected"
    assert [mistake["at"] for mistake in rejected["errors"]] == [place_of_mistake]
    assert (accepted["id"], accepted["status"]) == ("scan-2", "accepted")


async def test_a_new_source_needs_a_token_like_every_other(carrier: web.Application) -> None:
    client: Client
    async with TestClient(TestServer(carrier)) as client:
        assert (await client.post("/v1/sources/carrier", json=[SCAN])).status == 401


def test_every_source_has_an_address_of_its_own() -> None:
    paths = [source.path for source in SOURCES]
    assert len(set(paths)) == len(paths)


def test_every_source_of_the_package_is_registered() -> None:
    modules = [import_module(f"{sources.__name__}.{module.name}") for module in iter_modules(sources.__path__)]
    assert {module.SOURCE for module in modules if hasattr(module, "SOURCE")} == set(SOURCES)
