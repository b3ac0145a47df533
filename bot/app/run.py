"""Run Tropa as a service: print where it listens, stop on a signal."""

import asyncio
import signal
from collections.abc import Callable

from bot.app.tropa import Tropa
from bot.config.settings import Settings
from cjm.errors import TropaError


async def run_tropa(settings: Settings, say: Callable[[str], None]) -> None:
    """Run Tropa until Ctrl-C or SIGTERM, until another process leads, or until a vital part fails.

    ``say`` receives lines for the operator. Raises TropaError in the last two cases, so that a supervisor restarts it.
    """
    async with Tropa(settings) as tropa:
        await _print_start(tropa, say)
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
        # The first of the three ends the bot; leaving the block stops everything in order.
        reasons = [asyncio.create_task(event.wait()) for event in (stop, tropa.lost, tropa.failed)]
        await asyncio.wait(reasons, return_when=asyncio.FIRST_COMPLETED)
        for task in reasons:
            task.cancel()
        if tropa.lost.is_set():
            raise TropaError(
                "another process leads now, so this one stopped; start it again to let it wait for its turn"
            )
        if tropa.failed.is_set():
            raise TropaError("a vital part failed (the log names it); start Tropa again")


async def _print_start(tropa: Tropa, say: Callable[[str], None]) -> None:
    say(f"Tropa runs: https://t.me/{(await tropa.parts.bot.me()).username}, events at {tropa.url}")
    link = await tropa.create_first_manager_link()
    if link is not None:
        say(f"Open this link to become the first manager: {link}")
