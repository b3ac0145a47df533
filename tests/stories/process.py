"""The real `tropa run` in a process of its own, against a sandbox in the test's process: for kills at a named point.

* Business time is the wall's, so nothing here can be frozen: wait for a message, a call or a log line, never for time.
* A process is a fork that has loaded Tropa already (`tests/loading`), unless it starts ``without_fork``.
* It takes a second to start. A story that needs no kill and no signal belongs on the stage (`stage.py`).
* `HeldCall` keeps the bot in the middle of a chosen call, so that a kill comes exactly there.
"""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import ClientSession

from bot.db.delivery import letters
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Database
from bot.sandbox.faults import hang
from bot.sandbox.people import Group, Person
from bot.sandbox.records import Press
from bot.sandbox.server import Sandbox
from cjm import templates
from tests.conftest import ROOT
from tests.loading.shared import WITHOUT_FORK
from tests.stories.loaded import LoadedProcess

T = TypeVar("T")
TOKEN = "a-token-for-events"
TEAMS = '[{"key": "shop", "timezone": "Europe/Warsaw"}]'
RUNS = "Tropa runs: "
PATIENCE = 60.0  # seconds; only a test that fails waits so long


class HeldCall:
    """Next call of ``method`` (to ``chat``, if given): the sandbox gives no answer to it until its client is gone.

    ``carried_out``: the call takes effect before it is held, so that the person has the message already.
    """

    def __init__(self, sandbox: Sandbox, method: str, *, chat: int | None = None, carried_out: bool = False) -> None:
        self._sandbox = sandbox
        self._plan = sandbox.plan_fault(hang(processed=carried_out), method, chat=chat)

    async def wait_until_held(self) -> None:
        """Wait until the bot has made the call and waits for its answer."""
        await self._sandbox.world.bell.until(lambda: self._plan.left == 0, PATIENCE)


class TropaProcess:
    """One `tropa run`. ``lines`` holds what its latest run printed and logged, in the order in which it came."""

    def __init__(self, folder: Path, environment: Mapping[str, str], module: str = "bot") -> None:
        self.lines: list[str] = []
        self._folder, self._environment, self._module = folder, dict(environment), module
        self._process: asyncio.subprocess.Process | LoadedProcess | None = None
        self._readers: list[asyncio.Task[None]] = []
        self._news = asyncio.Event()

    @property
    def url(self) -> str:
        """Address of its HTTP interface, as the latest line that names one says."""
        addresses = [found[1] for line in self.lines if (found := re.search(r"at (http://\S+)", line))]
        assert addresses, self.output
        return addresses[-1]

    @property
    def output(self) -> str:
        """Everything that it printed and logged, for the message of a failed test."""
        return "\n".join(self.lines)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self, until: str | None = RUNS, *, without_fork: bool = False) -> None:
        """Start a process with the same settings, and wait for a line that contains ``until``.

        ``without_fork``: by `python -m bot run`, for a story in which loading matters.
        """
        self.lines = []
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **self._environment}
        start = _start_without_fork if without_fork or os.environ.get(WITHOUT_FORK) else LoadedProcess.start
        self._process = process = await start(self._folder, environment, "run", module=self._module)
        assert process.stdout is not None
        assert process.stderr is not None
        self._readers = [asyncio.create_task(self._read(stream)) for stream in (process.stdout, process.stderr)]
        if until is not None:
            await self.wait_for_line(until)

    async def _read(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            self.lines.append(line.decode().rstrip("\n"))
            self._ring()
        self._ring()

    def _ring(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def wait_for_line(self, part: str, after: int = 0) -> str:
        """Return the first line from number ``after`` on that contains ``part``.

        Fails with all its output when the process ends without one, or when none comes.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    news = self._news
                    for line in self.lines[after:]:
                        if part in line:
                            return line
                    assert not all(reader.done() for reader in self._readers), f"ended without {part!r}:\n{self.output}"
                    await news.wait()
        except TimeoutError:
            raise AssertionError(f"no line with {part!r} after {PATIENCE:g} s:\n{self.output}") from None

    def send_signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    async def kill(self) -> None:
        """End it as a crash does: nothing of it runs any more when this returns."""
        self.send_signal(signal.SIGKILL)
        await self.wait()

    async def terminate(self) -> int:
        """Send SIGTERM and return the exit code."""
        self.send_signal(signal.SIGTERM)
        return await self.wait()

    async def wait(self) -> int:
        """Return the exit code when it has ended."""
        assert self._process is not None
        async with asyncio.timeout(PATIENCE):
            code = await self._process.wait()
            await asyncio.gather(*self._readers)
        return code

    async def restart(self) -> None:
        """Kill it and start it again."""
        await self.kill()
        await self.start()

    async def discard(self) -> None:
        """End it if it still runs, whatever state the test left it in."""
        if self._process is not None and self._process.returncode is None:
            await self.kill()


async def _start_without_fork(
    folder: Path, environment: Mapping[str, str], *words: str, module: str = "bot"
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *words),
        cwd=folder,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,  # a signal to it reaches no process of the tests
    )


class ProcessStage:
    """Company with the shop's journey in force; ``tropa`` is its process, and others can be started beside it.

    ``module`` is what runs as Tropa, instead of `bot` itself.
    """

    def __init__(
        self, sandbox: Sandbox, database_url: str, folder: Path, settings: Mapping[str, str], module: str = "bot"
    ) -> None:
        self.sandbox = sandbox
        self._folder, self._events, self._processes = folder, count(1), list[TropaProcess]()
        self._module = module
        (folder / "shop.toml").write_text(templates.text("shop"), "utf-8")
        self._environment = {
            "TROPA_TELEGRAM__TOKEN": sandbox.token,
            "TROPA_TELEGRAM__API_URL": sandbox.url,
            "TROPA_DATABASE__URL": database_url,
            "TROPA_HTTP__PORT": "0",
            "TROPA_HTTP__TOKENS": json.dumps([TOKEN]),
            "TROPA_HTTP__LINK_SECRET": "a secret of sixteen and more",
            "TROPA_TEAMS": TEAMS,
            "TROPA_JOURNEYS__PATHS": json.dumps([str(folder / "shop.toml")]),
            "TROPA_ASKING__QUIET_HOURS": "",
            "TROPA_ASKING__ANY_SURVEY_DAYS": "0",
            "TROPA_ASKING__SAME_TOUCHPOINT_DAYS": "0",
            **settings,
        }
        self.tropa = self.add_process()

    def add_process(self, **settings: str) -> TropaProcess:
        """Return one more process of this company, not started; the end of the stage ends it."""
        process = TropaProcess(self._folder, self._environment | settings, self._module)
        self._processes.append(process)
        return process

    async def run_command(self, *words: str) -> tuple[int, str]:
        """Run another command of `tropa` with the same settings; return its exit code and what it printed."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **self._environment}
        start = _start_without_fork if os.environ.get(WITHOUT_FORK) else LoadedProcess.start
        command = await start(self._folder, environment, *words)
        assert command.stdout is not None
        assert command.stderr is not None
        printed, _ = await asyncio.gather(command.stdout.read(), command.stderr.read())
        return await command.wait(), printed.decode()

    def hold(self, method: str, *, chat: int | None = None, carried_out: bool = False) -> HeldCall:
        """Hold the next call of ``method``; see `HeldCall`."""
        return HeldCall(self.sandbox, method, chat=chat, carried_out=carried_out)

    async def wait_until(self, look: Callable[[], T | None]) -> T:
        """Return the first true value of ``look``, which is called after each change in the sandbox."""
        try:
            return await self.sandbox.world.bell.until(look, PATIENCE)
        except TimeoutError:
            raise AssertionError(f"waited in vain:\n{self.tropa.output}") from None

    async def wait_until_recorded(self) -> None:
        """Wait until Tropa has stored what became of each letter whose call has begun.

        A message stands in the sandbox before Tropa stores that it arrived. A kill between the two leaves it in doubt.
        """
        db = Database(self._environment["TROPA_DATABASE__URL"])
        try:
            async with asyncio.timeout(PATIENCE):
                while LetterState.SENDING in await db.read(letters.count_by_state):  # noqa: ASYNC110 - as below
                    await asyncio.sleep(0.05)  # what another process writes rings no bell here
        finally:
            await db.close()

    async def wait_until_answered(self, press: Press) -> None:
        """Wait until the bot has acknowledged a tap."""
        await self.wait_until(lambda: press.answer is not None)

    async def call_api(self, method: str, path: str, body: object = None, *, at: TropaProcess | None = None) -> Any:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        url = (at or self.tropa).url + path
        async with ClientSession(headers=headers) as session, session.request(method, url, json=body) as response:
            return await response.json()

    async def post_event(
        self, customer: str, touchpoint: str, *, at_process: TropaProcess | None = None, **more: object
    ) -> Mapping[str, Any]:
        event = {
            "id": f"event-{next(self._events)}",
            "customer": customer,
            "journey": "shop",
            "touchpoint": touchpoint,
            "at": datetime.now(UTC).isoformat(),
        }
        answer = await self.call_api("POST", "/v1/events", event | more, at=at_process)
        result: Mapping[str, Any] = answer["results"][0]
        return result

    async def add_consenting_customer(self, name: str, customer: str) -> Person:
        """Return a customer who has opened their link and given consent."""
        person = self.sandbox.add_person(name)
        link = (await self.call_api("PUT", f"/v1/customers/{customer}", {}))["link"]
        await person.start(str(link).partition("?start=")[2])
        await self.wait_until(lambda: any(message.buttons for message in person.messages))
        consent = await person.click(0)
        await self.wait_until_answered(consent)
        return person

    async def set_up_company(self) -> tuple[Person, Group]:
        """Let the first manager open the link that the process printed, and bind a group to the team; return both."""
        line = await self.tropa.wait_for_line("first manager: ")
        boss = self.sandbox.add_person("Boss")
        await boss.start(line.partition("?start=")[2])
        await self.wait_until(lambda: bool(boss.messages[1:]))
        group = self.sandbox.add_group("Shop team", boss)
        await group.add_bot(by=boss)
        viewer = await self.wait_until(
            lambda: next((viewer for viewer in (group, boss) if any(m.buttons for m in viewer.messages)), None)
        )
        offer = next(m for m in reversed(viewer.messages) if m.buttons)
        press = await (group.click(boss, 0, offer) if viewer is group else boss.click(0, offer))
        await self.wait_until_answered(press)
        return boss, group

    async def discard(self) -> None:
        for process in self._processes:
            await process.discard()


@asynccontextmanager
async def start_process_stage(
    database_url: str, folder: Path, *, start: bool = True, **settings: str
) -> AsyncIterator[ProcessStage]:
    """Run a company in a process of its own. ``settings`` are further variables, such as TROPA_TELEGRAM__MODE.

    Without ``start`` the test starts the process itself.
    """
    async with Sandbox() as sandbox:
        stage = ProcessStage(sandbox, database_url, folder, settings)
        try:
            if start:
                await stage.tropa.start()
            yield stage
        finally:
            await stage.discard()
