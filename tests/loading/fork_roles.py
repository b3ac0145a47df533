"""What a fork of the loader becomes: a command such as `tropa run`, or a worker of pytest-xdist.

The drawing process of `tropa run` is forked, too: before Tropa opens anything, and waiting until Tropa spawns one. A
second one, which takes the place of one that died, is spawned as always.
"""

import fcntl
import json
import os
import re
import runpy
import socket
import sys
from collections.abc import Sequence
from multiprocessing import spawn, util
from types import ModuleType
from typing import Any

from tests.loading.forking import MOST_BYTES, Request

MOST_FILES = 64  # that a drawing process is given


def become_command(request: Request, streams: list[int]) -> None:
    """Do what `python` does with these arguments, which are ``-m``, a module, and its arguments."""
    os.setsid()  # a signal to it reaches no process of the tests
    _move_in(request, streams)
    _, module, *arguments = request["arguments"]
    if arguments[:1] == ["run"]:
        _prepare_drawing()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def become_worker(request: Request, streams: list[int]) -> None:
    """Do what `python -c …` does by which execnet starts a worker: run the line that comes by stdin."""
    _move_in(request, streams)
    sys.argv, main = ["-c"], ModuleType("__main__")
    sys.modules["__main__"] = main  # what `multiprocessing` spawns imports the main module of its parent
    exec(eval(sys.stdin.readline()), main.__dict__)  # noqa: S102, S307 - execnet's own line, from the process of the tests


def _move_in(request: Request, streams: Sequence[int]) -> None:
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    for number, file in enumerate(streams):
        os.dup2(file, number)
        os.close(file)


def _prepare_drawing() -> None:
    """Fork a process that becomes the first one which `multiprocessing` spawns here; those after it are spawned."""
    start, its_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if not (pid := os.fork()):
        start.close()
        _become_drawing(its_end)
    its_end.close()
    spawn_process = util.spawnv_passfds

    def use_prepared(path: bytes, args: Sequence[Any], passfds: Sequence[int]) -> int:
        if "--multiprocessing-fork" not in args:  # it tracks what processes share
            return spawn_process(path, args, passfds)
        util.spawnv_passfds = spawn_process
        socket.send_fds(start, [json.dumps([[os.fsdecode(part) for part in args], list(passfds)]).encode()], passfds)
        start.close()
        return pid

    util.spawnv_passfds = use_prepared


def _become_drawing(start: socket.socket) -> None:
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
