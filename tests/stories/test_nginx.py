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
from tests.stories.process import TOKEN, ProcessStage, start_process_stage

MOST_BYTES = 10 * 1024 * 1024


@dataclass
class Front:
    """Company whose process is reached through nginx only."""

    stage: ProcessStage
    session: ClientSession

    async def status(self, method: str, path: str, body: bytes | None = None) -> int:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        async with self.session.request(method, path, data=io.BytesIO(body or b""), headers=headers) as response:
            return response.status


def adapt_block(changes: Mapping[str, str]) -> str:
    """Return the documented block for this machine. Each change must find its place: the rest is as documented."""
    (block,) = documents.code_blocks(documents.read_document("docs/running.md"), "nginx")
    for documented, ours in changes.items():
        assert documented in block, f"{documented!r} is not in the block of docs/running.md"
        block = block.replace(documented, ours)
    return block


@asynccontextmanager
async def open_front(database_url: str, folder: Path) -> AsyncIterator[Front]:
    """Run a company whose updates come by nginx."""
    certificate, key = make_certificate(folder)
    port, tropa_port = unused_port(), unused_port()
    address = f"https://127.0.0.1:{port}"
    block = adapt_block(
        {
            "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
            "listen [::]:443 ssl;": "",
            "/etc/letsencrypt/live/bot.example.com/fullchain.pem": str(certificate),
            "/etc/letsencrypt/live/bot.example.com/privkey.pem": str(key),
            "/var/log/nginx/error.log": "stderr",
            "http://127.0.0.1:8080": f"http://127.0.0.1:{tropa_port}",
        }
    )
    settings = {
        "TROPA_HTTP__PORT": str(tropa_port),
        "TROPA_TELEGRAM__MODE": "webhook",
        "TROPA_TELEGRAM__WEBHOOK_URL": address,
        "TROPA_TELEGRAM__WEBHOOK_SECRET": "s3cret",
    }
    async with (
        run_nginx(block, folder),
        start_process_stage(database_url, folder, start=False, **settings) as stage,
        ClientSession(address, connector=TCPConnector(ssl=trust(certificate))) as session,
    ):
        stage.sandbox.webhook_delivery.tls = trust(certificate)
        stage.sandbox.webhook_delivery.delays = (0.05,)
        await stage.tropa.start()
        yield Front(stage, session)


async def test_documented_server_block_carries_telegram_and_events_and_hides_the_rest(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with open_front(sqlite_url, tmp_path) as front:
        olga = await front.stage.add_consenting_customer("Olga", "77")
        await front.stage.post_event("77", "delivery")
        await front.stage.wait_until(lambda: any("🙁" in message.buttons for message in olga.messages))
        assert front.stage.sandbox.polling.webhook_active

        event = {"id": "1", "customer": "77", "journey": "shop", "touchpoint": "delivery", "at": "2026-11-22T14:05:00Z"}
        assert await front.status("POST", "/v1/events", json.dumps(event).encode()) == 200
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


def test_change_that_finds_no_place_in_the_block_is_reported() -> None:
    with pytest.raises(AssertionError, match="'listen 80;' is not in the block"):
        adapt_block({"listen 80;": ""})
