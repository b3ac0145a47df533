"""The server block of docs/running.md before a real `tropa run`: Telegram (the sandbox) and other systems use it."""

import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector
from aiohttp.test_utils import unused_port

from tests.house import documents
from tests.nginx import make_certificate, run_nginx, trust
from tests.stories.process import TOKEN, ProcessStage, TropaProcess, start_process_stage

pytestmark = pytest.mark.timeout(300)
MOST_BYTES = 10 * 1024 * 1024


@dataclass
class Front:
    """Company that is reached through nginx only. ``second`` is one more process, which is not started."""

    stage: ProcessStage
    session: ClientSession
    second: TropaProcess

    async def status(self, method: str, path: str, body: bytes | None = None) -> int:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        async with self.session.request(method, path, data=io.BytesIO(body or b""), headers=headers) as response:
            return response.status


def make_event(number: str) -> bytes:
    event = {"id": number, "customer": "77", "journey": "shop", "touchpoint": "delivery", "at": "2026-11-22T14:05:00Z"}
    return json.dumps(event).encode()


def adapt_block(language: str, changes: Mapping[str, str]) -> str:
    """Return the documented block for this machine. Each change must find its place: the rest is as documented."""
    (block,) = documents.code_blocks(documents.read_document("docs/running.md"), language)
    for documented, ours in changes.items():
        assert documented in block, f"{documented!r} is not in the block of docs/running.md"
        block = block.replace(documented, ours)
    return block


def adapt_server(address: str, tropa: str, certificate: Path, key: Path) -> str:
    """Return the server block for requests to ``address`` that go on to ``tropa``."""
    changes = {
        "listen 443 ssl;": f"listen {address} ssl;",
        "listen [::]:443 ssl;": "",
        "/etc/letsencrypt/live/bot.example.com/fullchain.pem": str(certificate),
        "/etc/letsencrypt/live/bot.example.com/privkey.pem": str(key),
        "/var/log/nginx/error.log": "stderr",
        "http://127.0.0.1:8080": f"http://{tropa}",
    }
    return adapt_block("nginx", changes)


@asynccontextmanager
async def open_front(database_url: str, folder: Path, *, with_second: bool = False) -> AsyncIterator[Front]:
    """Run a company whose updates come by nginx. ``with_second``: nginx knows two processes; the first is started."""
    certificate, key = make_certificate(folder)
    address, first, second = [f"127.0.0.1:{unused_port()}" for _ in range(3)]
    upstream = adapt_block("conf", {"10.0.0.1:8080": first, "10.0.0.2:8080": second}) if with_second else ""
    server = adapt_server(address, "tropa" if with_second else first, certificate, key)
    settings = {
        "TROPA_HTTP__PORT": first.rpartition(":")[2],
        "TROPA_TELEGRAM__MODE": "webhook",
        "TROPA_TELEGRAM__WEBHOOK_URL": f"https://{address}",
        "TROPA_TELEGRAM__WEBHOOK_SECRET": "s3cret-of-sixteen",
    }
    async with (
        run_nginx(upstream + server, folder),
        start_process_stage(database_url, folder, start=False, **settings) as stage,
        ClientSession(f"https://{address}", connector=TCPConnector(ssl=trust(certificate))) as session,
    ):
        stage.sandbox.webhook_delivery.tls = trust(certificate)
        stage.sandbox.webhook_delivery.delays = (0.05,)
        await stage.tropa.start()
        yield Front(stage, session, stage.add_process(TROPA_HTTP__PORT=second.rpartition(":")[2]))


async def test_documented_server_block_carries_telegram_and_events_and_hides_the_rest(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with open_front(sqlite_url, tmp_path) as front:
        olga = await front.stage.add_consenting_customer("Olga", "77")
        await front.stage.post_event("77", "delivery")
        await front.stage.wait_until(lambda: any("🙁" in message.buttons for message in olga.messages))
        assert front.stage.sandbox.polling.webhook_active

        assert await front.status("POST", "/v1/events", make_event("1")) == 200
        assert await front.status("PUT", "/v1/customers/a%2Fb", b"{}") == 200  # a slash in an id arrives as it was sent
        # What Tropa takes passes, and Tropa refuses it because it is no JSON; what is larger does not pass.
        assert await front.status("POST", "/v1/events", b"x" * MOST_BYTES) == 400
        assert await front.status("POST", "/v1/events", b"x" * (MOST_BYTES + 1)) == 413
        assert await front.status("GET", "/healthz") == 200
        hidden = [await front.status("GET", path) for path in ("/", "/metrics", "/readyz", "/telegram", "/v2/events")]
        assert hidden == [404] * 5


async def test_updates_that_came_while_tropa_was_stopped_are_delivered_through_nginx_later(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with open_front(sqlite_url, tmp_path) as front:
        stage = front.stage
        assert await stage.tropa.terminate() == 0
        person = stage.sandbox.add_person("Olga")
        await person.send("/start")
        await stage.wait_until(lambda: "502" in stage.sandbox.webhook_delivery.webhook.last_error)
        assert not person.messages[1:]
        await stage.tropa.start()
        await stage.wait_until(lambda: bool(person.messages[1:]))


@pytest.mark.postgresql
async def test_second_process_behind_nginx_takes_every_post_when_the_leader_is_killed(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with open_front(postgresql_url, tmp_path, with_second=True) as front:
        # Before the second process listens, nginx meets only the first; neither is written off for that.
        assert [await front.status("POST", "/v1/events", make_event(f"before {n}")) for n in range(4)] == [200] * 4
        await front.second.start(until="Tropa waits: ")
        await front.stage.tropa.kill()
        assert [await front.status("POST", "/v1/events", make_event(f"after {n}")) for n in range(4)] == [200] * 4
        person = front.stage.sandbox.add_person("Olga")
        await person.send("/start")  # stored by the second process, and handled when it leads
        await front.stage.wait_until(lambda: bool(person.messages[1:]))
        assert front.stage.sandbox.webhook_delivery.webhook.last_error == ""


def test_change_that_finds_no_place_in_the_block_is_reported() -> None:
    with pytest.raises(AssertionError, match="'listen 80;' is not in the block"):
        adapt_block("nginx", {"listen 80;": ""})
