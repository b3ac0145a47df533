"""Check the room on the disk that an SQLite database needs."""

import shutil
from pathlib import Path

from bot.usecases.upkeep.findings import CheckName, Finding, Severity

LEAST_FREE_BYTES = 500_000_000


def check_disk(database: Path | None, least_free_bytes: int = LEAST_FREE_BYTES) -> Finding | None:
    """Return how much room there is beside a database file; None for a server, or without the folder."""
    folder = database.absolute().parent if database else None
    if folder is None or not folder.is_dir():
        return None
    free = shutil.disk_usage(folder).free
    is_enough = free >= least_free_bytes
    advice = "" if is_enough else ": free some space"
    severity = Severity.OK if is_enough else Severity.WARNING
    room = f"{free / 1e9:.1f} GB" if free >= 1e9 else f"{free / 1e6:.0f} MB"
    return Finding(CheckName.DISK, severity, f"{room} free at {folder}{advice}")
