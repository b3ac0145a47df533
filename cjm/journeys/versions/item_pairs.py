"""Pair the items of two versions of a list, and find those that were moved."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar


class HasKey(Protocol):
    @property
    def key(self) -> str: ...


Item = TypeVar("Item", bound=HasKey)
ItemPairs = Sequence[tuple[Item | None, Item | None]]
"""Items before and after: (None, item) was added, (item, None) was removed."""


def pair_items(old: Iterable[Item], new: Iterable[Item]) -> ItemPairs[Item]:
    """Pair items by key, or by a former key (``was``): in the new order, then those that were removed."""
    before = {item.key: item for item in old}
    pairs: list[tuple[Item | None, Item | None]] = []
    for item in new:
        keys = (item.key, *getattr(item, "was", ()))
        pairs.append((next((before.pop(k) for k in keys if k in before), None), item))
    return pairs + [(item, None) for item in before.values()]


def find_moved(pairs: ItemPairs[Item], old_order: Iterable[Item]) -> list[Item]:
    """Return the fewest items whose move explains the new order: all but a longest run that kept its order."""
    place = {item.key: number for number, item in enumerate(old_order)}
    staying = [(place[old.key], new) for old, new in pairs if old is not None and new is not None]
    # Longest increasing subsequence in quadratic time: lists of a journey have at most a few hundred items.
    runs: list[list[int]] = []  # the longest run that ends at each item
    for end, (number, _) in enumerate(staying):
        fitting = [run for run in runs if staying[run[-1]][0] < number]
        runs.append([*_longest(fitting), end])
    kept = set(_longest(runs))
    return [new for end, (_, new) in enumerate(staying) if end not in kept]


def _longest(runs: list[list[int]]) -> list[int]:
    return max(runs, key=len, default=[])
