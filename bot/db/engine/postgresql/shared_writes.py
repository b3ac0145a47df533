"""PostgreSQL: small writes that share a transaction, as all writes do on SQLite.

Taps at once move the same counters: each would wait for the commit of the one before, and send a statement for each
counter.

Invariants:

* Writes that come while others run wait for them, and share the next transaction, up to `GROUP` of them.
* A write that raises undoes all that share its transaction; then each runs again alone, so its fault stays its own.
* A result is released after the commit that holds it.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db.engine.commit_group import CommitGroup
from bot.db.engine.postgresql.connections import run_repeatedly

GROUP = 16  # writes that share a transaction at most; more would make the first of them wait
AT_ONCE = 2  # transactions: while one waits for the server, the other computes


@dataclass(slots=True, eq=False)
class _Waiting:
    """Write that waits for its turn, with the future of its result."""

    fn: Callable[[Connection], Any]
    done: asyncio.Future[Any]


class SharedWrites:
    """Writes of one database that may share transactions; each may put work off to the end of its transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._waiting: deque[_Waiting] = deque()
        self._runners: set[asyncio.Task[None]] = set()

    async def run(self, fn: Callable[[Connection], Any]) -> Any:
        """Return the result of ``fn`` once it is durable. ``fn`` may run more than once."""
        waiting = _Waiting(fn, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if len(self._runners) < AT_ONCE:
            runner = asyncio.create_task(self._run_all())
            self._runners.add(runner)
            runner.add_done_callback(self._runners.discard)
        return await waiting.done

    async def close(self) -> None:
        """Wait for the writes that were begun."""
        await asyncio.gather(*self._runners)

    async def _run_all(self) -> None:
        while self._waiting:
            taken = [self._waiting.popleft() for _ in range(min(GROUP, len(self._waiting)))]
            group = [each for each in taken if not each.done.cancelled()]
            if group and not await self._run_together(group) and len(group) > 1:
                for each in group:
                    await self._run_together([each])

    async def _run_together(self, group: list[_Waiting]) -> bool:
        """Run writes in one transaction and release their results. Return False if one raised, and nothing is kept."""

        def run_group(tx: Connection) -> list[Any]:
            together = CommitGroup()
            results = [together.run(tx, each.fn) for each in group]
            together.finish(tx)
            return results

        try:
            results = await run_repeatedly(self._engine, run_group, commits=True)
        except Exception as error:
            if len(group) == 1:
                _release(group[0].done, error=error)
            return False
        for each, result in zip(group, results, strict=True):
            _release(each.done, result)
        return True


def _release(done: asyncio.Future[Any], result: Any = None, error: Exception | None = None) -> None:
    """Give a write's caller its result or error, unless they wait no more."""
    if done.done():
        return
    if error is not None:
        done.set_exception(error)
    else:
        done.set_result(result)
