"""Statements that the product sends to a database, for tests that count them or look at their plans."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Engine, event

NOT_COUNTED = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK")


class SentStatement(NamedTuple):
    """Statement as the driver gets it; of an executemany the parameters are a list."""

    text: str
    parameters: Any


@contextmanager
def listen_to_statements() -> Iterator[list[SentStatement]]:
    """Collect the statements that are sent inside the block, to any database; an executemany is one."""
    statements: list[SentStatement] = []

    def note(_connection: Any, _cursor: Any, text: str, parameters: Any, *_: Any) -> None:
        if not text.startswith(NOT_COUNTED):
            statements.append(SentStatement(text, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)
