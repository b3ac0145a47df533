"""Files that one worker of the tests makes, and all others use: a migrated database, a cluster of PostgreSQL."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def make_once(folders: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return the path of a file or folder with this name; ``make`` makes it at a path, once in a run of the tests.

    Workers that ask for it meanwhile wait. Nobody may change it.
    """
    folder = folders.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # that of the run: each worker has one inside
    path, unfinished = folder / name, folder / f"unfinished-{name}"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            make(unfinished)
            unfinished.rename(path)
    return path
