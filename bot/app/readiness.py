"""Checks of the running process: what `/readyz` answers, and what `tropa doctor` asks it for.

A waiting process is ready: it takes posts and answers. Only what keeps this process from its work is a problem.
"""

import asyncio
from collections.abc import Callable, Iterator

from bot.app.life.leader_work import LeaderWork
from bot.app.parts import Parts
from bot.db.engine.errors import DatabaseError
from bot.db.upkeep.schema import check_schema
from bot.http.health import Readiness
from bot.outbox.worker import Outbox
from bot.usecases.upkeep.check_disk import check_disk
from bot.usecases.upkeep.check_stored_work import check_stored_work
from bot.usecases.upkeep.findings import CheckName, Finding, ProcessRole, Severity

ANSWER_SECONDS = 4.0  # a probe gives up soon, and an answer that comes too late says nothing


class ReadinessCheck:
    """``await check()`` returns the role of this process and what is wrong with it."""

    def __init__(self, parts: Parts, work: LeaderWork, outbox: Outbox, find_role: Callable[[], ProcessRole]) -> None:
        self._parts, self._work, self._outbox, self._find_role = parts, work, outbox, find_role

    async def __call__(self) -> Readiness:
        role = self._find_role()
        database, disk = await self._check_database(), check_disk(self._parts.settings.database.path)
        return Readiness(role, [*self._check_process(role), *database, *([disk] if disk else [])])

    def _check_process(self, role: ProcessRole) -> Iterator[Finding]:
        if role in (ProcessRole.STARTING, ProcessRole.STOPPING):
            yield Finding(CheckName.PROCESS, Severity.PROBLEM, f"Tropa is {role.value}")
        if role is not ProcessRole.LEADING:
            return  # what its own parts met when it led last is old news
        for name in self._work.vital.list_failing():
            text = f"the part {name} failed and is started again; the log says where: please report it"
            yield Finding(CheckName.PROCESS, Severity.PROBLEM, text)
        trouble = self._work.poller.trouble if self._work.poller else None
        if trouble is not None:
            yield Finding(CheckName.POLLING, Severity.PROBLEM, f"no updates come: {trouble}")
        if self._outbox.trouble is not None:
            url = self._parts.settings.telegram.api_url
            text = f"letters wait: {self._outbox.trouble}; check the token, and the connection to {url}"
            yield Finding(CheckName.MESSENGER, Severity.PROBLEM, text)
        elif (seconds := self._parts.pace.seconds_paused()) > 0:
            text = f"letters wait: Telegram asks to wait for {seconds:.0f} s more (too many requests)"
            yield Finding(CheckName.MESSENGER, Severity.PROBLEM, text)

    async def _check_database(self) -> list[Finding]:
        """Ask the database whether it can be used, and if so what stands in it."""
        db, now = self._parts.db, self._parts.clock.now()
        teams, bot = self._parts.settings.teams, str(self._parts.bot.id)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                problem = await db.find_problem()
                if problem is None:
                    await check_schema(db)
                    return await db.read(lambda tx: check_stored_work(tx, teams, bot, now))
        except DatabaseError as error:
            problem = str(error)
        except TimeoutError:
            problem = "the database is slow: it does not answer in time; check its server and its disk"
        return [Finding(CheckName.DATABASE, Severity.PROBLEM, problem)]
