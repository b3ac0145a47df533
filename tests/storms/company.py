"""Company with a team, a manager and customers, and what was done there, so that promises can be checked."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from aiohttp import ClientTimeout

from bot.app.tropa import Tropa
from bot.outbox import policy
from bot.sandbox.people import Group, Person
from tests.stories.stage import Stage, start_stage
from tests.storms.record import CallCounter, LogWatch, PostRecord, StartRecord

QUICK = 0.05  # seconds between tries that are seconds apart in earnest
PATIENCE = 60.0  # seconds of a busy machine
TIMEOUT = ClientTimeout(total=2.0)  # a later answer counts as none, and a busy machine gives some of them late


@dataclass
class DoneActs:
    """What was done: of whom events were taken, who tapped an answer, and the words of complaints and additions."""

    events: list[str] = field(default_factory=list)
    taps: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


class StormCompany:
    """Company on a stage, with its records."""

    def __init__(self, stage: Stage, boss: Person, group: Group, log: LogWatch) -> None:
        self.stage, self.boss, self.group, self.log = stage, boss, group, log
        self.sandbox = stage.sandbox
        self.record = PostRecord(stage.sandbox.world)
        self.starts = StartRecord(stage.tropa.parts.pace.budget)
        self.counter = CallCounter()
        stage.sandbox.world.counter = self.counter
        self.acts = DoneActs()
        self.customers: dict[str, Person] = {}
        self._numbers = count(1)
        self.quicken()

    def quicken(self) -> None:
        """Shorten the pauses between tries of the process that runs now."""
        tropa: Tropa = self.stage.tropa
        tropa._outbox._first_ping_pause = tropa._outbox._ping_pause = QUICK
        assert tropa._work.poller is not None
        tropa._work.poller._waits = (QUICK,)
        self.stage.tropa.parts.display._waits = (QUICK,) * 3

    @contextmanager
    def hurry_calls(self, when: bool) -> Iterator[None]:
        """Let the bot wait for answers for a moment only."""
        session = self.stage.tropa.parts.bot.session
        timeout: Any = session.timeout
        session.timeout = TIMEOUT if when else timeout  # type: ignore[assignment]  # aiogram hands it on as it is
        yield
        session.timeout = timeout

    def list_readers(self) -> set[int]:
        """Return the chats where cases are read: the team's, also at its former address, and the manager's."""
        groups = {chat.id for chat in self.sandbox.world.chats.values() if chat.kind != "private"}
        return {*groups, self.boss.id}

    async def add_customers(self, how_many: int) -> list[str]:
        """Let so many customers consent; return their ids."""
        ids = [f"c{next(self._numbers)}" for _ in range(how_many)]
        people = await self.stage.add_consenting_customers(ids)
        self.customers |= dict(zip(ids, people, strict=True))
        return ids

    async def post_event(self, customer: str) -> None:
        answer = await self.stage.send_event(customer, "delivery")
        assert answer["status"] == "accepted"
        self.acts.events.append(customer)

    def has_question(self, customer: str) -> bool:
        """Return whether a question is open in this customer's chat."""
        return any("🙂" in message.buttons for message in self.customers[customer].messages)

    async def tap(self, customer: str) -> None:
        """Answer the question that is open in this customer's chat."""
        await self.customers[customer].click("🙂")
        self.acts.taps.append(customer)

    async def complain(self, customer: str) -> str:
        """Complain, and return the words."""
        words = f"Parcel {next(self._numbers)} of {customer} is broken"
        person = self.customers[customer]
        await person.send("/complain")
        await person.send(words)
        self.acts.complaints.append(words)
        return words

    async def add_words(self, customer: str, words: str) -> None:
        """Add to the complaint that this customer has just made."""
        await self.customers[customer].send(words)
        self.acts.complaints.append(words)

    async def calm(self, seconds: float = 0) -> None:
        """Wait until all that can happen has happened, also what is repeated later."""
        await self.stage.pass_time(timedelta(seconds=seconds))
        await self.stage.pass_time(policy.REPEAT_DELAY)

    async def list_problems(self) -> dict[str, str]:
        """Return what `/readyz` calls a problem, by check."""
        answer = await self.stage.call_api("GET", "/readyz")
        return {one["at"]: one["message"] for one in answer.get("error", {}).get("details", [])}

    async def list_warnings(self) -> dict[str, str]:
        answer = await self.stage.call_api("GET", "/readyz")
        return {one["at"]: one["message"] for one in answer["warnings"]}

    async def wait_until_healed(self) -> None:
        """Wait until `/readyz` names no problem: a check looks again only every few seconds."""
        problems: dict[str, str] = {"": "not asked"}
        try:
            async with asyncio.timeout(PATIENCE):
                while problems:
                    problems = await self.list_problems()
                    await asyncio.sleep(3 * QUICK)
        except TimeoutError:
            raise AssertionError(f"/readyz still names {problems}") from None

    async def wait_for_trouble(self, lines: Sequence[str], checks: Sequence[str], since: int) -> None:
        """Wait until the log has each of these lines, and `/readyz` each of these checks."""
        told: set[str] = set()
        try:
            async with asyncio.timeout(PATIENCE):
                while not (set(checks) <= told and all(self.log.count(line, since) for line in lines)):
                    told |= set(await self.list_problems())
                    await asyncio.sleep(3 * QUICK)
        except TimeoutError:
            missing = [line for line in lines if not self.log.count(line, since)]
            raise AssertionError(f"not told: {missing} in the log, {set(checks) - told} by /readyz") from None


@asynccontextmanager
async def open_company(database_url: str, customers: int) -> AsyncIterator[StormCompany]:
    """Run a company with a bound group and so many customers who have consented; nobody is reminded."""
    with LogWatch() as log:
        async with start_stage(database_url, remind_after_hours=0) as stage:
            boss, group = await stage.set_up_company()
            company = StormCompany(stage, boss, group, log)
            await company.add_customers(customers)
            yield company
