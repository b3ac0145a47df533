"""Compiled statements that all databases of one test process share.

SQLAlchemy keeps them with each engine, and nearly every test opens a database of its own, so the same statements would
be compiled again in every test. What they compile to depends on the kind of database alone.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.util import LRUCache

MOST = 5000  # statements; all tests together have about half as many


class SharedStatements(LRUCache[Any, Any]):
    """Compiled statements by their key, in which the engine's own dialect is replaced by its class."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_without_engine(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_without_engine(key), value)


def _without_engine(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *statement = key
    return type(dialect), *statement


_shared = SharedStatements(MOST)


def share_compiled_statements() -> None:
    """Let every connection that is opened from now on use the same compiled statements."""

    @event.listens_for(Engine, "engine_connect")
    def use_shared(connection: Connection) -> None:
        connection.execution_options(compiled_cache=_shared)
