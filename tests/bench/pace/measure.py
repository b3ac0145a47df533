"""Measure the pace of invitations that are all due at once, while people tap at those that came.

Tropa runs here, so that the starts that it counts can be read; nothing else of it is touched.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.app.tropa import Tropa
from bot.config.settings import Settings
from bot.db.delivery import letters
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.messages.limits import MessengerLimits
from bot.outbox.send_budget import PlannedStart, SendBudget, SendRequest
from bot.sandbox.server import TOKEN
from bot.usecases.asking.ask_due import ask_due_batch
from bot.usecases.asking.record_visits import record_events
from cjm.address import Address
from cjm.asking.decision import AskingRules
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.bench.pace.crowd import Crowd, CrowdReport, make_sandbox
from tests.bench.storm.measure import read_line, run_program
from tests.stories.stage import share_map_process
from tests.usecases.asking.world import JOURNEY

BATCH = 500
OVERALL = 30  # messages that Telegram takes in any second
UNDER_WAY = {LetterState.DUE, LetterState.LEASED, LetterState.SENDING, LetterState.RETRY}
RULES = AskingRules(timedelta(), timedelta(), timedelta(), 0, None)


@dataclass(frozen=True, slots=True)
class PacePlan:
    """So many people get a question, and ``share`` of them tap. ``faster``: times the limits of Telegram."""

    people: int
    share: float = 0.1
    faster: int = 1


@dataclass(frozen=True, slots=True)
class PaceResult:
    """Starts by the sender's own record until the last letter started, with its budget of a second."""

    starts: Sequence[tuple[float, SendRequest]]
    budget: int
    crowd: CrowdReport
    letters: Mapping[LetterState, int]

    @property
    def share_of_budget(self) -> float:
        times = [at for at, _ in self.starts]
        return (len(times) - 1) / (times[-1] - times[0]) / self.budget

    @property
    def most_in_a_second(self) -> int:
        return most_in(1.0, [at for at, _ in self.starts])

    @property
    def most_of_a_chat(self) -> int:
        """Return the most new messages that any chat got within a second."""
        times: dict[Address, list[float]] = {}
        for at, request in self.starts:
            if request.counts_for_person and request.to is not None:
                times.setdefault(request.to, []).append(at)
        return max(most_in(1.0, own) for own in times.values())

    def __str__(self) -> str:
        waits = self.crowd.waits
        p99 = waits[min(len(waits) - 1, int(len(waits) * 0.99))] if waits else 0.0
        seconds = self.starts[-1][0] - self.starts[0][0]
        return (
            f"{len(self.starts)} starts in {seconds:.1f} s, most in a second {self.most_in_a_second} of {self.budget}, "
            f"{self.crowd.questions} questions, {self.crowd.taps} taps, {self.crowd.refused} refused; "
            f"a tap's change took {waits[len(waits) // 2] if waits else 0:.2f} s, p99 {p99:.2f} s"
        )


def most_in(window: float, times: Sequence[float]) -> int:
    """Return the most of these sorted times in any half-open window of this length."""
    most, first = 0, 0
    for place, at in enumerate(times):
        while times[first] <= at - window:
            first += 1
        most = max(most, place - first + 1)
    return most


class _RecordingBudget(SendBudget):
    """Budget that remembers what began when."""

    def __init__(self, limits: MessengerLimits) -> None:
        super().__init__(limits)
        self.per_second = limits.starts_per_second
        self.starts: list[tuple[float, SendRequest]] = []

    def begin(self, start: PlannedStart, now: float) -> None:
        super().begin(start, now)
        self.starts.append((now, start.request))


async def prepare_letters(url: str, chats: Sequence[int]) -> None:
    """Store a customer for each chat, with an invitation whose letter is due."""
    db, now = Database(url), datetime.now(UTC)
    await db.write(lambda tx: journeys.apply(tx, read_journey(JOURNEY, "shop.toml"), JOURNEY, now=now))
    for first in range(0, len(chats), BATCH):
        await db.write(lambda tx: _ask(tx, chats[first : first + BATCH], now))  # noqa: B023 - awaited in this turn
    await db.close()


def _ask(tx: Connection, chats: Sequence[int], now: datetime) -> None:
    known = customers.ensure_external_ids(tx, map(str, chats), now)
    agreed = {"messenger": "telegram", "language": "en", "consent_at": now}
    customers.update_customers(tx, {known[str(chat)].id: agreed | {"address": str(chat)} for chat in chats})
    record_events(tx, [Event(f"e{chat}", str(chat), "shop", now, touchpoint="delivery") for chat in chats], RULES, now)
    while ask_due_batch(tx, RULES, now)[0]:
        pass


@dataclass(frozen=True, slots=True)
class _OpenCrowd:
    url: str
    chats: Sequence[int]
    report: Callable[[], Awaitable[CrowdReport]]


@asynccontextmanager
async def open_crowd_here(plan: PacePlan) -> AsyncIterator[_OpenCrowd]:
    """Open a sandbox in this process."""
    async with make_sandbox(OVERALL * plan.faster) as sandbox:
        crowd = Crowd(sandbox, plan.people, plan.share)

        async def report() -> CrowdReport:
            return crowd.report()

        yield _OpenCrowd(sandbox.url, crowd.chats, report)


@asynccontextmanager
async def open_crowd_apart(plan: PacePlan) -> AsyncIterator[_OpenCrowd]:
    """Open a sandbox in a process of its own."""
    words = ("-m", "tests.bench.pace.crowd", str(plan.people), str(plan.share), str(OVERALL * plan.faster))
    async with run_program(*words) as process:
        setting = json.loads(await read_line(process))

        async def report() -> CrowdReport:
            assert process.stdin is not None
            process.stdin.write(b"\n")
            return CrowdReport(**json.loads(await read_line(process)))

        yield _OpenCrowd(setting["url"], setting["chats"], report)


OpenCrowd = Callable[[PacePlan], AbstractAsyncContextManager[_OpenCrowd]]


async def measure_pace(plan: PacePlan, database_url: str, open_crowd: OpenCrowd) -> PaceResult:
    """Run Tropa on a migrated, empty database until every letter has come to its end."""
    budgets: list[_RecordingBudget] = []

    def make_budget(limits: MessengerLimits) -> SendBudget:
        faster = replace(limits, starts_per_second=limits.starts_per_second * plan.faster)
        budgets.append(_RecordingBudget(faster))
        return budgets[-1]

    async with open_crowd(plan) as crowd:
        await prepare_letters(database_url, crowd.chats)
        settings = _make_settings(crowd.url, database_url)
        async with Tropa(settings, map_process=share_map_process(), make_budget=make_budget) as tropa:
            while UNDER_WAY & (await tropa.db.read(letters.count_by_state)).keys():  # noqa: ASYNC110 - as below
                await asyncio.sleep(0.5)  # letters ring no bell when they have come to their end
            states = await tropa.db.read(letters.count_by_state)
            await tropa.settle()
        report = await crowd.report()
    [budget] = budgets
    last = max(place for place, (_, request) in enumerate(budget.starts) if request.counts_for_person)
    return PaceResult(budget.starts[: last + 1], budget.per_second, report, states)


def _make_settings(url: str, database_url: str) -> Settings:
    return Settings.model_validate(
        {
            "telegram": {"token": TOKEN, "api_url": url},
            "database": {"url": database_url},
            "http": {"port": 0},
            "asking": {"quiet_hours": "", "any_survey_days": 0, "same_touchpoint_days": 0},
        }
    )
