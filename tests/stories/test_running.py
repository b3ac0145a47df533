"""Tropa as a whole: update kinds, the next due time, and failing parts."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import unused_port

from bot.app.tropa import Tropa, assemble_dispatcher
from bot.config.settings import TelegramSettings
from bot.db.engine.sqlite.files import AlreadyRunning
from bot.sandbox.faults import server_error
from bot.telegram.receiving.polling import UPDATE_KINDS
from tests.stories.stage import start_stage


async def test_message_edited_by_a_customer_changes_the_stored_words(sqlite_url: str) -> None:
    async with start_stage(sqlite_url) as stage:
        olga = await stage.add_consenting_customer("Olga", "77")
        await stage.post_event("77", "delivery")
        for button in ("🙁", "2", "It came late"):
            await olga.click(button)
            await stage.settle()
        sent = await olga.send("It raned")
        await stage.settle()
        await olga.edit(sent, "It rained")
        await stage.settle()
        assert "It rained" in olga.last.words
        assert "It raned" not in olga.last.words


async def test_every_update_kind_of_a_router_is_requested_from_telegram(sqlite_url: str) -> None:
    async with start_stage(sqlite_url) as stage:
        handled = assemble_dispatcher(stage.tropa.parts).resolve_used_update_types()
        assert set(handled) == set(UPDATE_KINDS)


async def test_updates_arrive_by_the_webhook_and_only_with_its_secret(sqlite_url: str) -> None:
    async with start_stage(sqlite_url) as stage:
        await stage.stop()
        port, settings = unused_port(), stage.settings
        # Checked as those of a file are: a secret that is too short would be refused.
        webhook = TelegramSettings.model_validate(
            {
                "token": settings.telegram.token.get_secret_value(),
                "api_url": settings.telegram.api_url,
                "mode": "webhook",
                "webhook_url": f"http://127.0.0.1:{port}",
                "webhook_secret": "a-secret-of-sixteen-and-more",
            }
        )
        changed = {"telegram": webhook, "http": settings.http.model_copy(update={"port": port})}
        stage.settings = settings.model_copy(update=changed)
        await stage.start()
        refused = await stage.call_api("POST", "/telegram/webhook", {"update_id": 1})
        assert refused["error"]["message"] == "this address is for Telegram, which knows the secret"
        boss, _ = await stage.set_up_company()
        assert stage.sandbox.polling.webhook_active
        assert boss.messages


async def test_next_due_time_is_the_digest_when_nothing_else_is_due(sqlite_url: str) -> None:
    async with start_stage(sqlite_url) as stage:
        await stage.set_up_company()
        stage.clock.advance(timedelta(hours=1))
        await stage.settle()
        assert await stage.tropa.find_next_due() == datetime(2026, 11, 23, 8, tzinfo=UTC)  # 09:00 in Warsaw


async def test_second_start_on_one_sqlite_file_is_told_so_and_not_of_its_port(sqlite_url: str) -> None:
    async with start_stage(sqlite_url) as stage:
        port = int(stage.tropa.url.rpartition(":")[2])
        same = stage.settings.model_copy(update={"http": stage.settings.http.model_copy(update={"port": port})})
        with pytest.raises(AlreadyRunning, match=r"another Tropa \(process \d+\) runs on it"):
            async with Tropa(same):
                pass
        assert (await stage.call_api("GET", "/readyz"))["status"] == "ready"


async def test_messenger_that_does_not_answer_is_told_until_it_does(sqlite_url: str) -> None:
    async with start_stage(sqlite_url) as stage:
        stage.sandbox.plan_fault(server_error(), times=1000)
        stage.tropa._outbox._sender.is_blocked = True  # as after a letter that met the first of these answers
        answer = await stage.call_api("GET", "/readyz")
        problems = {problem["at"]: problem["message"] for problem in answer["error"]["details"]}
        assert problems["messenger"].startswith("letters wait: ")
        assert problems["messenger"].endswith(f"the connection to {stage.sandbox.url}")
        stage.sandbox.faults.clear()
        await stage.tropa.settle()
        answer = await stage.call_api("GET", "/readyz")
        assert "messenger" not in str(answer)


async def test_vital_part_that_fails_is_told_and_started_again(sqlite_url: str) -> None:
    runs, is_mended = 0, asyncio.Event()

    async def fail_once() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise RuntimeError
        is_mended.set()
        await asyncio.Event().wait()

    async with start_stage(sqlite_url) as stage:
        stage.tropa._work.vital.start("test", fail_once)
        async with asyncio.timeout(60):
            await is_mended.wait()
        answer = await stage.call_api("GET", "/readyz")
        assert (answer["status"], answer["role"]) == ("not ready", "leading")
        assert answer["error"]["details"][0]["at"] == "process"
        assert "the part test failed" in answer["error"]["details"][0]["message"]
