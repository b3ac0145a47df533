"""Requests are taken between the start and the end of Tropa; what is under way then is finished or refused with 503."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.http.admission import Admission
from bot.http.refusals import answer_errors

Client = TestClient[web.Request, web.Application]


class Site:
    """Site with one slow address; ``begun`` is set in a request, which ends with ``go_on``."""

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()
        self.app = web.Application(middlewares=[answer_errors, self.admission.make_middleware()])
        self.app.router.add_post("/v1/events", self.answer)
        self.app.router.add_get("/healthz", self.answer_at_once)

    async def answer(self, request: web.Request) -> web.Response:
        self.begun.set()
        await self.go_on.wait()
        return web.json_response({"results": []})

    async def answer_at_once(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})


@pytest.fixture
def site() -> Site:
    return Site(Admission())


@pytest.fixture
async def client(site: Site) -> AsyncIterator[Client]:
    async with TestClient(TestServer(site.app)) as client:
        yield client


async def test_before_the_start_is_over_only_the_health_is_told(site: Site, client: Client) -> None:
    assert (await client.get("/healthz")).status == 200
    refused = await client.post("/v1/events")
    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert (await refused.json())["error"]["message"] == "Tropa is starting; try again"
    site.admission.open()
    site.go_on.set()
    assert (await client.post("/v1/events")).status == 200


async def test_request_under_way_is_finished_and_the_next_is_refused(site: Site, client: Client) -> None:
    site.admission.open()
    under_way = asyncio.create_task(client.post("/v1/events"))
    await site.begun.wait()
    site.admission.close()
    refused = await client.post("/v1/events")
    assert (refused.status, refused.headers["Connection"]) == (503, "close")
    assert (await refused.json())["error"]["message"] == "Tropa is stopping; try again"
    assert (await client.get("/healthz")).status == 200
    site.go_on.set()
    assert (await under_way).status == 200


async def test_request_that_takes_too_long_at_the_end_is_refused_with_503() -> None:
    site = Site(Admission(grace=0.01))
    site.admission.open()
    async with TestClient(TestServer(site.app)) as client:
        under_way = asyncio.create_task(client.post("/v1/events"))
        await site.begun.wait()
        site.admission.close()
        assert (await under_way).status == 503


async def test_time_out_of_a_handler_is_its_own(site: Site, client: Client) -> None:
    async def time_out(request: web.Request) -> web.Response:
        raise TimeoutError

    other = web.Application(middlewares=[answer_errors, site.admission.make_middleware()])
    other.router.add_post("/v1/events", time_out)
    site.admission.open()
    async with TestClient(TestServer(other)) as its_client:
        assert (await its_client.post("/v1/events")).status == 500
