"""Load Tropa once, then fork a command (`python -m …`) or a worker of the tests for whoever asks.

The process has one thread, and holds nothing open but its sockets. It ends, and ends what it forked, when its stdin
ends. Arguments: the number of the socket for commands; that of the socket for workers, and what pytest collects.
"""

import functools
import gc
import importlib
import os
import signal
import socket
import ssl
import sys
import threading
import warnings

import certifi

from bot.cli.runtime.loading import pause_garbage_collection
from bot.texts.catalogue import LANGUAGES, catalogue_entries
from cjm import templates
from cjm.drawing import warm_up
from cjm.journeys.journey_file import read_journey
from tests.loading.fork_roles import become_command, become_worker
from tests.loading.forking import serve_forks
from tests.remembered_handlers import remember_handlers
from tests.remembered_journeys import remember_journeys

LOADED = ("bot.cli", "bot.app.run", "bot.config.reader", "bot.cli.runtime.logs", "aiosqlite", "asyncpg")


def main() -> None:
    """Serve the sockets whose numbers are the first arguments."""
    commands, *workers = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal ends the tests, and then this stdin
    _load_tropa()
    _settle_memory()
    if workers and not os.fork():
        commands.close()
        _import_tests(sys.argv[3:])
        _settle_memory()
        serve_forks(workers[0], become_worker)
        return
    for listener in workers:
        listener.close()
    serve_forks(commands, become_command)


def _load_tropa() -> None:
    """Import and read what every command needs. A warning is an error, as in the tests."""
    with pause_garbage_collection(), warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in LOADED:
            importlib.import_module(name)
        for language in LANGUAGES:
            catalogue_entries(language)
        remember_journeys()
        remember_handlers()
        read_journey(templates.text("shop"), "shop.toml")  # the journey of nearly every story
        warm_up()
    # The certificates of all authorities: each bot reads them, and none changes them.
    ssl.create_default_context = functools.cache(ssl.create_default_context)  # type: ignore[assignment] # same calls
    ssl.create_default_context(cafile=certifi.where())


def _import_tests(arguments: list[str]) -> None:
    """Let pytest import the tests with its asserts. What fails here fails again in each worker, which tells it."""
    import pytest

    pytest.main([*arguments, "--collect-only", "-qq", "-n0", "-p", "no:cacheprovider"])
    _let_hypothesis_read()


def _let_hypothesis_read() -> None:
    """Draw one example: before its first, Hypothesis reads the constants of all modules, which takes seconds."""
    from hypothesis import given, settings
    from hypothesis import strategies as st

    settings(max_examples=1, database=None)(given(st.text())(lambda text: None))()


def _settle_memory() -> None:
    """Keep a collection of garbage in a fork from copying all of the memory."""
    gc.collect()
    gc.freeze()
    assert threading.active_count() == 1, "a fork would lose the other threads"


if __name__ == "__main__":
    main()
