"""A real process whose SQLite file goes away: nothing more is acknowledged, and nothing is lost when it comes back."""

from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.stories.process import TOKEN, ProcessStage, start_process_stage

pytestmark = pytest.mark.timeout(300)


async def post_event(stage: ProcessStage) -> int:
    """Post always the same event, and return the status of the answer."""
    event = {"id": "1", "customer": "9", "journey": "shop", "touchpoint": "delivery", "at": "2026-11-22T10:00Z"}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        ClientSession(headers=headers) as session,
        session.post(f"{stage.tropa.url}/v1/events", json=event) as response,
    ):
        return response.status


async def test_removed_database_stops_the_intake_and_loses_nothing_when_it_is_put_back(
    sqlite_url: str, tmp_path: Path
) -> None:
    path, aside = tmp_path / "tropa.db", tmp_path / "aside.db"
    async with start_process_stage(sqlite_url, tmp_path) as stage:
        olga = await stage.add_consenting_customer("Olga", "77")
        await stage.post_event("77", "delivery")
        await stage.wait_until(lambda: "🙁" in olga.last.buttons)
        before = len(stage.tropa.lines)
        path.rename(aside)
        await olga.click("🙁")
        assert await post_event(stage) == 503
        await stage.tropa.wait_for_line("was removed while Tropa runs; stop Tropa, put the file back", after=before)
        assert "was removed while Tropa runs" in str(await stage.call_api("GET", "/readyz"))
        assert not path.exists(), "no new database is made in its place"
        aside.rename(path)
        await stage.wait_until(lambda: "🙁" not in olga.last.buttons)
        assert await post_event(stage) == 200
        assert await stage.tropa.terminate() == 0


async def test_lost_database_is_not_started_as_a_new_one(sqlite_url: str, tmp_path: Path) -> None:
    path = tmp_path / "tropa.db"
    async with start_process_stage(sqlite_url, tmp_path) as stage:
        await stage.set_up_company()
        await stage.tropa.kill()
        path.unlink()
        await stage.tropa.start(until="the database")
        assert await stage.tropa.wait() == 1
        assert f"the database {path} is missing, but tropa.db" in stage.tropa.output
        assert "put the file back or restore a backup; 'tropa migrate --new' begins" in stage.tropa.output
        assert not path.exists()


async def test_process_whose_lock_file_was_removed_leads_again_and_keeps_others_out(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with start_process_stage(sqlite_url, tmp_path) as stage:
        olga = await stage.add_consenting_customer("Olga", "77")
        before = len(stage.tropa.lines)
        (tmp_path / "tropa.db.lock").unlink()
        await stage.tropa.wait_for_line("this process leads", after=before)
        second = stage.add_process()
        await second.start(until="another Tropa")
        assert await second.wait() == 1
        await stage.post_event("77", "delivery")
        await stage.wait_until(lambda: "🙁" in olga.last.buttons)
        assert await stage.tropa.terminate() == 0
