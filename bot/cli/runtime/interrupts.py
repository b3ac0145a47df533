"""Let a command end the step under way before Ctrl-C takes effect."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def hold_interrupts() -> Iterator[Callable[[], bool]]:
    """Yield a function that tells whether Ctrl-C was pressed inside the block; the second Ctrl-C interrupts at once."""
    is_pressed = False

    def note_press(number: int, frame: object) -> None:
        nonlocal is_pressed
        if is_pressed:
            raise KeyboardInterrupt
        is_pressed = True

    before = signal.signal(signal.SIGINT, note_press)
    try:
        yield lambda: is_pressed
    finally:
        signal.signal(signal.SIGINT, before)
