"""Loading what a command needs, quickly."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pause_garbage_collection() -> Iterator[None]:
    """Collect no garbage inside the block, which only imports.

    Imports make millions of objects that stay. Looking through them again and again takes a tenth of a start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
