"""Requests for forks: each comes by a connection of its own, with the files that the fork gets."""

import json
import os
import select
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

MOST_BYTES = 1_000_000  # of a request or an answer
MOST_FILES = 3
BACKLOG = 64  # of a socket

Request = dict[str, Any]


def ask_for_fork(path: Path, request: Request, *files: int) -> int:
    """Return the pid of a fork that got ``files``, or the exit code of the one that ``request`` says has ended."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.connect(str(path))
        socket.send_fds(connection, [json.dumps(request).encode()], files)
        answer = connection.recv(MOST_BYTES)
    assert answer, "the loader has ended"
    return int(answer)


def serve_forks(listener: socket.socket, become: Callable[[Request, list[int]], None]) -> None:
    """Fork for each request until stdin ends, and end the forks then; in a fork, return when it has run.

    ``become``: what a fork does with its request and its files.
    """
    forks: set[int] = set()
    while _wait_for_request(listener):
        connection, _ = listener.accept()
        message, files, *_ = socket.recv_fds(connection, MOST_BYTES, MOST_FILES)
        request = json.loads(message or "{}")
        if pid := request.get("ended"):
            forks.discard(pid)
            answer = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        elif answer := os.fork():
            forks.add(answer)
        else:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            connection.close()
            listener.close()
            become(request, files)
            return
        for file in files:
            os.close(file)
        with connection:
            connection.send(str(answer).encode())
    _end(forks)


def _wait_for_request(listener: socket.socket) -> bool:
    """Return whether there is one; there is none any more when stdin has ended."""
    readable, _, _ = select.select([0, listener.fileno()], [], [])
    return 0 not in readable


def _end(forks: set[int]) -> None:
    """End what still runs: who asked for it has gone."""
    for pid in forks:
        if not os.waitpid(pid, os.WNOHANG)[0]:
            os.kill(pid, signal.SIGKILL)
