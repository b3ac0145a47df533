"""Splitting long lists of values over several statements."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
CHUNK = 400  # SQLite and PostgreSQL both limit the parameters of one statement


def split_into_chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield ``values`` in order, at most `CHUNK` at a time: each chunk fits into one ``IN (…)``."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
