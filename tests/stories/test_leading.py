"""Two real processes and one lease: the lease moves, its holder stops and goes on, and no letter is lost or doubled."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp.test_utils import unused_port

from bot.sandbox.faults import server_error
from bot.sandbox.people import Person
from tests.postgresql import Server, find_binaries
from tests.stories.process import PATIENCE, RUNS, ProcessStage, TropaProcess, start_process_stage

pytestmark = pytest.mark.timeout(300)
LEADS, LOST = "this process leads", "leadership lost"


async def move_lease(server: Server, url: str, holder: str, until: str) -> None:
    statement = f"UPDATE lease SET holder = '{holder}', until = now() {until}"
    await asyncio.to_thread(server.execute, statement, url.rpartition("/")[2])


def count_questions(person: Person) -> int:
    return sum("🙁" in message.buttons for message in person.messages)


async def read_role(stage: ProcessStage, process: TropaProcess) -> tuple[str, str]:
    answer = await stage.call_api("GET", "/readyz", at=process)
    return answer["status"], answer["role"]


@pytest.mark.postgresql
async def test_lost_lease_steps_down_in_the_process_and_leads_again(
    postgresql_server: Server, postgresql_url: str, tmp_path: Path
) -> None:
    async with start_process_stage(postgresql_url, tmp_path) as stage:
        olga = await stage.add_consenting_customer("Olga", "77")
        await move_lease(postgresql_server, postgresql_url, "another process", "+ interval '1 hour'")
        await stage.tropa.wait_for_line(LOST)
        # Now it waits: it takes posts and is ready, and leaves asking to whoever leads.
        assert await read_role(stage, stage.tropa) == ("ready", "waiting")
        assert (await stage.post_event("77", "delivery"))["status"] == "accepted"
        before = len(stage.tropa.lines)
        await move_lease(postgresql_server, postgresql_url, "another process", "- interval '1 second'")
        await stage.tropa.wait_for_line(LEADS, after=before)
        await stage.wait_until(lambda: count_questions(olga) == 1)
        await stage.wait_until_answered(await olga.click("🙁"))
        assert await read_role(stage, stage.tropa) == ("ready", "leading")
        assert await stage.tropa.terminate() == 0


@pytest.mark.postgresql
async def test_leader_that_was_stopped_is_replaced_and_doubles_nothing_when_it_goes_on(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with start_process_stage(postgresql_url, tmp_path) as stage:
        first, second = stage.tropa, stage.add_process()
        people = [await stage.add_consenting_customer(f"Anna {n}", str(n)) for n in range(3)]
        await second.start(until="Tropa waits: ")
        assert await read_role(stage, second) == ("ready", "waiting")
        # The first question arrives, and the leader never learns it: it is stopped in the middle of the call.
        held = stage.hold("sendMessage", carried_out=True)
        await stage.post_event("0", "delivery")
        await held.wait_until_held()
        first.send_signal(signal.SIGSTOP)
        try:
            for n in (1, 2):
                assert (await stage.post_event(str(n), "delivery", at_process=second))["status"] == "accepted"
            await second.wait_for_line(LEADS)
            await stage.wait_until(lambda: [count_questions(person) for person in people] == [1, 1, 1])
        finally:
            first.send_signal(signal.SIGCONT)
        await first.wait_for_line(LOST)
        assert await read_role(stage, first) == ("ready", "waiting")
        messages = [len(person.messages) for person in people]
        for person in people:
            await stage.wait_until_answered(await person.click("🙁"))
        # And back again: what came in while nobody led is handled by whoever leads next.
        before = len(first.lines)
        await second.kill()
        await people[0].send("/help")
        await first.wait_for_line(LEADS, after=before)
        await people[0].wait_for_message("/complain", timeout=PATIENCE)
        assert [len(person.messages) for person in people[1:]] == messages[1:]  # no question came twice
        assert await first.terminate() == 0


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server of this test alone, which may stop it."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("there is no PostgreSQL server here (initdb was not found)")
    with Server(binaries) as server:
        yield server


@pytest.mark.postgresql
async def test_start_waits_for_a_server_that_is_not_there_yet(tmp_path: Path, own_server: Server) -> None:
    own_server.execute("CREATE DATABASE late")
    own_server.stop()
    async with start_process_stage(own_server.url("late"), tmp_path, start=False) as stage:
        await stage.tropa.start(until="the start waits for the database")
        await asyncio.to_thread(own_server.start)
        await stage.tropa.wait_for_line(RUNS)
        assert await read_role(stage, stage.tropa) == ("ready", "leading")
        assert await stage.tropa.terminate() == 0


@pytest.mark.postgresql
async def test_wrong_name_of_the_database_ends_the_start_with_one_sentence(
    postgresql_server: Server, tmp_path: Path
) -> None:
    async with start_process_stage(postgresql_server.url("nowhere"), tmp_path, start=False) as stage:
        await stage.tropa.start(until="there is no database of this name; correct database.url")
        assert await stage.tropa.wait() == 1
        assert len(stage.tropa.lines) == 1, stage.tropa.output


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_one_bad_answer_at_the_start_is_asked_again(mode: str, sqlite_url: str, tmp_path: Path) -> None:
    port = str(unused_port())
    webhook = {
        "TROPA_TELEGRAM__MODE": mode,
        "TROPA_TELEGRAM__WEBHOOK_URL": f"http://127.0.0.1:{port}",
        "TROPA_TELEGRAM__WEBHOOK_SECRET": "s3cret-of-sixteen",
        "TROPA_HTTP__PORT": port,
    }
    async with start_process_stage(sqlite_url, tmp_path, start=False, **webhook) as stage:
        for method in ("getMe", "setWebhook", "deleteWebhook"):
            stage.sandbox.plan_fault(server_error(502), method)
        await stage.tropa.start()
        assert "the messenger does not answer; asked again" in stage.tropa.output
        await stage.add_consenting_customer("Olga", "77")
        assert await stage.tropa.terminate() == 0
