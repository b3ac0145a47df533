"""Announcements: what a transaction did that a worker may be waiting for.

They are told after the commit, in this process only, so a worker that is woken finds the rows before its next poll.
"""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
LETTERS = "letters"
ERASURES = "erasures"  # words or people were erased: their traces are to go from the files, too


def announce(tx: Connection, topic: str) -> None:
    """Wake the listeners of ``topic`` once this transaction is durable."""
    tx.info.setdefault("announced", set()).add(topic)


def collect_announcements(tx: Connection, fn: Callable[[Connection], T]) -> tuple[T, set[str]]:
    """Run ``fn``; return its result and the topics that it announced."""
    tx.info["announced"] = set()  # what a failed job announced before on this connection was rolled back with it
    return fn(tx), tx.info.pop("announced")


class Listeners:
    """Functions to call when a topic was announced."""

    def __init__(self) -> None:
        self._listeners: list[tuple[str, Callable[[], None]]] = []

    def add(self, topic: str, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after each announcement of ``topic``; calling the result ends that."""
        entry = (topic, listener)
        self._listeners.append(entry)
        return lambda: self._listeners.remove(entry)

    def notify(self, topics: set[str]) -> None:
        """Call the listeners of these topics."""
        for topic, listener in tuple(self._listeners):  # a listener may remove itself
            if topic in topics:
                listener()
