"""Run Tropa as a service: print where it listens, stop on a signal."""

import asyncio
import contextlib
import gc
import logging
import signal
import sys
from collections.abc import Callable, Iterator

from bot.app.life.startup import wait_for_database
from bot.app.tropa import Tropa
from bot.config.settings import Settings
from bot.telegram.lazy_models import build_used_models

# Part of loading: nobody waits for an answer yet.
build_used_models()

log = logging.getLogger(__name__)
# Longest turn of a thread that computes, such as one that reads a map. A tap's write lets go of the interpreter with
# each statement, and waits for such a turn as often: with Python's own 5 ms, taps beside ten managers took twice as
# long.
TURN_SECONDS = 0.0005


async def run_tropa(settings: Settings, say: Callable[[str], None], on_stop: Callable[[], None]) -> None:
    """Run Tropa until Ctrl-C or SIGTERM, which stop it in order in every phase; a second signal ends the process.

    ``say`` receives lines for the operator. ``on_stop`` is called when the first signal comes. Raises TropaError when
    Tropa cannot be started with these settings.
    """
    running = asyncio.create_task(_serve(settings, say))
    # Before the start begins: it may have to wait for a database, for Telegram, or for its turn to lead.
    with _stop_on_signal(running, on_stop), contextlib.suppress(asyncio.CancelledError):
        await running


@contextlib.contextmanager
def _stop_on_signal(running: asyncio.Task[None], on_stop: Callable[[], None]) -> Iterator[None]:
    loop, numbers = asyncio.get_running_loop(), (signal.SIGINT, signal.SIGTERM)

    def stop() -> None:
        for number in numbers:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        log.info("Tropa stops")
        on_stop()
        running.cancel()

    for number in numbers:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


async def _serve(settings: Settings, say: Callable[[str], None]) -> None:
    sys.setswitchinterval(TURN_SECONDS)
    tropa = Tropa(settings, on_waiting=lambda: say(f"Tropa waits: another process leads; events at {tropa.url}"))
    async with tropa:
        _freeze_start()
        say(f"Tropa runs: https://t.me/{(await tropa.parts.bot.me()).username}, events at {tropa.url}")
        link = await wait_for_database(tropa.create_first_manager_link)
        if link is not None:
            say(f"Open this link within a day to become the first manager: {link}")
        await asyncio.Event().wait()  # until cancelled; nothing else ends a running Tropa


def _freeze_start() -> None:
    """Leave what the start has made out of all later garbage collections.

    It lives as long as the process. Looking through all of it takes half a second, in which every tap would wait.
    """
    gc.collect()
    gc.freeze()
