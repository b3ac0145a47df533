"""A `tropa run` that is loaded already: a fork of the loader, with the output and the end of a subprocess."""

import asyncio
import functools
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tests.conftest import ROOT
from tests.stories.loader import MOST_BYTES


class _Loader:
    """Loader that runs as long as this process of tests."""

    def __init__(self) -> None:
        self._one_request = threading.Lock()
        self._socket, other_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.stories.loader", str(other_end.fileno())]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        # A session of its own: Ctrl-C in a terminal ends the tests, and then their end of the socket.
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, pass_fds=[other_end.fileno()], start_new_session=True
        )
        other_end.close()

    def ask(self, request: Mapping[str, object], *files: int) -> int:
        with self._one_request:
            socket.send_fds(self._socket, [json.dumps(request).encode()], files)
            answer = self._socket.recv(MOST_BYTES)
        assert answer, "the loader has ended"
        return int(answer)


@functools.cache
def _share_loader() -> _Loader:
    return _Loader()


class LoadedProcess:
    """Fork of the loader; the part of `asyncio.subprocess.Process` that the stories use."""

    def __init__(self, pid: int, stdout: asyncio.StreamReader, stderr: asyncio.StreamReader) -> None:
        self.pid, self.stdout, self.stderr = pid, stdout, stderr
        self.returncode: int | None = None

    @classmethod
    async def start(cls, folder: Path, environment: Mapping[str, str]) -> Self:
        stdout, out = await _open_output()
        stderr, err = await _open_output()
        request = {"folder": str(folder), "environment": dict(environment)}
        pid = await asyncio.to_thread(lambda: _share_loader().ask(request, out, err))
        os.close(out)
        os.close(err)
        return cls(pid, stdout, stderr)

    async def wait(self) -> int:
        """Return the exit code, which is -N after signal N, when it has ended."""
        if self.returncode is None:
            end = os.pidfd_open(self.pid)
            try:
                await _wait_until_readable(end)
            finally:
                os.close(end)
            self.returncode = await asyncio.to_thread(_share_loader().ask, {"ended": self.pid})
        return self.returncode


async def _open_output() -> tuple[asyncio.StreamReader, int]:
    """Return a stream, and the number of the file that is written to be read from it."""
    read_end, write_end = os.pipe()
    stream = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(read_end, "rb", buffering=0)
    )
    return stream, write_end


async def _wait_until_readable(file: int) -> None:
    readable = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(file, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(file)
