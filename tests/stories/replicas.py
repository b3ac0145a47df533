"""Replicas of one company behind the proxy of compose.yaml, and a load that comes through it.

* Each replica is a process with a loopback address of its own and the same port, as containers have; one name has all
  of their addresses. All are known to nginx all the time, so those that are gone are met, too.
* Telegram (the sandbox) and the company's systems know the proxy's address only.
* `Load.count` compares what was acknowledged with what is stored and what people see.
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import yaml  # type: ignore[import-untyped]  # it has no types, and nothing here depends on them
from aiohttp import ClientSession
from aiohttp.test_utils import unused_port
from sqlalchemy import select

from bot.db.asking.tables import answer_table
from bot.db.delivery import letters
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.journeys.tables import visit_table
from bot.db.upkeep import counter_check
from bot.sandbox.people import Person
from bot.sandbox.records import Change, Press
from tests.conftest import ROOT
from tests.name_server import run_name_server
from tests.nginx import run_nginx
from tests.stories.process import TOKEN, ProcessStage, TropaProcess, start_process_stage

ADDRESSES = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
ALLOWED = ["127.0.0.1", *ADDRESSES]  # for pytest-socket
SECRET = "s3cret-of-sixteen"
ANSWER = "🙁"
SERVES = "events at http://"  # in the line of a process that takes posts, whether it leads or waits
EVENTS_A_POST = 5
PAUSE = 0.1  # seconds between two posts, so that the load leaves the machine some time for the replicas


def read_compose() -> Mapping[str, Any]:
    compose: Mapping[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return compose


def read_proxy() -> str:
    """Return the proxy's configuration as nginx gets it: compose reads $$ as $."""
    return str(read_compose()["configs"]["proxy"]["content"]).replace("$$", "$")


def adapt_proxy(block: str, name_server: str, address: str, port: int) -> str:
    """Return the proxy's configuration for this machine. Each change must find its place: the rest is as documented."""
    changes = {
        "resolver 127.0.0.11 ": f"resolver {name_server} ",
        "listen 8080;": f"listen {address};",
        "error_log /dev/stderr crit;": "error_log stderr crit;",
        "http://$replicas:8080;": f"http://$replicas:{port};",
    }
    for ours, here in changes.items():
        assert block.count(ours) == 1, f"{ours!r} is not in the proxy of compose.yaml"
        block = block.replace(ours, here)
    return block


_event_numbers = itertools.count(1)


def make_event(customer: str, touchpoint: str) -> Mapping[str, Any]:
    """Return an event of this moment with an id of its own."""
    event = {"id": f"load-{next(_event_numbers)}", "customer": customer, "journey": "shop", "touchpoint": touchpoint}
    return event | {"at": datetime.now(UTC).isoformat()}


@dataclass
class Replicas:
    """Company whose ``processes`` are reached by ``session`` through the proxy."""

    stage: ProcessStage
    processes: Sequence[TropaProcess]
    session: ClientSession
    database_url: str

    async def start(self) -> None:
        """Start all of them; return when one leads and all take posts."""
        for process in self.processes:
            await process.start(until=SERVES)

    async def find_leader(self) -> TropaProcess | None:
        """Return the running process that leads now."""
        for process in self.processes:
            if process.is_running and (await self.stage.call_api("GET", "/readyz", at=process))["role"] == "leading":
                return process
        return None

    async def restart_one_after_the_other(self) -> None:
        """Stop each process in order and start it again, as for new settings. The others go on meanwhile."""
        for process in self.processes:
            assert await process.terminate() == 0, process.output
            await process.start(until=SERVES)

    async def ask(self, customer: str) -> str:
        """Post an event after which a customer is asked; return its status."""
        (result,) = await self.post([make_event(customer, "delivery")])
        return str(result["status"])

    async def post(self, events: object) -> Sequence[Mapping[str, Any]]:
        """Post events to the proxy, and return their results. Any other answer than 200 is a failure."""
        async with self.session.post("/v1/events", json=events) as response:
            answer = await response.json()
            assert response.status == 200, answer
            results: Sequence[Mapping[str, Any]] = answer["results"]
            return results


@asynccontextmanager
async def open_replicas(database_url: str, folder: Path) -> AsyncIterator[Replicas]:
    """Open a company of three replicas, which are not started yet."""
    port, address = unused_port(), f"127.0.0.1:{unused_port()}"
    settings = {
        "TROPA_HTTP__PORT": str(port),
        "TROPA_HTTP__TRUSTED_PROXIES": '["127.0.0.1"]',
        "TROPA_TELEGRAM__MODE": "webhook",
        "TROPA_TELEGRAM__WEBHOOK_URL": f"http://{address}",
        "TROPA_TELEGRAM__WEBHOOK_SECRET": SECRET,
        "TROPA_HTTP__HOST": ADDRESSES[0],
    }
    async with AsyncExitStack() as stack:
        name_server = await stack.enter_async_context(run_name_server(ADDRESSES))
        await stack.enter_async_context(run_nginx(adapt_proxy(read_proxy(), name_server, address, port), folder))
        stage = await stack.enter_async_context(start_process_stage(database_url, folder, start=False, **settings))
        stage.sandbox.webhook_delivery.delays = (0.05,)
        others = [stage.add_process(TROPA_HTTP__HOST=host) for host in ADDRESSES[1:]]
        headers = {"Authorization": f"Bearer {TOKEN}"}
        session = await stack.enter_async_context(ClientSession(f"http://{address}", headers=headers))
        yield Replicas(stage, [stage.tropa, *others], session, database_url)


@dataclass(frozen=True)
class LoadCounts:
    """What became of a load, in numbers."""

    events: int
    taps: int
    lost: int
    doubled: int
    unknown: int

    def __str__(self) -> str:
        return (
            f"{self.events} events, {self.taps} taps: {self.lost} lost, {self.doubled} doubled,"
            f" {self.unknown} messages unknown"
        )


class Load:
    """Load while the context is open: events of passers-by, questions to ``people`` one after the other, their taps.

    ``people`` are customers "0", "1" … with consent.
    """

    def __init__(self, replicas: Replicas, people: Sequence[Person]) -> None:
        self.presses: dict[Person, Press] = {}
        self._replicas, self._people = replicas, people
        self._accepted: dict[str, Mapping[str, Any]] = {}
        self._asked = 0
        self._questions: Counter[int] = Counter()  # that were sent, by chat
        self._is_over = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._replicas.stage.sandbox.world.watchers.append(self._note_question)
        self._task = asyncio.create_task(self._post_until_over())
        return self

    def _note_question(self, change: Change) -> None:
        if change.kind == "message" and change.message is not None and ANSWER in change.message.buttons:
            self._questions[change.chat] += 1

    async def __aexit__(self, *_: object) -> None:
        self._is_over = True
        assert self._task is not None
        await self._task

    async def _post_until_over(self) -> None:
        for number in itertools.count():
            if self._is_over and self._asked == len(self._people):
                return
            events = [make_event(f"passer-by {number}", "checkout") for _ in range(EVENTS_A_POST)]
            if self._asked < len(self._people):
                events.append(make_event(str(self._asked), "delivery"))
                self._asked += 1
            results = await self._replicas.post(events)
            assert {result["status"] for result in results} == {"accepted"}, results
            self._accepted |= {str(event["id"]): event for event in events}
            await self._tap_where_asked()
            await asyncio.sleep(PAUSE)

    async def _tap_where_asked(self) -> None:
        for person in self._people:
            if person not in self.presses and count_questions(person):
                self.presses[person] = await person.click(ANSWER)

    async def wait_until_answered(self) -> None:
        """Wait until everybody was asked and has tapped, and sees what follows.

        Whether a tap was acknowledged is another matter: it counts also when the process ends before it says so.
        """
        wait = self._replicas.stage.wait_until
        for person in self._people:
            if person not in self.presses:
                await wait(lambda person=person: bool(count_questions(person)))  # type: ignore[misc]  # mypy cannot infer a default
                self.presses[person] = await person.click(ANSWER)
        await wait(lambda: not any(count_questions(person) for person in self._people))

    async def count(self) -> LoadCounts:
        """Count what was lost or doubled of all that was acknowledged, as the database and people's chats tell it."""
        again = await self._replicas.post(list(self._accepted.values()))
        statuses = Counter(result["status"] for result in again)
        db = Database(self._replicas.database_url)
        try:
            visits, answers, wrong, unknown = await db.read(_read_facts)
        finally:
            await db.close()
        questions = [self._questions[person.id] for person in self._people]
        lost = len(again) - statuses["repeated"] + _count_missing(visits, self._accepted)
        lost += questions.count(0) + len(self.presses) - len(answers)
        doubled = len(visits) - len(set(visits)) + len(answers) - len(set(answers)) + len(wrong)
        doubled += sum(max(0, number - 1) for number in questions)
        return LoadCounts(len(self._accepted), len(self.presses), lost, doubled, unknown)


def _count_missing(visits: Iterable[str], accepted: Iterable[str]) -> int:
    return len(set(accepted) - set(visits))


def count_questions(person: Person) -> int:
    """Return how many questions stand in a chat that nobody has answered yet."""
    return sum(ANSWER in message.buttons for message in person.messages)


def _read_facts(tx: Connection) -> tuple[list[str], list[int], list[object], int]:
    """Return the ids of all visits, the people of all answers, the wrong counters and the number of unknown letters."""
    visits = list(tx.scalars(select(visit_table.c.event_id)))
    answers = list(tx.scalars(select(answer_table.c.customer_id)))
    wrong: list[object] = [
        wrong
        for journey in journeys.list_current(tx).values()
        for wrong in counter_check.list_wrong_counters(tx, journey)
    ]
    return visits, answers, wrong, letters.count_by_state(tx).get(LetterState.UNKNOWN, 0)
