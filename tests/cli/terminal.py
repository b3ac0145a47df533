"""A command in a process and on a terminal of its own, whose output is read as it comes."""

import os
import pty
import re
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.conftest import ROOT
from tests.loading.shared import find_python


class Terminal:
    """Process of `tropa` with its terminal: ``with Terminal(folder, "import", …) as terminal:``."""

    def __init__(self, folder: Path, *args: object) -> None:
        self.output = ""
        self._end, theirs = pty.openpty()
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        command = [*find_python(), "-m", "bot", *map(str, args)]
        self._process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._end)

    def wait_for(self, pattern: str) -> None:
        """Read until the output matches ``pattern``; fail when the process ends without that."""
        while not re.search(pattern, self.output):
            assert self._read(), f"ended without {pattern!r}:\n{self.output}"

    def interrupt(self) -> None:
        """Send what Ctrl-C sends."""
        self._process.send_signal(signal.SIGINT)

    def wait_for_end(self) -> int:
        """Read until the process has ended; return its exit code."""
        while self._read():
            pass
        return self._process.wait()

    def _read(self) -> bool:
        """Read what comes next; False at the end, which a terminal tells by an error."""
        try:
            piece = os.read(self._end, 65536)
        except OSError:
            return False
        self.output += piece.decode("utf-8", "replace")
        return bool(piece)
