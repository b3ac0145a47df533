"""A `tropa` command that is loaded already: a fork of the loader, with the output and the end of a subprocess."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tests.loading.forking import ask_for_fork
from tests.loading.shared import find_commands


class LoadedProcess:
    """Fork of the loader; the part of `asyncio.subprocess.Process` that the stories use."""

    def __init__(self, pid: int, stdout: asyncio.StreamReader, stderr: asyncio.StreamReader) -> None:
        self.pid, self.stdout, self.stderr = pid, stdout, stderr
        self.returncode: int | None = None

    @classmethod
    async def start(cls, folder: Path, environment: Mapping[str, str], *words: str, module: str = "bot") -> Self:
        """Start what `python -m` does in the folder with this module and these words."""
        nothing = os.open(os.devnull, os.O_RDONLY)
        stdout, out = await _open_output()
        stderr, err = await _open_output()
        request = {"folder": str(folder), "environment": dict(environment), "arguments": ["-m", module, *words]}
        pid = await asyncio.to_thread(lambda: ask_for_fork(find_commands(), request, nothing, out, err))
        for file in (nothing, out, err):
            os.close(file)
        return cls(pid, stdout, stderr)

    async def wait(self) -> int:
        """Return the exit code, which is -N after signal N, when it has ended."""
        if self.returncode is None:
            end = os.pidfd_open(self.pid)
            try:
                await _wait_until_readable(end)
            finally:
                os.close(end)
            self.returncode = await asyncio.to_thread(ask_for_fork, find_commands(), {"ended": self.pid})
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
