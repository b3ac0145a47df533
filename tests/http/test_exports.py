"""``GET /v1/journeys/{key}/export/…``: whole files in each format, refusals before the first byte, a cut that shows."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import openpyxl
import pytest
from aiohttp.test_utils import TestClient, TestServer

import bot.http.exports
from bot.clock import FrozenClock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction
from bot.db.audit.audit_entries import AuditFilter
from bot.db.engine.database import Database
from bot.db.figures import exports
from bot.http.exports import make_get_export
from bot.http.refusals import answer_errors
from tests.http.conftest import NOW, Client

PATH = "/v1/journeys/shop/export"


@pytest.fixture
async def visitors(client: Client) -> Client:
    """Client of a shop that three customers visited."""
    events = [
        {"id": f"e-{n}", "customer": str(n), "journey": "shop", "touchpoint": "delivery",
         "at": (NOW - timedelta(hours=n + 1)).isoformat()}
        for n in range(3)
    ]  # fmt: skip
    answer = await client.post("/v1/events", json=events)
    assert [each["status"] for each in (await answer.json())["results"]] == ["accepted"] * 3
    return client


async def test_rows_come_in_each_format_page_by_page(
    visitors: Client, shop: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PAGE_SIZE", 2)
    bodies = {}
    for ending in ("csv", "ndjson", "xlsx"):
        answer = await visitors.get(f"{PATH}/visits.{ending}")
        assert answer.status == 200
        assert answer.headers["Content-Disposition"] == f'attachment; filename="shop-visits.{ending}"'
        assert answer.headers["Cache-Control"] == "no-store"
        bodies[ending] = await answer.read()
    ids = ["e-0", "e-1", "e-2"]
    assert [row["event_id"] for row in csv.DictReader(io.StringIO(bodies["csv"].decode("utf-8-sig")))] == ids
    assert [json.loads(line)["event_id"] for line in bodies["ndjson"].splitlines()] == ids
    sheet = openpyxl.load_workbook(io.BytesIO(bodies["xlsx"])).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ids
    entries = await shop.read(lambda tx: audit_entries.list_entries(tx, AuditFilter(), 10))
    assert [(each.action, each.people) for each in entries if each.action is AuditAction.EXPORT_ROWS] == [
        (AuditAction.EXPORT_ROWS, 3)
    ] * 3


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/journeys/bar/export/visits.csv", 404),
        ("/v1/journeys/BAR!/export/visits.csv", 404),
        (f"{PATH}/secrets.csv", 404),
        (f"{PATH}/visits.xls", 404),
    ],
)
async def test_what_does_not_exist_is_refused_before_the_first_byte(client: Client, path: str, status: int) -> None:
    answer = await client.get(path)
    assert answer.status == status
    assert set(await answer.json()) == {"error"}


async def test_without_a_token_nobody_gets_rows(stranger: Client) -> None:
    assert (await stranger.get(f"{PATH}/visits.csv")).status == 401


async def test_head_is_refused_and_sends_no_rows_as_the_answer_to_the_next_request(visitors: Client) -> None:
    answer = await visitors.request("HEAD", f"{PATH}/visits.csv")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET")
    assert (await visitors.get(f"{PATH}/visits.csv")).status == 200


async def test_a_file_that_breaks_off_does_not_look_whole(clock: FrozenClock) -> None:
    async def give_half(key: str, what: str, form: str) -> AsyncIterator[bytes]:
        yield b"header\r\n"
        yield b"row\r\n"
        raise RuntimeError("the database is away")

    app = aiohttp.web.Application(middlewares=[answer_errors])
    app.router.add_get("/{key}/{what}.{ending}", make_get_export(give_half))
    async with TestClient(TestServer(app)) as client:
        with pytest.raises(aiohttp.ClientError):
            await (await client.get("/shop/visits.csv")).read()


async def test_client_that_reads_nothing_is_cut_off(clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    has_ended = asyncio.Event()

    async def give_without_end(key: str, what: str, form: str) -> AsyncIterator[bytes]:
        try:
            while True:
                yield bytes(1_000_000)
        finally:
            has_ended.set()

    monkeypatch.setattr(bot.http.exports, "STALLED_SECONDS", 0.1)
    app = aiohttp.web.Application(middlewares=[answer_errors])
    app.router.add_get("/{key}/{what}.{ending}", make_get_export(give_without_end))
    async with TestServer(app) as server:
        _, writer = await asyncio.open_connection(server.host, server.port, limit=1)
        writer.write(b"GET /shop/visits.csv HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await has_ended.wait()
        writer.close()
