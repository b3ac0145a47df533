"""Chats of a demo that is kept: they come back in the next run as they were at the end of the last one.

Invariants:
* Only this user may read the files: they hold what customers said.
* The files are there between two runs only. A run that is killed leaves none, so that nothing comes back that the
  database does not know, or that was erased meanwhile.
* They hold what the chats show. Who is forgotten keeps what they sent in their own chat, as in Telegram, where no bot
  takes it from them; in the other chats, and so in the files, it is gone.
* Files that somebody changed do not come back: chats of a wrong shape would break the page in every later run. A link
  is removed, and nothing is read or written where it leads.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.private_files import make_private
from bot.sandbox.world.snapshot import ChatsSnapshot, restore_chats, take_snapshot
from bot.sandbox.world.world import World

CHATS, FILES = "chats.json", "chat-files"


@contextmanager
def keep_chats(folder: Path, world: World) -> Iterator[bool]:
    """Bring the chats of the last run back, and store those of this run when the block ends, however it ends.

    Yields whether there were chats that could be read.
    """
    are_back = _take_back(folder, world)
    try:
        yield are_back
    finally:
        _store(folder, world)


def _take_back(folder: Path, world: World) -> bool:
    try:
        chats = folder / CHATS
        stored, is_link = json.loads(_read_own(chats)), (folder / FILES).is_symlink()
        files = {} if is_link else {path.name: _read_own(path) for path in (folder / FILES).iterdir()}
        if stored["checksum"] != _find_checksum(stored["chats"], files):
            return False
        restore_chats(world, ChatsSnapshot(json.loads(stored["chats"]), files))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return False  # the demo goes on without them, and its page says so
    finally:
        _remove(folder)
    return True


def _read_own(path: Path) -> bytes:
    """Read a file. Raises OSError for a link and for a pipe, on which reading would wait for ever."""
    if path.is_symlink() or not path.is_file():
        raise OSError(f"{path.name} is no file")
    return path.read_bytes()


def _find_checksum(chats: str, files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256(chats.encode())
    for name in sorted(files):
        digest.update(name.encode() + hashlib.sha256(files[name]).digest())
    return digest.hexdigest()


def _store(folder: Path, world: World) -> None:
    _remove(folder)
    snapshot = take_snapshot(world)
    (folder / FILES).mkdir(mode=0o700)
    for name, content in snapshot.files.items():
        _write_private(folder / FILES / name, content)
    chats = json.dumps(snapshot.values)
    # Last, and at once: with this file the chats are complete.
    draft = folder / f"{CHATS}.new"
    stored = {"checksum": _find_checksum(chats, snapshot.files), "chats": chats}
    _write_private(draft, json.dumps(stored).encode())
    draft.replace(folder / CHATS)


def _remove(folder: Path) -> None:
    for path in (folder / CHATS, folder / f"{CHATS}.new", folder / FILES):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _write_private(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    make_private(path)
    path.write_bytes(content)
