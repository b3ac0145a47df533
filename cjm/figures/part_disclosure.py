"""Parts of everyone at one place and on one scale: which of them may be shown beside each other.

A part is a segment, a channel, or a segment at a channel. An *atom* is what no part divides: those who belong to the
same segments, at one channel. A person may be in several atoms.

Those who answered at several channels on one day count at each of them, and once among everyone. So the channels
together are more than everyone, and the rest tells of exactly these people: they are an atom, which is of no channel.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from math import ceil
from typing import NamedTuple

from cjm.figures.disclosure import choose_shown_parts, order_parts

UNKNOWN_CHANNEL = ""
SEVERAL_CHANNELS = "*"
_NO_CHANNELS = (UNKNOWN_CHANNEL, SEVERAL_CHANNELS)


class Atom(NamedTuple):
    """Segments that somebody belonged to, and a channel, or one of `UNKNOWN_CHANNEL` and `SEVERAL_CHANNELS`.

    No part is of these two: nobody can ask for their figures.
    """

    segments: frozenset[str]
    channel: str


@dataclass(frozen=True, slots=True)
class PlaceParts:
    """Person-days by atom, and the people that were found, by all the atoms that they are in.

    ``settled`` person-days have no rows any more: each counts as a person, but for those that ``returned``. ``days`` is
    the length of the window.
    """

    person_days: Mapping[Atom, int]
    settled: Mapping[Atom, int]
    people: Mapping[frozenset[Atom], int]
    days: int
    returned: Mapping[Atom, int] = field(default_factory=dict)

    def is_shown(self, segment: str | None, channel: str | None, minimum: int) -> bool:
        """True if the figure of a part may be shown: beside others it tells of no fewer people than the minimum."""
        return part_name(segment, channel) in self.find_shown(minimum)

    def find_shown(self, minimum: int) -> frozenset[str]:
        """Return the names of all parts whose figures may be shown beside each other."""
        parts = self._find_parts()
        return choose_shown_parts(parts, self.person_days, cache(self.count_people), minimum, self._sum_days(parts))

    def _sum_days(self, parts: Mapping[str, frozenset[Atom]]) -> dict[str, int]:
        return {name: sum(self.person_days[atom] for atom in part) for name, part in parts.items()}

    def decide_early(self, segment: str | None, channel: str | None, minimum: int) -> bool | None:
        """Return whether a part is shown, or None where that depends on people who were not found yet.

        Parts are chosen one after another, the larger first, and more people hide none. So what is chosen up to this
        part is certain where it is the same with the fewest people that there are, and with the most.
        """
        parts, wanted = self._find_parts(), part_name(segment, channel)
        if wanted not in parts:
            return False
        sizes = self._sum_days(parts)
        order = order_parts(sizes)
        first = {name: parts[name] for name in order[: order.index(wanted) + 1]}
        if self._are_portions_large(first, minimum) and self.count_people(parts[wanted]) >= minimum:
            return True
        least = choose_shown_parts(first, self.person_days, cache(self.count_people), minimum, sizes)
        if least == first.keys():
            return True
        most = choose_shown_parts(first, self.person_days, self._count_most, minimum, sizes)
        return wanted in least if least == most else None

    def _are_portions_large(self, parts: Mapping[str, frozenset[Atom]], minimum: int) -> bool:
        """Return whether no portion that these parts divide is of few: then nothing that they tell is.

        By far the most frequent case where figures are large, and quickly told.
        """
        portions: defaultdict[frozenset[str], set[Atom]] = defaultdict(set)
        for atom in self.person_days:
            portions[frozenset(name for name, part in parts.items() if atom in part)].add(atom)
        counts = (self.count_people(frozenset(portion)) for portion in portions.values())
        return all(n == 0 or n >= minimum for n in counts)

    def _count_most(self, atoms: frozenset[Atom]) -> int:
        """Return the people of a set of atoms, at most: each has a person-day there."""
        return sum(self.person_days[atom] for atom in atoms)

    def find_shown_beside(self, given: Collection[str], wanted: Collection[str], minimum: int) -> frozenset[str]:
        """Return which of the wanted parts may be shown beside each other and beside those that are shown already.

        Both are named as by `part_name`; a name that nobody belongs to is no part.
        """
        known = self._find_parts()
        parts = {name: known[name] for name in {*given, *wanted} if name in known}
        count, shown_before = cache(self.count_people), [name for name in sorted(given) if name in parts]
        shown = choose_shown_parts(parts, self.person_days, count, minimum, self._sum_days(parts), shown_before)
        return shown & frozenset(wanted)

    def list_names(self) -> frozenset[str]:
        """Return the names of all parts."""
        return frozenset(self._find_parts())

    def count_people(self, atoms: frozenset[Atom]) -> int:
        """Return the people of a set of atoms, at least; one where there are person-days at all."""
        found = sum(n for of_person, n in self.people.items() if of_person & atoms)
        live = sum(self.person_days[atom] - self.settled.get(atom, 0) for atom in atoms)
        # A person has one person-day a day in an atom at most.
        longest = max((self.person_days[atom] - self.settled.get(atom, 0) for atom in atoms), default=0)
        return max(found, ceil(longest / self.days), int(live > 0)) + self._count_settled_people(atoms)

    def _count_settled_people(self, atoms: frozenset[Atom]) -> int:
        """Return how many people are settled in a set of atoms, at least; nobody counts twice who is in several."""
        people: dict[frozenset[str], int] = {}
        for atom in atoms:
            n = self.settled.get(atom, 0) - self.returned.get(atom, 0)
            before = people.get(atom.segments, 0)
            is_divided = self.settled.get(Atom(atom.segments, SEVERAL_CHANNELS), 0) > 0
            people[atom.segments] = max(before, n) if is_divided else before + n
        return sum(people.values())

    def _find_parts(self) -> Mapping[str, frozenset[Atom]]:
        return _find_parts(frozenset(self.person_days))


@lru_cache(256)  # most places of a journey have the same atoms
def _find_parts(atoms: frozenset[Atom]) -> Mapping[str, frozenset[Atom]]:
    """Return the parts that atoms belong to, by name, each with its atoms."""
    segments = {None, *(key for atom in atoms for key in atom.segments)}
    channels = {None, *(atom.channel for atom in atoms if atom.channel not in _NO_CHANNELS)}
    return {
        part_name(segment, channel): frozenset(
            atom for atom in atoms if (segment is None or segment in atom.segments) and channel in (None, atom.channel)
        )
        for segment in segments
        for channel in channels
        if segment is not None or channel is not None
    }


def has_small_atoms(person_days: Collection[int], days: int, minimum: int) -> bool:
    """True unless the person-days of each atom are so many that they are certainly of ``minimum`` people."""
    return any(ceil(n / days) < minimum for n in person_days)


def part_name(segment: str | None, channel: str | None) -> str:
    """Return the name of a part: a segment, a channel, or both."""
    return f"{segment or ''}/{channel or ''}"
