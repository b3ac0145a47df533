"""Directions: which parts of a line run from right to left, as Hebrew and Arabic do."""

import unicodedata

TO_THE_LEFT, TO_THE_RIGHT = "\u200f", "\u200e"  # marks that have a direction and no glyph: they begin a line
_RIGHT_TO_LEFT = frozenset(("R", "AL"))
_NEUTRAL_MARK = "\u0300"  # has the direction of the letter before it


def is_right_to_left(text: str) -> bool:
    """Return whether the first letter of the text belongs to a script that runs from right to left."""
    if text.isascii():
        return False
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in _RIGHT_TO_LEFT for kind in kinds if kind in ("L", "R", "AL")), False)


def find_levels(text: str) -> list[int]:
    """Return the level of each character by the Unicode Bidirectional Algorithm: an odd one runs from right to left."""
    if text.isascii() or not any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in text):
        return [0] * len(text)
    from bidi import algorithm

    # The algorithm drops joiners; a mark in their place keeps the count of characters.
    kept = "".join(_NEUTRAL_MARK if unicodedata.bidirectional(c) == "BN" else c for c in text)
    base = 1 if is_right_to_left(text) else 0
    line = algorithm.get_empty_storage() | {"base_level": base, "base_dir": "LR"[base]}
    algorithm.get_embedding_levels(kept, line)
    algorithm.explicit_embed_and_overrides(line)
    algorithm.resolve_weak_types(line)
    algorithm.resolve_neutral_types(line, False)
    algorithm.resolve_implicit_levels(line, False)
    return [character["level"] for character in line["chars"]]


def order_runs(levels: list[int]) -> list[int]:
    """Return the numbers of runs from left to right: those of a level are turned around, from the deepest on."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = max(end, start + 1)
    return order
