"""Files that only the user who runs Tropa may read: they hold secrets, or what customers said."""

import os
from pathlib import Path
from typing import BinaryIO

_OWNER_ONLY = 0o600


def make_private(path: Path) -> None:
    """Make an empty file with mode 600 if it is missing; one that is there keeps its mode and its content.

    Later writes, also by SQLite, keep the mode. Raises OSError unless this user may write to it.
    """
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _OWNER_ONLY))


def open_private(path: Path) -> BinaryIO:
    """Open a new file with mode 600 for writing, in the place of one that is there.

    What stood there may be a link to another file, or be readable by others. Raises OSError.
    """
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb")
