"""Complementary suppression: hide also what would tell a hidden figure, because the parts of a total are subtracted.

Statistical offices call it *complementary* (or secondary) *cell suppression* (Cox 1980, "Suppression methodology and
statistical disclosure control", JASA 75; Willenborg & de Waal 2001). Figures of fewer people than a minimum are hidden
first; then the smallest others, until no sum or difference of what is shown is about so few people.

* What is hidden depends on all parts of a total together, not on which of them was asked for: all who look at the same
  days see the same parts.
* Only figures of the same days are protected from each other. Two periods that differ by one day tell that day.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

Atom = TypeVar("Atom", bound=Hashable)
CountPeople = Callable[[frozenset[Atom]], int]
Group = frozenset[int]
"""Classes of atoms by their numbers."""

_MOST_UNIONS = 5_000  # groups of few people that are tried; with more of them a part is hidden in any case


def hide_small_counts(counts: Mapping[str, int], minimum: int) -> Mapping[str, int]:
    """Return the counts of people that may be shown beside each other and beside their total.

    A count of fewer people than the minimum is hidden. While the hidden ones follow from the total, because there is
    only one or because together they are fewer than the minimum, the smallest of the others is hidden too.
    """
    hidden = {key for key, n in counts.items() if 0 < n < minimum}
    shown = sorted((n, key) for key, n in counts.items() if n > 0 and key not in hidden)
    while hidden and (len(hidden) == 1 or sum(counts[key] for key in hidden) < minimum):
        if not shown:  # nothing is left to hide it behind, so the zeros may not stand either
            return {}
        hidden.add(shown.pop(0)[1])
    return {key: n for key, n in counts.items() if key not in hidden}


def choose_shown_parts(
    parts: Mapping[str, Collection[Atom]],
    atoms: Collection[Atom],
    count_people: CountPeople[Atom],
    minimum: int,
    sizes: Mapping[str, int] | None = None,
    given: Collection[str] = (),
) -> frozenset[str]:
    """Return the parts of everyone whose figures may be shown, beside the figure of everyone.

    A part, such as a segment or a channel, is made of atoms: disjoint portions of the answers, such as those of a
    cohort; parts may overlap. ``count_people`` counts the people of a set of atoms: never fewer than those of a smaller
    set, and maybe fewer than its atoms have one by one, as a person may be in several. ``sizes`` are those of the
    parts, where the people are known as a lower bound only. ``given`` are parts that are shown elsewhere already.

    Larger parts come first. A part is shown unless, together with those shown before, it tells the figure of fewer
    people than the minimum: itself, everyone without it, or any other set of atoms. So no hidden part could be shown
    beside the shown ones. With fewer people than the minimum in all, nothing is shown.
    """
    family = _Family.make(parts, atoms, count_people)
    everyone = frozenset(range(len(family.classes)))
    if family.count(everyone) < minimum:
        return frozenset()
    shown: set[str] = set()
    span = _Span({}).add(everyone)
    for key in given:
        span = span.add(family.parts[key])
        shown.add(key)
    known_sizes = sizes or {key: family.count(part) for key, part in family.parts.items()}
    for key in order_parts({key: known_sizes[key] for key in parts.keys() - shown}):
        if family.count(family.parts[key]) < minimum:
            continue
        wider = span.add(family.parts[key])
        if wider is span or not _tells_of_few(wider, family, minimum):
            span = wider
            shown.add(key)
    return frozenset(shown)


def order_parts(sizes: Mapping[str, int]) -> list[str]:
    """Return parts in the order in which they are chosen: the largest first."""
    return sorted(sizes, key=lambda key: (-sizes[key], key))


def _tells_of_few(span: "_Span", family: "_Family", minimum: int) -> bool:
    """Return whether a combination of the span is a group of fewer people than the minimum, or there are too many.

    A group in the span is the sum of the rows whose pivots it holds. Large classes become pivots, so few are tried.
    """
    sums: list[tuple[dict[int, Fraction], Group]] = [({}, frozenset())]
    for pivot, row in span.rows.items():
        wider = [
            (_subtract(total, row, Fraction(-1)), pivots | {pivot})
            for total, pivots in sums
            if family.count(pivots | {pivot}) < minimum
        ]
        if any(_is_group(total) and family.count(frozenset(total)) < minimum for total, _ in wider):
            return True
        sums += wider
        if len(sums) > _MOST_UNIONS:
            return True
    return False


def _is_group(combination: Mapping[int, Fraction]) -> bool:
    return all(value == 1 for value in combination.values())


@dataclass(frozen=True, slots=True)
class _Family:
    """Parts as sets of classes; a class holds the atoms that belong to the same parts, at least one with people."""

    parts: Mapping[str, Group]
    classes: tuple[frozenset[Any], ...]
    count_people: CountPeople[Any]

    @classmethod
    def make(
        cls, parts: Mapping[str, Collection[Atom]], atoms: Collection[Atom], count_people: CountPeople[Atom]
    ) -> "_Family":
        members: dict[tuple[str, ...], set[Atom]] = {}
        for atom in atoms:
            if count_people(frozenset([atom])) > 0:
                members.setdefault(tuple(sorted(key for key, part in parts.items() if atom in part)), set()).add(atom)
        sizes = {signature: count_people(frozenset(of_class)) for signature, of_class in members.items()}
        ordered = sorted(members, key=lambda signature: (-sizes[signature], signature))
        classes = tuple(frozenset(members[signature]) for signature in ordered)
        number = {atom: place for place, of_class in enumerate(classes) for atom in of_class}
        groups = {key: frozenset(number[atom] for atom in part if atom in number) for key, part in parts.items()}
        return cls(groups, classes, count_people)

    def count(self, group: Group) -> int:
        """Return the people of a group of classes."""
        return self.count_people(frozenset(atom for place in group for atom in self.classes[place]))


@dataclass(frozen=True, slots=True)
class _Span:
    """Linear combinations of groups of classes: reduced rows by pivot, in exact fractions, without zeros."""

    rows: Mapping[int, Mapping[int, Fraction]]

    def add(self, group: Group) -> "_Span":
        """Return the span with one group more, or itself where it holds the group."""
        rest = self._reduce(group)
        if not rest:
            return self
        pivot = min(rest)
        new = {column: value / rest[pivot] for column, value in rest.items()}
        rows = {at: _subtract(row, new, row[pivot]) if pivot in row else row for at, row in self.rows.items()}
        return _Span({**rows, pivot: new})

    def _reduce(self, group: Iterable[int]) -> dict[int, Fraction]:
        """Return what is left of a group after the rows were taken out of it."""
        rest = dict.fromkeys(group, Fraction(1))
        # The rows are reduced: none has an entry at another's pivot, so any order leads to the same rest.
        for pivot in [place for place in group if place in self.rows]:
            rest = _subtract(rest, self.rows[pivot], Fraction(1))
        return rest


def _subtract(row: Mapping[int, Fraction], other: Mapping[int, Fraction], factor: Fraction) -> dict[int, Fraction]:
    difference = dict(row)
    for column, value in other.items():
        left = difference.get(column, Fraction(0)) - factor * value
        if left:
            difference[column] = left
        else:
            difference.pop(column, None)
    return difference
