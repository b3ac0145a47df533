"""People behind the words of diaries: whether those outside a segment follow from its words beside everyone's."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from cjm.figures.day.diary import DiaryEntry
from cjm.figures.day.parts import PartOfDay
from cjm.figures.part_disclosure import UNKNOWN_CHANNEL, Atom, PlaceParts


def find_withheld_parts(
    entries: Iterable[DiaryEntry], segments: Mapping[int, frozenset[str]], segment: str, minimum: int
) -> frozenset[PartOfDay]:
    """Return the parts of the day whose entries tell of few people: in the segment, or of everyone without it.

    ``entries`` are everyone's, ``segments`` the keys of those that each cohort belongs to.
    """
    of_part: defaultdict[PartOfDay, defaultdict[int, set[Atom]]] = defaultdict(lambda: defaultdict(set))
    for entry in entries:
        of_part[entry.part][entry.person].add(Atom(segments.get(entry.cohort_id, frozenset()), UNKNOWN_CHANNEL))
    return frozenset(part for part, people in of_part.items() if not _is_told(people, segment, minimum))


def _is_told(atoms_of: Mapping[int, set[Atom]], segment: str, minimum: int) -> bool:
    people = Counter(frozenset(atoms) for atoms in atoms_of.values())
    sizes = Counter(atom for atoms in atoms_of.values() for atom in atoms)
    # Each person once: ``days`` of any length count no more people than those who were found.
    return PlaceParts(sizes, {}, people, days=max(sizes.values())).is_shown(segment, None, minimum)
