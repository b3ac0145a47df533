"""Progress of an import on the terminal, and a note while another command is waited for."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def show_progress(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """Show a bar on stderr for the block, hidden where stderr is no terminal; yield what moves it to a place."""
    stderr = sys.stderr
    with click.progressbar(
        length=length, label=label, file=stderr, hidden=not stderr.isatty(), update_min_steps=1
    ) as bar:
        # A phase that reads the file again begins again at its first byte.
        yield lambda place: bar.update(max(0, place - bar.pos))


class WaitingNote:
    """Function that is called while another command is waited for: it says so once, and Ctrl-C ends the waiting."""

    def __init__(self, is_stopped: Callable[[], bool]) -> None:
        self._is_stopped, self._is_said = is_stopped, False

    def __call__(self) -> None:
        if self._is_stopped():
            raise click.Abort
        if not self._is_said:
            click.echo("waiting for another import into this database to end; Ctrl-C ends the waiting", err=True)
        self._is_said = True
