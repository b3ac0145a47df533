"""Customers, maps, webhooks, health and metrics; tokens; one shape for every error."""

import json
import logging
from datetime import timedelta
from ipaddress import ip_network

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.clock import FrozenClock
from bot.db.delivery.quoted_messages import record_quotes
from bot.db.delivery.states import MessageCarrier
from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseError
from bot.db.people import customers
from bot.db.people.attributes import find_latest
from bot.http import HttpServer
from bot.http.server import AddressError
from bot.usecases.upkeep.findings import CheckName, Finding, Severity
from cjm.address import Address
from cjm.drawing import PictureChoice
from tests.http.conftest import METRICS_TOKEN, NOW, PNG, TOKEN, Client, Outside, make_app


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong-token-of-the-shop", f"Basic {TOKEN}", "Bearer ü"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/events"),
        ("PUT", "/v1/customers/7"),
        ("DELETE", "/v1/customers/7"),
        ("GET", "/v1/journeys/shop/map"),
        ("GET", "/v1/openapi.json"),
    ],
)
async def test_a_request_without_a_valid_token_is_refused(
    stranger: Client, method: str, path: str, header: str | None
) -> None:
    answer = await stranger.request(method, path, json={}, headers={"Authorization": header} if header else {})
    assert answer.status == 401
    assert "a valid token" in (await answer.json())["error"]["message"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_without_configured_tokens_the_answer_names_the_setting(
    shop: Database, clock: FrozenClock, outside: Outside
) -> None:
    async with TestClient(TestServer(make_app(shop, clock, outside, tokens=()))) as client:
        answer = await client.post("/v1/events", json={}, headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status == 401
        assert "[http] tokens" in (await answer.json())["error"]["message"]


# ---- customers


async def test_a_customer_gets_a_link(client: Client, shop: Database) -> None:
    attributes = {"region": "capital", "orders": 3, "club": True}
    told = {"attributes": attributes, "language": "pl", "timezone": "Europe/Warsaw"}
    answer = await client.put("/v1/customers/77", json=told)
    said = await answer.json()
    assert answer.status == 200
    assert said["customer"] == "77"
    assert said["link"].startswith("https://t.me/shop_bot?start=c-")
    assert said["expires"] == (NOW + timedelta(days=30)).isoformat()
    person = await shop.read(lambda tx: customers.find_by_external_id(tx, "77"))
    assert person is not None
    told_last = await shop.read(lambda tx: find_latest(tx, person.id))
    assert (person.language, person.timezone, told_last) == ("pl", "Europe/Warsaw", attributes)


async def test_a_link_needs_no_body(client: Client) -> None:
    assert (await client.put("/v1/customers/77")).status == 200


async def test_staff_are_marked_and_unmarked_and_stay_so_while_nothing_is_said(client: Client, shop: Database) -> None:
    for told, is_staff in (({"staff": True}, True), ({"language": "pl"}, True), ({"staff": False}, False)):
        assert (await client.put("/v1/customers/77", json=told)).status == 200
        person = await shop.read(lambda tx: customers.find_by_external_id(tx, "77"))
        assert person is not None
        assert person.is_staff is is_staff


async def test_an_id_may_have_any_visible_character(client: Client, shop: Database) -> None:
    answer = await client.put("/v1/customers/%D0%98%2F%7Bx%7D%20y")
    assert (await answer.json())["customer"] == "И/{x} y"
    assert await shop.read(lambda tx: customers.find_by_external_id(tx, "И/{x} y"))


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ({"language": "xx"}, "language"),
        ({"timezone": "Europe/Varsaw"}, "timezone"),
        ({"attributes": {"a": []}}, "attributes"),
        ({"attributes": "x"}, "attributes"),
        ({"staff": "yes"}, "staff"),
        ({"langage": "en"}, ""),
        ([], ""),
    ],
)
async def test_a_wrong_value_of_a_customer_is_refused_with_its_place(client: Client, told: object, at: str) -> None:
    answer = await client.put("/v1/customers/77", json=told)
    assert answer.status == 400
    assert [d["at"] for d in (await answer.json())["error"]["details"]] == [at]


@pytest.mark.parametrize(
    ("source", "status"), [("parcel_2-B", 200), ("", 400), ("a b", 400), ("x" * 41, 400), ("я", 400)]
)
async def test_a_link_takes_a_source_that_is_a_short_word_and_says_what_one_is(
    client: Client, source: str, status: int
) -> None:
    answer = await client.put("/v1/customers/77", params={"source": source})
    assert answer.status == status
    if status != 200:
        (mistake,) = (await answer.json())["error"]["details"]
        assert mistake == {"at": "source", "message": "must have 1 to 40 letters A to Z, digits, - and _"}


@pytest.mark.parametrize("name", ["%00", "a%0Ab", "x" * 129])
async def test_an_id_with_invisible_characters_is_refused(client: Client, name: str) -> None:
    answer = await client.put(f"/v1/customers/{name}")
    assert answer.status == 400


async def test_without_the_messenger_the_customer_is_saved_and_there_is_no_link(
    client: Client, outside: Outside, shop: Database
) -> None:
    outside.unreachable = True
    answer = await client.put("/v1/customers/77", json={"language": "ru"})
    assert answer.status == 503
    assert await shop.read(lambda tx: customers.find_by_external_id(tx, "77"))


async def test_a_customer_is_forgotten_once(client: Client) -> None:
    await client.put("/v1/customers/77")
    for forgotten in (True, False):
        answer = await client.delete("/v1/customers/77")
        nothing = {"being_deleted": 0, "in_doubt": 0, "cannot_be_recalled": []}
        assert await answer.json() == {"customer": "77", "forgotten": forgotten, "messages": nothing}


async def test_forgetting_answers_what_cannot_be_recalled(client: Client, clock: FrozenClock, shop: Database) -> None:
    await client.put("/v1/customers/77")
    chats = [Address("telegram", name) for name in ("-1005", "7", "-1006")]

    def quote(tx: Connection) -> None:
        person = customers.find_by_external_id(tx, "77")
        assert person is not None
        long_ago = clock.now() - timedelta(days=3)
        for chat, carrier in zip(chats, ("voice", "voice", "photo"), strict=True):
            record_quotes(tx, chat, "12", [person.id], MessageCarrier(carrier), long_ago)
        record_quotes(tx, chats[0], "13", [person.id], MessageCarrier.VOICE, clock.now())

    await shop.write(quote)
    said = (await (await client.delete("/v1/customers/77")).json())["messages"]
    # A new voice message can be deleted, and an old photo can be replaced; an old recording stays.
    assert (said["being_deleted"], said["in_doubt"]) == (2, 0)
    assert said["cannot_be_recalled"] == [
        {"chat": "telegram:-1005", "message": "12", "holds": "voice", "link": "https://t.me/c/5/12"},
        {"chat": "telegram:7", "message": "12", "holds": "voice", "link": None},
    ]


# ---- maps


async def test_a_map_as_json_and_as_picture(client: Client, outside: Outside) -> None:
    answer = await client.get("/v1/journeys/shop/map?days=7&language=ru")
    said = await answer.json()
    assert (said["journey"], said["language"]) == ("shop", "ru")
    assert said["period"] == {"from": "2026-11-16", "to": "2026-11-22"}
    answer = await client.get("/v1/journeys/shop/map", headers={"Accept": "image/png"})
    assert (answer.content_type, await answer.read()) == ("image/png", PNG)
    answer = await client.get(
        "/v1/journeys/shop/map.png?layout=phone&language=pl&segment=new&from=2026-10-01&to=2026-10-07"
    )
    assert await answer.read() == PNG
    made, choice = outside.drawn[-1]
    assert (made.language, choice, made.segment, made.period.days) == ("pl", PictureChoice(), "new", 7)
    assert (
        await client.get("/v1/journeys/shop/map.json", headers={"Accept": "image/png"})
    ).content_type == "application/json"


@pytest.mark.parametrize(
    ("path", "status", "at"),
    [
        ("shop/map?days=0", 400, ["days"]),
        ("shop/map?days=99999999999999999999", 400, ["days"]),
        ("shop/map?from=0001-01-01", 400, ["from"]),
        ("shop/map?from=2026-10-02&to=2026-10-01", 400, ["from"]),
        ("shop/map?from=2026-10-02&days=7", 400, ["days"]),
        (
            "shop/map?from=x&to=y&language=xx&layout=z&segment=%00&dais=1",
            400,
            ["from", "to", "language", "layout", "segment", ""],
        ),
        ("shop/map?segment=nobody", 404, []),
        ("ship/map", 404, []),
        ("%00/map", 404, []),
        ("shop/map.svg?theme=pink&lanes=none", 400, ["theme", "lanes"]),
        ("shop/map.png?page=21", 400, ["page"]),
        ("shop/map.png?page=2", 400, ["page"]),  # a wall has one
        ("shop/map.png?kind=day&lanes=full", 400, ["lanes"]),
        ("shop/map.svg?layout=slide&lanes=full", 400, ["lanes"]),
        ("shop/map?from=2999-01-01", 400, []),
        ("shop/map.gif", 404, []),
    ],
)
async def test_a_wrong_map_request_is_refused_with_its_place(
    client: Client, path: str, status: int, at: list[str]
) -> None:
    answer = await client.get(f"/v1/journeys/{path}")
    error = (await answer.json())["error"]
    assert (answer.status, [d["at"] for d in error["details"]]) == (status, at)


async def test_a_map_in_an_unknown_format_is_not_acceptable(client: Client) -> None:
    assert (await client.get("/v1/journeys/shop/map", headers={"Accept": "image/gif"})).status == 406


@pytest.mark.parametrize(
    ("ending", "accept", "kind"),
    [
        ("", "image/svg+xml", "image/svg+xml"),
        (".svg", "*/*", "image/svg+xml"),
        ("", "application/pdf", "application/pdf"),
    ],
)
async def test_a_picture_may_use_what_is_inside_of_it_and_nothing_else(
    client: Client, outside: Outside, ending: str, accept: str, kind: str
) -> None:
    address = f"/v1/journeys/shop/map{ending}?theme=dark&lanes=full&layout=wall"
    answer = await client.get(address, headers={"Accept": accept})
    assert answer.headers["Content-Type"] == kind
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    choice = outside.drawn[-1][1]
    assert (choice.layout, choice.lanes, choice.theme, choice.page) == ("wall", "full", "dark", 0)


# ---- webhooks


async def test_an_update_reaches_its_messenger_and_a_refusal_its_sender(stranger: Client, outside: Outside) -> None:
    body = b'{"update_id": 1}'
    # In small letters, as HTTP/2 proxies send names of headers.
    right = {"x-messenger-secret": "right"}
    assert (await stranger.post("/messenger/webhook", data=body, headers=right)).status == 200
    answer = await stranger.post("/messenger/webhook", data=body)
    assert (answer.status, (await answer.json())["error"]["message"]) == (401, "this address is for the messenger")
    assert outside.updates == [body]


async def test_without_a_webhook_there_is_no_address(shop: Database, clock: FrozenClock, outside: Outside) -> None:
    async with TestClient(TestServer(make_app(shop, clock, outside, webhook=False))) as client:
        assert (await client.post("/messenger/webhook")).status == 404


# ---- the house


async def test_alive_and_ready(stranger: Client, outside: Outside) -> None:
    assert (await stranger.get("/healthz")).status == 200
    outside.findings = [Finding(CheckName.LETTERS, Severity.WARNING, "2 letters may not have arrived")]
    answer = await stranger.get("/readyz")
    warnings = [{"at": "letters", "message": "2 letters may not have arrived"}]
    assert answer.status == 200
    assert await answer.json() == {"status": "ready", "role": "leading", "warnings": warnings}
    outside.findings.append(Finding(CheckName.POLLING, Severity.PROBLEM, "the bot's token is refused"))
    answer = await stranger.get("/readyz")
    body = await answer.json()
    assert answer.status == 503
    assert body["error"]["details"] == [{"at": "polling", "message": "the bot's token is refused"}]
    assert (body["status"], body["warnings"]) == ("not ready", warnings)


async def test_metrics_are_in_prometheus_format(client: Client, stranger: Client) -> None:
    event = {"id": "1", "customer": "7", "journey": "shop", "touchpoint": "delivery", "at": "2026-11-22T10:00:00Z"}
    await client.post("/v1/events", json=event)
    text = await (await stranger.get("/metrics")).text()
    assert "tropa_answers 0\n" in text
    assert 'tropa_inbox{state="failed"} 0\n' in text  # a missing line would be no figure to compare
    assert 'tropa_letters{state="unknown"} 0\n' in text
    assert 'tropa_decisions_last_day{verdict="hold",reason="' in text
    assert all(line.startswith("#") or len(line.rsplit(" ", 1)) == 2 for line in text.splitlines())


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP", "CF-Connecting-IP"]
)
async def test_metrics_through_a_proxy_need_a_token_of_their_own(client: Client, stranger: Client, header: str) -> None:
    from_outside = {header: "127.0.0.1"}
    assert (await stranger.get("/metrics", headers=from_outside)).status == 401
    assert (await client.get("/metrics", headers=from_outside)).status == 401  # with a token of those who post events
    watcher = from_outside | {"Authorization": f"Bearer {METRICS_TOKEN}"}
    assert (await stranger.get("/metrics", headers=watcher)).status == 200
    assert (await stranger.post("/v1/events", headers=watcher, json={})).status == 401


async def test_metrics_need_a_token_when_proxies_are_named(
    shop: Database, clock: FrozenClock, outside: Outside
) -> None:
    app = make_app(shop, clock, outside, trusted=[ip_network("10.0.0.0/8")])
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/metrics")).status == 401


# ---- one shape for every error


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "not_found"),
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/v1/events", 405, "method_not_allowed"),
        ("POST", "/healthz", 405, "method_not_allowed"),
    ],
)
async def test_unknown_addresses_and_methods_have_the_same_error_shape(
    client: Client, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path)
    error = (await answer.json())["error"]
    assert (answer.status, error["code"], error["details"]) == (status, code, [])
    assert ("Allow" in answer.headers) == (status == 405)


async def test_an_internal_error_shows_nothing_of_the_exception(
    client: Client, outside: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    outside.breaks = KeyError("kanarek-99")
    caplog.set_level(logging.DEBUG, "bot")
    answer = await client.get("/v1/journeys/shop/map.png")
    assert answer.status == 500
    assert (await answer.json())["error"]["code"] == "internal"
    logged = [json.dumps(vars(r), default=str) for r in caplog.records if r.name.startswith("bot")]
    assert not any("kanarek-99" in line for line in logged)
    assert any("KeyError at" in line for line in logged)


async def test_a_database_that_cannot_be_used_is_a_503_and_floods_no_log(
    client: Client, outside: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    outside.breaks = DatabaseError("the disk is full")
    answer = await client.get("/v1/journeys/shop/map.png")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert all(record.levelno < logging.WARNING for record in caplog.records)


async def test_the_log_has_route_templates_and_no_ids(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot.http")
    await client.put("/v1/customers/kanarek-7?from=kanarek")
    [line] = [r for r in caplog.records if r.getMessage() == "request"]
    assert line.name == "bot.http.requests"  # whatever its status: "refusals" would tell of a fault
    assert (line.__dict__["route"], line.__dict__["status"]) == ("/v1/customers/{id}", 200)
    assert "kanarek" not in str(vars(line))


async def test_answers_to_a_watcher_fill_no_log_but_its_refusals_stand_there(
    stranger: Client, outside: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.http")
    for address in ("/healthz", "/readyz", "/metrics"):
        assert (await stranger.get(address)).status == 200
    assert [r for r in caplog.records if r.getMessage() == "request"] == []
    outside.findings = [Finding(CheckName.POLLING, Severity.PROBLEM, "the bot's token is refused")]
    await stranger.get("/readyz")
    assert [r.__dict__["status"] for r in caplog.records if r.getMessage() == "request"] == [503]


async def test_a_port_in_use_is_reported_in_one_sentence(shop: Database, clock: FrozenClock, outside: Outside) -> None:
    async with HttpServer(make_app(shop, clock, outside), "127.0.0.1", 0) as serving:
        port = int(serving.url.rsplit(":", 1)[1])
        with pytest.raises(AddressError, match=r"\[http\] 127.0.0.1:\d+: another program uses this port"):
            await HttpServer(make_app(shop, clock, outside), "127.0.0.1", port).start()
