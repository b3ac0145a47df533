"""`tropa doctor` beside a running Tropa: it tells what that process knows, and what to do."""

import json
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.http.readiness_client import ask_readiness
from bot.sandbox.faults import refusal
from tests.stories.process import ProcessStage, start_process_stage

pytestmark = pytest.mark.timeout(300)


async def consult(stage: ProcessStage) -> tuple[int, dict[str, list[tuple[str, str]]]]:
    """Run `tropa doctor --json`; return its exit code and its findings by check, as pairs of severity and text."""
    code, printed = await stage.run_command("doctor", "--json")
    answer = json.loads(printed)
    assert answer["passed"] == (code == 0)
    findings: dict[str, list[tuple[str, str]]] = {}
    for finding in answer["findings"]:
        findings.setdefault(finding["check"], []).append((finding["severity"], finding["text"]))
    return code, findings


async def test_doctor_tells_what_the_running_process_knows(sqlite_url: str, tmp_path: Path) -> None:
    port = str(unused_port())
    async with start_process_stage(sqlite_url, tmp_path, TROPA_HTTP__PORT=port) as stage:
        stage.sandbox.plan_fault(
            refusal(409, "Conflict: terminated by other getUpdates request"), "getUpdates", times=9
        )
        await stage.sandbox.add_person("Anna").start()  # ends the poll that is under way; the next ones are refused
        await stage.tropa.wait_for_line("polling interrupted")
        code, findings = await consult(stage)
        assert code == 1
        assert findings["http"] == [("ok", f"Tropa answers at 127.0.0.1:{port}")]
        assert findings["process"] == [("ok", "this Tropa leads")]
        ((severity, text),) = findings["polling"]
        assert severity == "problem"
        assert text.startswith("no updates come: another process polls with this token (since ")
        assert text.endswith("; stop that process, or take a new token from @BotFather and restart Tropa")
        stage.sandbox.faults.clear()
        await stage.tropa.wait_for_line("polling answers again")
        assert (await stage.call_api("GET", "/readyz"))["status"] == "ready"


@pytest.mark.parametrize("body", ['{"status": "ready"}', "[" * 100_000], ids=["other keys", "too deep"])
async def test_port_of_another_program_is_not_taken_for_tropa(body: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=body, content_type="application/json")

    app = web.Application()
    app.router.add_get("/readyz", answer)
    async with TestServer(app) as server:
        assert server.port is not None
        assert await ask_readiness("127.0.0.1", server.port) is None
    assert await ask_readiness("127.0.0.1", unused_port()) is None
