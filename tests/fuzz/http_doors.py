"""Doors of machines: events and customers over HTTP, on the real server and a real database."""

import json
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from bot.clock import FrozenClock
from bot.db.engine.database import Database
from bot.http import HttpServer
from bot.usecases.journeys.apply_journey import ApplyJourney
from cjm import templates
from cjm.journeys.journey_file import read_journey
from tests.fuzz.checks import assert_sound, open_database
from tests.fuzz.door import Door
from tests.fuzz.exchange import HttpAnswer, HttpRequest, exchange
from tests.fuzz.mutation import CANARY, ODD_TEXTS, mutate_bytes, mutate_text, mutate_value, write_json
from tests.http.conftest import METRICS_TOKEN, NOW, TOKEN, Outside, make_app

JSON, LINES = "application/json", "application/x-ndjson"
_KINDS = (JSON, JSON, JSON, "application/json; charset=utf-16", "text/plain", "", LINES, "multipart/form-data", "a/b/c")
_SHOP = read_journey(templates.text("shop"), "shop.toml")
_PLACES = [(stage.key, place) for stage in _SHOP.stages for place in stage.touchpoints]
_STATUSES = {"accepted", "repeated", "differs", "rejected", "withdrawn"}
_REFUSALS = {400, 401, 404, 405, 406, 408, 413, 415, 417, 429}
WRONG_TOKENS = 3  # in one life: from the fourth on, each is delayed


class HttpDoor(Door):
    """HTTP interface with the shop's journey; ``make_request`` of a subclass says what is sent."""

    secrets = (TOKEN, METRICS_TOKEN)

    async def open(self, folder: Path) -> None:
        self.db: Database = await open_database(folder)
        self.clock = FrozenClock(NOW)
        await ApplyJourney(self.db, self.clock).apply(templates.text("shop"), "shop.toml")
        self.server = HttpServer(make_app(self.db, self.clock, self.make_outside()), "127.0.0.1", 0)
        await self.server.start()
        self.wrong_tokens = 0

    def make_outside(self) -> Outside:
        return Outside()

    async def close(self) -> None:
        await self.server.stop()
        await self.db.close()

    async def check(self) -> None:
        await assert_sound(self.db)

    async def send(self, random: Random, request: HttpRequest) -> HttpAnswer | None:
        """Send a request whose body or head may be damaged; return the answer, None where the server hung up."""
        raw, is_whole = request.write(), random.random() > 0.06
        self.last = raw if is_whole else mutate_bytes(random, raw)
        self.begin_to_watch()
        answer = await exchange(self.server.url, self.last, is_whole=is_whole)
        self.outcomes[str(answer.status if answer else "hung up")] += 1
        if answer is not None:
            assert_answer(answer)
        return answer

    def choose_token(self, random: Random) -> str:
        if random.random() < 0.01 and self.wrong_tokens < WRONG_TOKENS:
            self.wrong_tokens += 1
            return random.choice(("Bearer wrong-token-of-nobody", "Bearer", f"Basic {TOKEN}"))
        return f"Bearer {TOKEN}"


def assert_answer(answer: HttpAnswer) -> None:
    """Assert that it is no fault, and that a refusal has the one shape and repeats nothing that was sent."""
    assert answer.status < 500 or answer.status == 503, answer
    assert answer.status in {200, *_REFUSALS}, answer
    if answer.status != 200:
        error = json.loads(answer.body)["error"]
        assert set(error) == {"code", "message", "details"}, error
        assert isinstance(error["message"], str), error
        assert error["message"], error
        assert all(set(detail) == {"at", "message"} for detail in error["details"]), error
        assert CANARY not in answer.body.decode(), error


class EventsDoor(HttpDoor):
    """``POST /v1/events``."""

    name = "events"

    async def knock(self, random: Random) -> None:
        if random.random() < 0.05:
            self.clock.advance(timedelta(hours=random.randrange(30)))
        events = [self._make_event(random) for _ in range(random.choice((1, 1, 2, 3, 30)))]
        posted: Any = events if random.random() < 0.8 else events[0]
        if random.random() < 0.7:
            posted = mutate_value(random, posted)
        kind = random.choice(_KINDS) if random.random() < 0.3 else random.choice((JSON, LINES))
        body = write_json(random, posted)
        if kind == LINES and isinstance(posted, list):
            body = b"\n".join(write_json(random, each).replace(b"\n", b" ") for each in posted)
        if random.random() < 0.2:
            body = mutate_bytes(random, body)
        headers = {"Authorization": self.choose_token(random), "Content-Type": kind}
        if random.random() < 0.03:
            headers["Content-Encoding"] = random.choice(("gzip", "identity", "br", "\x7f"))
        answer = await self.send(random, HttpRequest("POST", "/v1/events", headers, body))
        if answer is not None and answer.status == 200:
            self._assert_results(answer)

    def _assert_results(self, answer: HttpAnswer) -> None:
        results = json.loads(answer.body)["results"]
        for result in results:
            assert result["status"] in _STATUSES, result
            assert set(result) <= {"id", "status", "errors", "decisions"}, result
            assert (result["status"] in {"rejected", "differs"}) == ("errors" in result), result
            self.outcomes[result["status"]] += 1
            result["id"] = None  # the only thing that was sent which is repeated
        assert CANARY not in json.dumps(results), results

    def _make_event(self, random: Random) -> dict[str, Any]:
        stage, place = random.choice(_PLACES)
        at = self.clock.now() - timedelta(minutes=random.randrange(60 * 24 * 40))
        event: dict[str, Any] = {
            "id": f"e{random.randrange(3_000)}",
            "customer": f"c{random.randrange(60)}",
            "journey": "shop",
            "touchpoint": place.key,
            "at": at.isoformat(),
        }
        extra = {
            "stage": stage,
            "channel": "site",
            "passage": f"order-{random.randrange(40)}",
            "attributes": {"persona": "new", "region": "capital", "orders": 3, "club": True},
            "measures": {"minutes": 12.5},
            "withdrawn": random.random() < 0.3,
            "outcome": random.choice(("reached", "lost", CANARY)),
            "lost_reason": f"{CANARY} {random.choice(ODD_TEXTS)[:40]}",
            "amount": 12.5,
            "currency": "PLN",
        }
        return event | {key: extra[key] for key in random.sample(list(extra), random.choice((0, 0, 1, 2, 4)))}


class CustomersDoor(HttpDoor):
    """``PUT`` and ``DELETE /v1/customers/{id}``, and the maps that are asked for by address."""

    name = "customers"

    async def knock(self, random: Random) -> None:
        headers = {"Authorization": self.choose_token(random), "Content-Type": JSON}
        told: Any = {
            "attributes": {"region": random.choice(("capital", CANARY)), "orders": random.randrange(9), "club": True},
            "language": random.choice(("pl", "en", "ru")),
            "timezone": "Europe/Warsaw",
        }
        if random.random() < 0.7:
            told = mutate_value(random, told)
        body = write_json(random, told)
        if random.random() < 0.15:
            body = mutate_bytes(random, body)
        method = random.choices(("PUT", "DELETE", "GET", "POST", "PATCH", "X" * 40), (60, 25, 10, 2, 2, 1))[0]
        path = self._make_map_path(random) if method == "GET" else f"/v1/customers/{self._make_id(random)}"
        sent = body if method in ("PUT", "POST", "PATCH") or random.random() < 0.1 else b""
        answer = await self.send(random, HttpRequest(method, path, headers, sent))
        if answer is not None and answer.status == 200 and method == "DELETE" and answer.body.startswith(b"{"):
            assert set(json.loads(answer.body)) >= {"customer", "forgotten"}, answer

    def _make_id(self, random: Random) -> str:
        text = random.choice((f"c{random.randrange(40)}", f"c{random.randrange(40)}", CANARY, random.choice(ODD_TEXTS)))
        if random.random() < 0.3:
            text = mutate_text(random, text)
        kept = text.encode("utf-8", "surrogatepass")[:600]
        if random.random() < 0.1:
            kept = mutate_bytes(random, kept)
        return "".join(chr(b) if chr(b).isalnum() and b < 128 else f"%{b:02X}" for b in kept) or "%00"

    def _make_map_path(self, random: Random) -> str:
        asked = {
            "days": random.choice((7, 0, -1, 10**20, "x")),
            "from": random.choice(("2026-10-01", "0001-01-01", "9999-12-31", "x")),
            "to": random.choice(("2026-11-01", "2026-01-01", "")),
            "segment": random.choice(("new", "capital", "nobody", "%00")),
            "language": random.choice(("pl", "xx")),
            "layout": random.choice(("wall", "phone", "z")),
            "%FF": "%C3",
            "channel": random.choice(("site", "x")),
        }
        chosen = random.sample(list(asked), random.choice((0, 1, 2, 3)))
        query = "&".join(f"{key}={asked[key]}" for key in chosen)
        form = random.choice(("", "", ".json", ".png", ".svg", ".gif"))
        return f"/v1/journeys/{random.choice(('shop', 'shop', 'ship', '%00', '..%2F'))}/map{form}?{query}"
