"""Span: part of a text, by the places of its first character and of the one after its last."""

from collections.abc import Iterable
from typing import NamedTuple

MARK = "•••"
"""Sign for what was blurred: every typeface has it, and nothing is found in it again."""


class Span(NamedTuple):
    """Part of a text from ``start`` up to ``end``, which is not in it."""

    start: int
    end: int


def put_marks(text: str, spans: Iterable[Span]) -> str:
    """Return the text with one mark in place of each span; spans that touch, or stand a space apart, get one mark."""
    pieces: list[str] = []
    marked_until = read_until = 0
    for start, end in sorted(spans):
        if start >= read_until and (not pieces or text[marked_until:start].strip()):
            pieces += [text[read_until:start], MARK]
        read_until = marked_until = max(read_until, end)
    return "".join([*pieces, text[read_until:]])
