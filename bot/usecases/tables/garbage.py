"""Garbage collection while a table goes in."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MOST_NEW = 50_000  # values; a batch of an import makes about twice as many


@contextmanager
def collect_garbage_seldom() -> Iterator[None]:
    """Look for garbage inside the block only when `_MOST_NEW` values more are there than before.

    A batch makes a hundred thousand values that stay until its commit, and then go by themselves: they refer to each
    other in no rings. Python would look through them after each few hundred new ones, a fifth of an import's time.
    """
    before = gc.get_threshold()
    gc.set_threshold(_MOST_NEW, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
