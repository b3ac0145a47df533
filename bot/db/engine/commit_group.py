"""Work that the writes of one commit put off to its end, so that it is done once for all of them.

Sixty-four taps that share a commit move the same handful of counters: each would write them for itself.

Invariants:

* What a write puts off is undone with it (`undo_since`), and done before the commit that holds the write.
* Only a write that is promised to read nothing of what it puts off may do so: it would not see it.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
_GROUP = "commit group"  # key in the connection's `info`


class CommitGroup:
    """Work that was put off by the writes of one transaction until now."""

    def __init__(self) -> None:
        self._put_off: list[tuple[Callable[[Connection, list[Any]], None], Any]] = []

    def run(self, tx: Connection, fn: Callable[[Connection], T]) -> T:
        """Run a write that may put work off, and undo what it has put off if it raises."""
        mark = len(self._put_off)
        tx.info[_GROUP] = self
        try:
            return fn(tx)
        except BaseException:
            del self._put_off[mark:]
            raise
        finally:
            del tx.info[_GROUP]

    def put_off(self, act: Callable[[Connection, list[Any]], None], subject: Any) -> None:
        """Let ``act`` be called at the end with this subject and all others that were put off for it."""
        self._put_off.append((act, subject))

    def finish(self, tx: Connection) -> None:
        """Do what was put off."""
        by_act: dict[Callable[[Connection, list[Any]], None], list[Any]] = {}
        for act, subject in self._put_off:
            by_act.setdefault(act, []).append(subject)
        self._put_off.clear()
        for act, subjects in by_act.items():
            act(tx, subjects)


def find_commit_group(tx: Connection) -> CommitGroup | None:
    """Return the group in which the write that runs may put work off; None if it may not."""
    found: CommitGroup | None = tx.info.get(_GROUP)
    return found
