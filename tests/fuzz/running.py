"""Run the fuzzing of one door in a process of its own, which gives way to all others."""

import asyncio
import os
import sys
import warnings

from tests.fuzz.door import FuzzRun
from tests.fuzz.doors import DOORS


def fuzz(name: str, minutes: float, seed: int, life: int) -> None:
    """Fuzz one door, print what is found, and end the process with 1 when something was."""
    os.nice(19)
    warnings.simplefilter("error")
    run = FuzzRun(DOORS[name](), seed, lambda finding: _say(f"FOUND {finding}\n"))
    report = asyncio.run(run.run(minutes * 60, life))
    _say(f"{name:10} seed {seed}: {report}")
    sys.exit(bool(report.findings))


def _say(text: str) -> None:
    print(text.encode("utf-8", "backslashreplace").decode(), flush=True)  # noqa: T201 - a command prints
