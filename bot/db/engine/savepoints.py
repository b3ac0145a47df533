"""A part of a write that may fail alone, because its fault must not undo the rest of the transaction."""

from collections.abc import Callable

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def run_in_savepoint(tx: Connection, act: Callable[[], None]) -> Exception | None:
    """Run ``act``; if it raises, undo what it wrote and return the exception.

    Errors of the database are raised: they concern the whole transaction, which is tried again or given up.
    """
    try:
        with tx.begin_nested():
            act()
    except DBAPIError:
        raise
    except Exception as error:
        return error
    return None
