"""What a transaction did that somebody may wait for: told after the commit, so that nobody has to ask all the time."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
LETTERS = "letters"
INBOX = "inbox"


def announce(tx: Connection, topic: str) -> None:
    """Wake those who listen for ``topic`` once this transaction is durable."""
    tx.info.setdefault("announced", set()).add(topic)


def collect_announcements(tx: Connection, fn: Callable[[Connection], T]) -> tuple[T, set[str]]:
    """Run ``fn``; its result, and what it announced."""
    tx.info["announced"] = set()  # what a failed job announced before on this connection was rolled back with it
    return fn(tx), tx.info.pop("announced")


class Listeners:
    """Who is to be woken by what."""

    def __init__(self) -> None:
        self._listeners: list[tuple[str, Callable[[], None]]] = []

    def add(self, topic: str, listener: Callable[[], None]) -> Callable[[], None]:
        """The result ends it."""
        entry = (topic, listener)
        self._listeners.append(entry)
        return lambda: self._listeners.remove(entry)

    def notify(self, topics: set[str]) -> None:
        for topic, listener in tuple(self._listeners):
            if topic in topics:
                listener()
