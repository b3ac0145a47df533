"""Tasks that run beside each other until Tropa stops."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from bot.faults import describe_fault

log = logging.getLogger(__name__)


class BackgroundTasks:
    """Running tasks. ``failed`` is set when a vital one fails: the bot can no longer receive or send, and must stop."""

    def __init__(self) -> None:
        self.failed = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, *coroutines: Coroutine[Any, Any, Any]) -> None:
        """Start tasks that may fail without stopping the bot."""
        for coroutine in coroutines:
            # asyncio holds a task only weakly: without this set it could be collected while it runs.
            task = asyncio.create_task(coroutine)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def start_vital(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Start a task that nothing works without."""
        self.start(self._watch(coroutine))

    async def cancel_all(self) -> None:
        """Cancel every task and wait until all have ended."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, coroutine: Coroutine[Any, Any, None]) -> None:
        try:
            await coroutine
        except Exception as error:
            log.exception("a vital part failed", extra={"fault": describe_fault(error)}, exc_info=False)
            self.failed.set()
