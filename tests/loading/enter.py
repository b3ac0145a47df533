"""Stand in for `python -m …` in a process of its own: give streams and arguments to a fork of the loader.

Arguments: a socket of the loader, and what Python would get. It loads nothing of ours, to start in an instant.
"""

import json
import os
import select
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def main() -> None:
    """Wait until the fork has ended, and end like it; without a loader, become the Python that was meant."""
    path, *arguments = sys.argv[1:]
    request = {"folder": str(Path.cwd()), "environment": dict(os.environ), "arguments": arguments}
    pid = ""
    with suppress(OSError):
        pid = ask(path, request, 0, 1, 2)
    if not pid:
        os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 - the very arguments that were meant
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(int(pid), number))
    ended = os.pidfd_open(int(pid))
    os.close(0)  # who reads the streams takes their end for that of the fork
    os.close(1)
    select.select([ended], [], [])
    sys.exit(abs(int(ask(path, {"ended": int(pid)}) or 1)))


def ask(path: str, request: Mapping[str, object], *files: int) -> str:
    """Return the answer of the loader, which is empty when it ended."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.connect(path)
        socket.send_fds(connection, [json.dumps(request).encode()], files)
        return connection.recv(100).decode()


if __name__ == "__main__":
    main()
