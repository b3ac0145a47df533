"""One process that has loaded Tropa, and forks a `tropa run` whenever the stories ask for one (`loaded.py`).

A fork is a process of its own, with its own memory, files, locks and signals. It only spares the seconds of loading,
which are the same in every story. The loader has one thread, and holds nothing open but its socket to the tests.

Its drawing process is forked, too: before Tropa opens anything, and waiting until Tropa spawns one. A second one, which
takes the place of one that died, is spawned as always.
"""

import fcntl
import gc
import importlib
import json
import os
import re
import runpy
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from multiprocessing import spawn, util
from pathlib import Path
from typing import Any

from bot.cli.runtime.loading import pause_garbage_collection
from cjm.drawing import warm_up

MOST_BYTES = 1_000_000  # of a request or an answer
MOST_FILES = 64  # that a process is given
LOADED = ("bot.cli", "bot.app.run", "bot.config.reader", "bot.cli.runtime.logs", "aiosqlite", "asyncpg")


def main() -> None:
    """Serve the socket whose number is the first argument, until its other end is closed."""
    control = socket.socket(fileno=int(sys.argv[1]))
    with pause_garbage_collection():
        for name in LOADED:
            importlib.import_module(name)
    warm_up()
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
    _prepare_worker()
    sys.argv = ["tropa", "run"]
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


def _prepare_worker() -> None:
    """Fork a process that becomes the first one which `multiprocessing` spawns here; those after it are spawned."""
    start, its_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if not (pid := os.fork()):
        start.close()
        _become_worker(its_end)
    its_end.close()
    spawn_process = util.spawnv_passfds

    def use_worker(path: bytes, args: Sequence[Any], passfds: Sequence[int]) -> int:
        if "--multiprocessing-fork" not in args:  # it tracks what processes share
            return spawn_process(path, args, passfds)
        util.spawnv_passfds = spawn_process
        socket.send_fds(start, [json.dumps([[os.fsdecode(part) for part in args], list(passfds)]).encode()], passfds)
        start.close()
        return pid

    util.spawnv_passfds = use_worker


def _become_worker(start: socket.socket) -> None:
    """Wait until this process is wanted, then run its command and end; end at once if Tropa ends before that."""
    message, files, *_ = socket.recv_fds(start, MOST_BYTES, MOST_FILES)
    if not message:
        os._exit(0)
    start.close()
    command, numbers = json.loads(message)
    # Files are named by their numbers in Tropa's process, in the command and in what comes through the pipe.
    apart = [fcntl.fcntl(file, fcntl.F_DUPFD, max(numbers) + 1) for file in files]
    for file, number in zip(apart, numbers, strict=True):
        os.dup2(file, number)
    os.closerange(max(numbers) + 1, max(apart) + 1)
    sys.argv = ["-c", "--multiprocessing-fork"]
    spawn.spawn_main(**{name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", " ".join(command))})


if __name__ == "__main__":
    main()
