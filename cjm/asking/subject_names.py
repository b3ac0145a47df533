"""Names of stages and touchpoints over the versions of their journey, so that what was stored under one is found again.

Invariants:

* What a key means is told by the version that it was stored with: a key that was given to something else since is not
  mistaken for it.
* A stage or touchpoint keeps all names that it had, also those that a later file does not list in ``was`` any more, and
  in whichever stage it stands.
* Names of different journeys are never the same subject.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cjm.journeys.journey import Journey

UNKNOWN_VERSION = 0
"""Version of a name that was stored before versions were: it is read as one from before the first."""

ANY_JOURNEY = ""
"""Journey of a name that was stored before journeys were, and that no journey is known to have: it fits all of them."""


class SubjectName(NamedTuple):
    """Key of a stage or touchpoint, as a version of its journey has it."""

    journey: str
    version: int
    key: str


class Renaming(NamedTuple):
    """Version of a journey that calls a stage or touchpoint ``new`` and says that it was called ``old``."""

    journey: str
    version: int
    old: str
    new: str


def list_renamings(version: int, before: Journey | None, after: Journey) -> list[Renaming]:
    """Return the renamings that a new version tells of; one that the version before told of is not told again."""
    known = set(_list_former_keys(before)) if before is not None else set()
    return [Renaming(after.key, version, *pair) for pair in _list_former_keys(after) if pair not in known]


def _list_former_keys(journey: Journey) -> Iterator[tuple[str, str]]:
    """Return pairs of a former key and the present one."""
    for stage in journey.stages:
        yield from ((old, stage.key) for old in stage.was)
        yield from ((old, point.key) for point in stage.touchpoints for old in point.was)


class SubjectHistory:
    """All renamings, to find what a name stands for in the version in force."""

    def __init__(self, renamings: Iterable[Renaming]) -> None:
        self._renamings: defaultdict[tuple[str, str], list[Renaming]] = defaultdict(list)
        for one in sorted(renamings, key=lambda renaming: renaming.version):
            self._renamings[one.journey, one.old].append(one)

    def list_names(self, name: SubjectName) -> list[str]:
        """Return the keys that the subject has had since it was called so, the latest last."""
        keys, version = [name.key], name.version
        while True:
            later = (one for one in self._renamings.get((name.journey, keys[-1]), ()) if one.version > version)
            renaming = next(later, None)
            if renaming is None:
                return keys
            keys.append(renaming.new)
            version = renaming.version

    def find_present_key(self, name: SubjectName, in_force: Journey) -> str:
        """Return the key of the subject in the journey in force, else the last key that it had.

        A file of before that is put into force again does not know the names that came after it: the latest name that
        it knows counts.
        """
        names = self.list_names(name)
        place = in_force.find_latest_place(names)
        return place.part.key if place is not None else names[-1]

    def is_same(self, name: SubjectName, other: SubjectName, in_force: Journey) -> bool:
        """Return whether both names are of one subject of this journey."""
        if not {name.journey, other.journey} <= {in_force.key, ANY_JOURNEY}:
            return False
        first, second = (one._replace(journey=in_force.key) for one in (name, other))
        return self.find_present_key(first, in_force) == self.find_present_key(second, in_force)
