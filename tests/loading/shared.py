"""The loader of this run of the tests: one for all of its workers, or one for a single process of tests."""

import atexit
import functools
import os
import shlex
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import execnet
import pytest

from tests.loading.forking import BACKLOG

ROOT = Path(__file__).parent.parent.parent
PLACE = "TESTS_LOADER"  # in the environment of workers: the path of the socket that takes requests for commands
WITHOUT_FORK = "TESTS_WITHOUT_FORK"  # in the environment: each process loads for itself, which takes longer


class Loader:
    """Process of `loader.py`, which ends with this one. ``collected``: tests whose workers it forks as well."""

    def __init__(self, collected: Sequence[str] | None = None) -> None:
        # Wherever else temporary files go: the path of a socket has at most 107 bytes.
        self._folder = tempfile.TemporaryDirectory(prefix="tropa-loader-", dir="/tmp")
        self.commands, self.workers = (Path(self._folder.name) / name for name in ("commands", "workers"))
        listeners = [
            _listen(path) for path in ((self.commands,) if collected is None else (self.commands, self.workers))
        ]
        numbers = [listener.fileno() for listener in listeners]
        words = [sys.executable, "-m", "tests.loading.loader", *map(str, numbers), *(collected or ())]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(
            words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, pass_fds=numbers
        )
        for listener in listeners:
            listener.close()

    def close(self) -> None:
        """End the loader, and what it forked."""
        self._process.communicate()
        self._folder.cleanup()


def find_python() -> list[str]:
    """Return the beginning of a command `python -m …`, which loads in an instant where this run has a loader."""
    return _stand_in(Path(os.environ[PLACE])) if PLACE in os.environ else [sys.executable]


def _stand_in(loader: Path) -> list[str]:
    return [sys.executable, "-IS", str(Path(__file__).with_name("enter.py")), str(loader)]


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(str(path))
    listener.listen(BACKLOG)
    return listener


def find_commands() -> Path:
    """Return the socket that takes requests for commands; without workers, of a loader of this process."""
    return Path(os.environ[PLACE]) if PLACE in os.environ else _load_here().commands


@functools.cache
def _load_here() -> Loader:
    loader = Loader()
    atexit.register(loader.close)
    return loader


def fork_workers(config: pytest.Config, specs: Sequence[execnet.XSpec]) -> None:
    """Let the workers of this run be forks of a loader that has imported the tests."""
    if sys.platform != "linux" or os.environ.get(WITHOUT_FORK):
        return
    loader = Loader(config.args)
    config.add_cleanup(loader.close)
    os.environ[PLACE] = str(loader.commands)
    for spec in specs:
        if spec.popen and not spec.python:
            spec.python = shlex.join(_stand_in(loader.workers))
