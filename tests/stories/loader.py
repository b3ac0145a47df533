"""One process that has loaded Tropa, and forks a `tropa run` whenever the stories ask for one (`loaded.py`).

A fork is a process of its own, with its own memory, files, locks and signals. It only spares the seconds of loading,
which are the same in every story. The loader has one thread, and holds nothing open but its socket to the tests.
"""

import gc
import importlib
import json
import os
import runpy
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

MOST_BYTES = 1_000_000  # of a request or an answer
LOADED = ("bot.cli", "bot.app.run", "bot.config.reader", "bot.cli.runtime.logs", "aiosqlite", "asyncpg")


def main() -> None:
    """Serve the socket whose number is the first argument, until its other end is closed."""
    control = socket.socket(fileno=int(sys.argv[1]))
    for name in LOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # else the first collection in a fork copies all of the memory
    assert threading.active_count() == 1, "a fork would lose the other threads"
    while True:
        message, outputs, *_ = socket.recv_fds(control, MOST_BYTES, 2)
        if not message:
            return
        request = json.loads(message)
        if "ended" in request:
            answer = os.waitstatus_to_exitcode(os.waitpid(request["ended"], 0)[1])
        elif not (answer := os.fork()):
            control.close()
            _become_tropa(Path(request["folder"]), request["environment"], outputs)
            return
        for output in outputs:
            os.close(output)
        control.send(str(answer).encode())


def _become_tropa(folder: Path, environment: Mapping[str, str], outputs: Sequence[int]) -> None:
    """Do what `python -m bot run` does in ``folder``. ``outputs``: where its stdout and stderr go."""
    os.setsid()  # a signal to it reaches no process of the tests
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, file in enumerate((os.open(os.devnull, os.O_RDONLY), *outputs)):
        os.dup2(file, number)
        os.close(file)
    sys.argv = ["tropa", "run"]
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
