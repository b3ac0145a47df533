"""A write that joins the next one: two rooms share a transaction without knowing each other.

::

    with next_write_also(handling.mark_done, then=handling.confirm):
        await handle(update)  # its first db.write() also marks the update done, in the same transaction

The block is known to :meth:`Database.write` by a context variable, so tasks that are started inside belong to it too.
Write one after the other inside the block: two writes at the same time would both run ``also``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection


class JoinedWrite:
    """Something to be written once, together with the next write that commits."""

    def __init__(self, also: Callable[[Connection], None], then: Callable[[], None]) -> None:
        self._also = also
        self._then = then
        self._is_committed = False

    def run(self, tx: Connection) -> None:
        """Write at the start of ``tx``, unless an earlier transaction has committed it. Raises what ``also`` raises."""
        if not self._is_committed:
            self._also(tx)

    def confirm(self) -> None:
        """Note that the transaction is durable; the first time, call ``then``."""
        if not self._is_committed:
            self._is_committed = True
            self._then()


_current: ContextVar[JoinedWrite | None] = ContextVar("joined_write", default=None)
find_joined_write = _current.get


@contextmanager
def next_write_also(also: Callable[[Connection], None], *, then: Callable[[], None]) -> Iterator[None]:
    """Let the first write that commits inside this block run ``also`` at its start; call ``then`` after the commit.

    A write that fails is rolled back with its ``also``, and the next one tries again. When ``also`` raises, that write
    fails with its exception.
    """
    with _use(JoinedWrite(also, then)):
        yield


@contextmanager
def write_apart() -> Iterator[None]:
    """Keep the writes inside this block on their own: nothing joins them, even inside a block of `next_write_also`."""
    with _use(None):
        yield


@contextmanager
def _use(joined: JoinedWrite | None) -> Iterator[None]:
    token = _current.set(joined)
    try:
        yield
    finally:
        _current.reset(token)
