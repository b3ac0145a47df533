"""A real process whose PostgreSQL is in trouble: it lives, and taps, complaints and events are all there afterwards.

Each trouble lasts until the log says that it was met; the first one also until the lease is lost.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import text

from bot.db.engine.database import Database
from bot.db.journeys import journeys
from bot.db.upkeep import counter_check
from bot.sandbox.people import Group, Person
from tests.postgresql import Server
from tests.stories.process import TOKEN, ProcessStage, start_process_stage

pytestmark = [pytest.mark.postgresql, pytest.mark.timeout(300)]
ROLE = "shopkeeper"
END_SESSIONS = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{ROLE}'"
FILL_DISK = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON inbox EXECUTE FUNCTION refuse();
CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON visit EXECUTE FUNCTION refuse();
CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON alembic_version EXECUTE FUNCTION refuse();
"""
EMPTY_DISK = "DROP FUNCTION refuse() CASCADE"


@dataclass(frozen=True)
class Trouble:
    """Trouble that statements begin and end; sessions that exist are ended where only new ones would see it."""

    begin: str
    end: str
    sentence: str
    ends_sessions: bool = True


TROUBLES = {
    "53300": Trouble(
        f"ALTER ROLE {ROLE} CONNECTION LIMIT 0", f"ALTER ROLE {ROLE} CONNECTION LIMIT -1", "takes no more connections"
    ),
    "25006": Trouble(
        f"ALTER ROLE {ROLE} SET default_transaction_read_only = on",
        f"ALTER ROLE {ROLE} RESET default_transaction_read_only",
        "it is read-only for now",
    ),
    "28000": Trouble(f"ALTER ROLE {ROLE} NOLOGIN", f"ALTER ROLE {ROLE} LOGIN", "refuses the user or the password"),
    "53100": Trouble(FILL_DISK, EMPTY_DISK, "the disk of its server is full", ends_sessions=False),
}


class TroubledCompany:
    """Company with a group, whose database is ``name`` on ``server``; the process uses a role without privileges."""

    def __init__(self, server: Server, name: str, stage: ProcessStage, group: Group) -> None:
        self.server, self.name, self.stage, self.group = server, name, stage, group

    async def execute(self, statement: str) -> None:
        await asyncio.to_thread(self.server.execute, statement, self.name)

    async def add_asked_customers(self, *customers: str) -> list[Person]:
        """Return customers with an open question."""
        people = [await self.stage.add_consenting_customer(f"Customer {one}", one) for one in customers]
        for customer in customers:
            assert (await self.stage.post_event(customer, "delivery"))["status"] == "accepted"
        await self.stage.wait_until(lambda: all(is_asked(person) for person in people))
        return people

    async def act(self, people: Sequence[Person]) -> None:
        """Let everybody tap, and the last one complain."""
        for person in people:
            await person.click("🙁")
        await people[-1].send("/complain")
        await people[-1].send(f"Parcel {people[-1].id} came late and was broken")

    async def expect_everything(self, people: Sequence[Person]) -> None:
        """Wait until every tap has led on, the complaint has a number, and the team has its card."""
        complaint = f"Parcel {people[-1].id} "
        await self.stage.wait_until(lambda: not any(is_asked(person) for person in people))
        await self.stage.wait_until(lambda: any("#" in message.words for message in people[-1].messages))
        await self.stage.wait_until(lambda: self._count_cards(complaint) == 1)

    def _count_cards(self, complaint: str) -> int:
        return sum(complaint in message.words for message in self.group.messages)

    async def post(self, event_id: str) -> tuple[int, str]:
        """Post an event about a customer who has opened no link; return the status of the answer and of the event."""
        at = datetime.now(UTC).isoformat()
        event = {"id": event_id, "customer": "stranger", "journey": "shop", "touchpoint": "delivery", "at": at}
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with (
            ClientSession(headers=headers) as session,
            session.post(f"{self.stage.tropa.url}/v1/events", json=event) as response,
        ):
            answer = await response.json()
            return response.status, answer["results"][0]["status"] if response.ok else ""

    async def expect_nothing_lost(self, answers: int) -> None:
        """Everything is stored once: so many answers, nothing set aside or unknown, and the counters are right."""

        def count(tx: Any) -> list[Any]:
            wrong = [
                one
                for journey in journeys.list_current(tx).values()
                for one in counter_check.list_wrong_counters(tx, journey)
            ]
            queries = (
                "SELECT count(*) FROM answer",
                "SELECT count(*) FROM inbox WHERE state = 'failed'",
                "SELECT count(*) FROM letter WHERE state IN ('unknown', 'rejected')",
            )
            return [wrong, *(tx.execute(text(query)).scalar_one() for query in queries)]

        db = Database(self.server.url(self.name))
        try:
            assert await db.read(count) == [[], answers, 0, 0]
        finally:
            await db.close()


def is_asked(person: Person) -> bool:
    return any("🙁" in message.buttons for message in person.messages)


@pytest.fixture
async def company(postgresql_server: Server, tmp_path: Path) -> AsyncIterator[TroubledCompany]:
    name = "troubled"
    postgresql_server.execute(f"CREATE ROLE {ROLE} LOGIN")
    postgresql_server.execute(f"CREATE DATABASE {name} OWNER {ROLE}")
    url = postgresql_server.url(name).replace("tropa@", f"{ROLE}@")
    try:
        async with start_process_stage(url, tmp_path) as stage:
            _boss, group = await stage.set_up_company()
            yield TroubledCompany(postgresql_server, name, stage, group)
    finally:
        postgresql_server.restart()
        postgresql_server.drop(name)
        postgresql_server.execute(f"DROP ROLE {ROLE}")


async def test_server_that_is_stopped_for_a_while_ends_nothing_and_loses_nothing(company: TroubledCompany) -> None:
    people = await company.add_asked_customers("1", "2", "3", "4")
    tropa = company.stage.tropa
    before = len(tropa.lines)
    await asyncio.to_thread(company.server.stop)
    await company.act(people)
    assert await company.post("while stopped") == (503, ""), "it is not stored, so it must be posted again"
    await tropa.wait_for_line("leadership lost", after=before)  # after six seconds
    ready = await company.stage.call_api("GET", "/readyz")
    assert "cannot be reached; check that it runs" in str(ready)
    await asyncio.to_thread(company.server.start)
    await tropa.wait_for_line("this process leads", after=before)
    await company.expect_everything(people)
    assert await company.post("while stopped") == (200, "accepted")
    await company.expect_nothing_lost(answers=len(people))
    assert await tropa.terminate() == 0


async def test_every_other_trouble_is_waited_for_and_nothing_is_lost(company: TroubledCompany) -> None:
    tropa, answers = company.stage.tropa, 0
    for number, (state, trouble) in enumerate(TROUBLES.items(), start=1):
        people = await company.add_asked_customers(f"{number}1", f"{number}2")
        before = len(tropa.lines)
        await company.execute(trouble.begin)
        if trouble.ends_sessions:
            await company.execute(END_SESSIONS)
        await company.act(people)
        assert await company.post(state) == (503, ""), state
        await tropa.wait_for_line(trouble.sentence, after=before)
        assert trouble.sentence in str(await company.stage.call_api("GET", "/readyz")), state
        await company.execute(trouble.end)
        if trouble.ends_sessions:
            await company.execute(END_SESSIONS)
        await company.expect_everything(people)
        assert await company.post(state) == (200, "accepted"), state
        answers += len(people)
        await company.expect_nothing_lost(answers)
    assert await tropa.terminate() == 0


@asynccontextmanager
async def lock_customers(server: Server, name: str) -> AsyncIterator[None]:
    """Hold the rows of all customers, as the open transaction of another program does."""
    db = Database(server.url(name))
    async with db._engine.connect() as connection:
        await connection.execute(text("SELECT id FROM customer FOR UPDATE"))
        await connection.execute(text("SELECT id FROM response FOR UPDATE"))
        await connection.execute(text("SELECT id FROM invitation FOR UPDATE"))
        yield
        await connection.rollback()
    await db.close()


async def wait_for_timeouts(server: Server, count: int) -> None:
    """Wait until the server has ended so many statements."""
    while server.read_log().count("canceling statement due to statement timeout") < count:  # noqa: ASYNC110 - a file
        await asyncio.sleep(0.1)


async def test_rows_locked_for_long_cost_no_tap_and_no_complaint_although_statements_time_out(
    company: TroubledCompany,
) -> None:
    people = await company.add_asked_customers("1", "2", "3", "4")
    await company.execute(f"ALTER ROLE {ROLE} SET statement_timeout = '200ms'")
    await company.execute(END_SESSIONS)
    timeouts = company.server.read_log().count("canceling statement due to statement timeout")
    async with lock_customers(company.server, company.name):
        await company.act(people)
        # On average more failures than an update has tries.
        await wait_for_timeouts(company.server, timeouts + 4 * len(people))
    await company.expect_everything(people)
    await company.expect_nothing_lost(answers=len(people))
    assert await company.stage.tropa.terminate() == 0
