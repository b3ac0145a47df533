"""Steps of a start that wait for what is away for a moment, with a line in the log, instead of ending the process.

Invariants:
* The database being away never ends a start. What a person has to mend does: a wrong address, a wrong password, a
  database of a newer version.
* A messenger that does not answer is asked a few times; then the start ends with its sentence, because a wrong address
  looks the same.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bot.db.engine.errors import DatabaseAway
from bot.outbox.messenger import NeverLeft, Throttled, Uncertain

log = logging.getLogger(__name__)
T = TypeVar("T")
DATABASE_WAITS = (0.5, 1.0, 2.0, 5.0, 10.0)  # seconds; the last one for all that follow
MESSENGER_WAITS = (1.0, 2.0, 5.0, 10.0)  # seconds; then the error is raised


async def wait_for_database(step: Callable[[], Awaitable[T]], waits: Sequence[float] = DATABASE_WAITS) -> T:
    """Return the result of ``step``, repeated while the database is away."""
    failures = 0
    while True:
        try:
            result = await step()
        except DatabaseAway as error:
            if not failures:
                log.warning("the start waits for the database", extra={"error": str(error)})
            await asyncio.sleep(waits[min(failures, len(waits) - 1)])
            failures += 1
        else:
            if failures:
                log.info("the database answers; the start goes on")
            return result


async def ask_messenger(call: Callable[[], Awaitable[T]], waits: Sequence[float] = MESSENGER_WAITS) -> T:
    """Return the result of ``call``, a call that may be repeated; a passing failure is met a few more times."""
    for wait in waits:
        try:
            return await call()
        except (NeverLeft, Uncertain, Throttled) as error:
            pause = max(wait, error.seconds) if isinstance(error, Throttled) else wait
            log.warning("the messenger does not answer; asked again", extra={"reason": str(error), "pause": pause})
            await asyncio.sleep(pause)
    return await call()
