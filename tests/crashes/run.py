"""One run: a company under load, whose process is killed again and again, and the account of it in the end."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from signal import SIGKILL
from typing import Self

from aiohttp import ClientSession

from bot.clock import wall_now
from bot.sandbox.people import Group
from tests.crashes import traps
from tests.crashes.business_client import BusinessClient
from tests.crashes.checks import CrashCounts, CrashFault, SeenMessages, count_all, find_faults
from tests.crashes.ledger import Kill, Ledger
from tests.crashes.load import CustomerLife, SharedLoad, TeamLife, live_together
from tests.crashes.observed_sandbox import ObservedSandbox
from tests.crashes.points import AT_START, ON_THE_WIRE, CrashPoint
from tests.crashes.stored import StoredFacts, end_lease, list_in_flight, list_undone, read_facts
from tests.stories.process import PATIENCE, RUNS, ProcessStage

DIGEST_AT = time(9)  # on Mondays
LONGEST_LIFE = 5.0  # seconds of a process that does nothing
SETTLED = 0.3  # seconds between two looks at whether all is done
SETTINGS = {
    "TROPA_TEAMS": '[{"key": "walkers", "timezone": "UTC", "digest": "mon 09:00"}]',
    "TROPA_ASKING__PER_MONTH": "0",
    "TROPA_ASKING__SAMPLE_BY_NEED": "false",
    "TROPA_CASES__MOST_OPEN": "0",
    "TROPA_CASES__MOST_MESSAGES_A_DAY": "0",
}


class CrashRun:
    """Company whose process is killed. ``lives`` are its customers; ``ledger`` keeps what everybody did."""

    def __init__(self, url: str, folder: Path, seed: int, session: ClientSession) -> None:
        self.sandbox = ObservedSandbox(now=lambda: self.now, kill=lambda: self.stage.tropa.send_signal(SIGKILL))
        self.ledger, self.random = Ledger(), Random(seed)
        self.shared = SharedLoad(self.sandbox, BusinessClient(session), self.ledger, self.random, now=lambda: self.now)
        self.lives: list[CustomerLife] = []
        self._url, self._folder, self._ahead = url, folder, timedelta()
        self._stage: ProcessStage | None = None
        self._team: TeamLife | None = None
        self._earlier = StoredFacts()

    async def __aenter__(self) -> Self:
        """Prepare the company; its process is not started."""
        await self.sandbox.start()
        journey = self._folder / "walk.toml"
        journey.write_text((Path(__file__).parent / "journey.toml").read_text("utf-8"), "utf-8")
        settings = SETTINGS | {"TROPA_JOURNEYS__PATHS": json.dumps([str(journey)])}
        self._stage = ProcessStage(
            self.sandbox, self._url, self._folder, settings, module="tests.crashes.run_with_traps"
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stage.discard()
        await self.sandbox.stop()

    @property
    def stage(self) -> ProcessStage:
        assert self._stage is not None
        return self._stage

    @property
    def now(self) -> datetime:
        """Business time."""
        return wall_now() + self._ahead

    # ---- kills -------------------------------------------------------------------------------------------------------

    def arm(self, point: CrashPoint | None) -> None:
        """Let the process be killed when it comes to this point, and at no other."""
        self.sandbox.armed = point if point in ON_THE_WIRE else None
        traps.arm(self._folder, None if point in ON_THE_WIRE else point)

    async def start(self, following: CrashPoint | None = None, *, waits: bool = True) -> None:
        """Start the process, to be killed at the point that follows, and wait until it runs, unless that comes first.

        Without ``waits`` the next kill may come in the middle of the start.
        """
        self.arm(following)
        tropa = self.stage.tropa
        await tropa.start(until=None)
        if following in AT_START or not waits:
            return
        try:
            await tropa.wait_for_line(RUNS)
        except AssertionError as error:
            if following is None or "ended without" not in str(error):
                raise
        else:
            self.shared.client.open(tropa.url)

    async def crash_through(self, points: Sequence[CrashPoint]) -> None:
        """Let the process die at each of these points in turn; the first is armed already. It runs in the end."""
        for point, following in zip(points, [*points[1:], None], strict=True):
            await self._wait_for_death(point)
            await self.note_kill(point)
            await self.start(following)

    async def _wait_for_death(self, point: CrashPoint) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self.stage.tropa.wait()
        except TimeoutError:
            raise AssertionError(f"it never came to {point!r}:\n{self.stage.tropa.output}") from None

    async def live_on(self, calls: int, seconds: float) -> None:
        """Let the process live until it has made so many calls, or has nothing to do, and so many seconds more."""
        last = self.sandbox.calls + calls
        await self.shared.wait(lambda: self.sandbox.calls >= last, LONGEST_LIFE)
        await asyncio.sleep(seconds)

    async def kill(self) -> None:
        """Kill the process now, whatever it does."""
        await self.stage.tropa.kill()
        await self.note_kill(None)

    async def note_kill(self, point: CrashPoint | None) -> None:
        """Note what the dead process had in flight."""
        self.shared.client.close()
        self.ledger.kills.append(Kill(point, await list_in_flight(self._url, self._folder)))
        await end_lease(self._url)

    # ---- people ------------------------------------------------------------------------------------------------------

    async def set_up_company(self, customers: int) -> None:
        boss, group = await self.stage.set_up_company()
        self._team = TeamLife(self.shared, boss, group)
        self.add_customers(customers)

    def add_customers(self, number: int) -> None:
        self.lives += [CustomerLife(self.shared) for _ in range(number)]

    @property
    def group(self) -> Group:
        assert self._team is not None
        return self._team.group

    @asynccontextmanager
    async def under_load(self) -> AsyncIterator[None]:
        """Let everybody live during the block; then wait until they have ended what they had begun."""
        assert self._team is not None
        self.shared.is_paused = False
        living = asyncio.create_task(live_together(self.lives, self._team))
        try:
            yield
        except BaseException:
            living.cancel()
            raise
        self.shared.is_paused = True
        await living

    async def settle(self) -> None:
        """Wait until all that is due is done."""
        undone: dict[str, int] = {"start": 1}
        try:
            async with asyncio.timeout(PATIENCE):
                while undone:
                    await asyncio.sleep(SETTLED)  # what another process writes rings no bell here
                    undone = await list_undone(self._url, self.now, self.ledger.digest_periods)
        except TimeoutError:
            raise AssertionError(f"{undone} are never done:\n{self.stage.tropa.output}") from None

    async def answer_what_is_open(self) -> None:
        """Let everybody answer the questions that they see, and begin nothing."""
        assert self._team is not None
        await live_together(self.lives, self._team)
        await self.settle()

    # ---- time --------------------------------------------------------------------------------------------------------

    async def restart_later(self, by: timedelta, following: CrashPoint | None = None) -> None:
        """Kill the process, and start it when so much business time has passed."""
        await self._read_facts()  # Tropa prunes what has ended long ago
        await self.kill()
        self._ahead += by
        monday = self.now.date() - timedelta(days=self.now.weekday())
        due = datetime.combine(monday, DIGEST_AT, UTC)
        if timedelta() <= self.now - due < timedelta(hours=24):
            self.ledger.digest_periods.add(monday.isoformat())
        ahead = {traps.SECONDS_AHEAD: str(self._ahead.total_seconds())}
        self.stage.tropa = self.stage.add_process(**ahead)
        await self.start(following)

    def find_next_digest(self) -> timedelta:
        """Return the time until an hour after the next digest falls due."""
        monday = self.now.date() + timedelta(days=7 - self.now.weekday())
        return datetime.combine(monday, DIGEST_AT, UTC) + timedelta(hours=1) - self.now

    # ---- the account -------------------------------------------------------------------------------------------------

    async def account(self) -> tuple[list[CrashFault], CrashCounts]:
        """Return every promise that was broken, and the counts."""
        facts = await self._read_facts()
        faults = find_faults(self.ledger, facts, self._see(self.ledger.list_words_of_forgotten()))
        return faults, count_all(self.ledger, facts, faults)

    async def _read_facts(self) -> StoredFacts:
        """Return what is stored, and of updates, letters and digests also what was at an earlier look."""
        facts = await read_facts(self._url, self.ledger.list_words_of_forgotten())
        facts.add_earlier(self._earlier)
        self._earlier = facts
        return facts

    def _see(self, words_of_forgotten: Sequence[str]) -> SeenMessages:
        doubts = self.ledger.count_doubts()
        # Nobody knows the number of a message whose letter was in flight at a kill: only a tap takes it away.
        unknown = {(each.chat, each.message) for each in self.sandbox.delivered if doubts[each.letter]}
        shown = [
            message.words
            for message in self.group.chat.messages.values()
            if message.sender.is_bot and (self.group.chat.id, message.id) not in unknown
        ]
        return SeenMessages(
            copies=Counter(each.letter for each in self.sandbox.delivered),
            updates=self.sandbox.update_ids,
            prompts=Counter({life.key: life.count_prompts() for life in self.lives}),
            words_of_forgotten=[words for words in words_of_forgotten if any(words in each for each in shown)],
        )
