"""Watch a process while it is fuzzed: its log, how long it holds the event loop, and its memory.

Seconds are seconds of the processor in this thread, and are compared with a piece of work that was measured in the same
run. So neither a slow machine nor other processes make a test fail.
"""

import asyncio
import contextlib
import functools
import json
import logging
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.fuzz.mutation import CANARY

LONGEST_STRETCH = 40  # times the reference work
MOST_GROWTH = 200.0  # MB
BEAT = 0.01  # seconds between two looks at the event loop
_PLAIN_FIELDS = set(vars(logging.makeLogRecord({})))


class LogWatch(logging.Handler):
    """Handler of all logs that keeps the errors, and those lines that hold what no log may hold."""

    def __init__(self, secrets: Iterable[str] = (), expected: Iterable[str] = ()) -> None:
        super().__init__(logging.INFO)
        self.secrets, self.expected = (CANARY, *secrets), tuple(expected)
        self.leaks: list[str] = []
        self.errors: list[str] = []
        self.lines = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += 1
        fields = {name: value for name, value in vars(record).items() if name not in _PLAIN_FIELDS}
        line = f"{record.name}: {record.getMessage()} {fields}"
        if record.exc_info:
            line += logging.Formatter().formatException(record.exc_info)
        if any(secret in line for secret in self.secrets):
            self.leaks.append(line)
        elif record.levelno >= logging.ERROR and not any(words in line for words in self.expected):
            self.errors.append(line)

    def take(self) -> list[str]:
        """Return what was logged and should not have been, and forget it."""
        found = [f"the log tells what it must not: {line}" for line in self.leaks]
        found += [f"the log tells of an error: {line}" for line in self.errors]
        self.leaks, self.errors = [], []
        return found


@contextlib.contextmanager
def watch_logs(secrets: Iterable[str] = (), expected: Iterable[str] = ()) -> Iterator[LogWatch]:
    """Let a LogWatch have all lines of the block, and nobody else. Errors with ``expected`` words are none."""
    root, watch = logging.getLogger(), LogWatch(secrets, expected)
    before, level = root.handlers[:], root.level
    root.handlers[:] = [watch]
    root.setLevel(logging.INFO)
    try:
        yield watch
    finally:
        root.handlers[:] = before
        root.setLevel(level)


class LoopWatch:
    """Longest time that the thread computed without giving way, as a multiple of the reference work."""

    def __init__(self) -> None:
        self.reference = measure_reference()
        self.longest = 0.0
        self._last = time.thread_time()

    def begin(self) -> None:
        """Forget what was noted: the next stretch begins here."""
        self.longest, self._last = 0.0, time.thread_time()

    def note(self) -> None:
        """Note that a stretch of work has ended here."""
        now = time.thread_time()
        self.longest = max(self.longest, (now - self._last) / self.reference)
        self._last = now

    async def beat(self) -> None:
        """Look at the event loop until cancelled."""
        while True:
            self._last = time.thread_time()
            await asyncio.sleep(BEAT)
            self.note()

    def take(self) -> float:
        """Return the longest stretch so far, and begin again."""
        longest, self.longest = self.longest, 0.0
        return longest


@functools.cache
def measure_reference() -> float:
    """Return the seconds of the reference work, measured once in a process."""

    def measure() -> float:
        began = time.thread_time()
        json.loads(json.dumps(list(range(100_000))))
        return time.thread_time() - began

    return min(measure() for _ in range(3))


def read_memory() -> float:
    """Return the memory of this process in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
