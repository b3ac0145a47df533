"""Tasks that run beside each other until they are cancelled together.

Invariants:
* A vital part that fails is logged and started again, after a pause that grows with each failure in a row: a fault of
  ours never ends the process, and never floods the log.
* After `cancel_all` nothing of it runs. The same object can be used again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from bot.clock import monotonic
from bot.faults import describe_fault

log = logging.getLogger(__name__)
RESTART_PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)  # seconds; the last one for all failures that follow
STEADY_SECONDS = 30.0  # a part that has run for so long since its restart counts as mended


class BackgroundTasks:
    """Running tasks. One that fails is logged, without the error's text, and leaves the others alone."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, *coroutines: Coroutine[Any, Any, Any]) -> None:
        """Start tasks."""
        for coroutine in coroutines:
            # asyncio holds a task only weakly: without this set it could be collected while it runs.
            task = asyncio.create_task(coroutine)
            self._tasks.add(task)
            task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        # asyncio would log the error with its text, which may hold a customer's words.
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a background task failed", extra={"fault": describe_fault(error)})

    async def cancel_all(self) -> None:
        """Cancel every task and wait until all have ended."""
        while tasks := tuple(self._tasks):  # one that ends may have started another
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            # From Python 3.12 on gather does not wait for tasks that had ended before, whose `_end` is still to come.
            await asyncio.sleep(0)
            self._tasks.difference_update(tasks)


@dataclass(slots=True)
class _PartHealth:
    failures: int = 0
    started_at: float | None = None  # monotonic; None while it waits to be started again


class VitalParts:
    """Parts that nothing works without, by name: each runs until cancelled, and again when it fails."""

    def __init__(self, pauses: Sequence[float] = RESTART_PAUSES, steady_seconds: float = STEADY_SECONDS) -> None:
        self._pauses, self._steady_seconds = pauses, steady_seconds
        self._tasks = BackgroundTasks()
        self._healths: dict[str, _PartHealth] = {}

    def start(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Start a part; ``run`` is called once for each start."""
        self._healths[name] = health = _PartHealth()
        self._tasks.start(self._keep_running(name, run, health))

    def list_failing(self) -> list[str]:
        """Return the names of the parts that wait to be started again, or were only just."""
        return [name for name, health in self._healths.items() if health.failures and not self._is_steady(health)]

    async def cancel_all(self) -> None:
        """Cancel every part and wait until all have ended."""
        await self._tasks.cancel_all()
        self._healths.clear()

    async def _keep_running(self, name: str, run: Callable[[], Awaitable[None]], health: _PartHealth) -> None:
        while True:
            health.started_at = monotonic()
            try:
                await run()
                fault = "it ended"  # a vital part has no end of its own
            except Exception as error:
                fault = describe_fault(error)
            health.failures = 1 if self._is_steady(health) else health.failures + 1
            health.started_at = None
            pause = self._pauses[min(health.failures, len(self._pauses)) - 1]
            log.error("a vital part failed and is started again", extra={"part": name, "fault": fault, "pause": pause})
            await asyncio.sleep(pause)

    def _is_steady(self, health: _PartHealth) -> bool:
        return health.started_at is not None and monotonic() - health.started_at >= self._steady_seconds
