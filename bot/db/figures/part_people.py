"""People of the parts of everyone: segments, channels, and both together. They decide which figures are hidden.

What may be shown of one part depends on all of them: see `cjm.figures.part_disclosure`. The people counted here are
those that there are at least: of a place, scale and group of cohorts no more than `MOST_ROWS` rows are read, and none
where the counters alone decide.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.db.engine.database import Connection
from bot.db.figures.map_sums import ScopeCounters
from bot.db.figures.parts.found_people import GroupRows, count_found_people
from bot.db.figures.parts.person_day_counts import (
    CohortGroup,
    PlaceCounts,
    count_answers,
    count_person_days,
    group_cohorts,
)
from bot.db.figures.person_rows import MOST_ROWS, PeopleKey
from bot.db.journeys import cohorts
from cjm.figures.part_disclosure import Atom, PlaceParts, has_small_atoms
from cjm.journeys.journey import Segment

_MOST_ATOMS = 240
"""Atoms that are told apart. The people of the others count as far as counters tell of them."""


def find_hidden(
    tx: Connection, counters: ScopeCounters, segment: Segment | None, minimum: int
) -> frozenset[tuple[str, str]]:
    """Return the places and scales whose figure in a narrow scope must be hidden although it may have enough people.

    ``segment`` is that of the scope: with the figures of other parts, this one would tell of too few people.
    """
    scope = counters.scope
    if not scope.is_narrow:
        return frozenset()
    key, channel = segment.key if segment else None, scope.channel
    hidden = set()

    def decide(place: PeopleKey, parts: PlaceParts) -> bool:
        is_shown = parts.decide_early(key, channel, minimum)
        if is_shown is False:
            hidden.add(place)
        return is_shown is not None

    parts = read_parts(tx, counters, minimum, decide=decide)
    return frozenset(hidden.union(place for place, each in parts.items() if not each.is_shown(key, channel, minimum)))


def read_parts(
    tx: Connection,
    counters: ScopeCounters,
    minimum: int,
    wanted: Collection[PeopleKey] | None = None,
    parts_by_cohort: Mapping[int, frozenset[str]] | None = None,
    decide: Callable[[PeopleKey, PlaceParts], bool] | None = None,
) -> Mapping[PeopleKey, PlaceParts]:
    """Return the people of all parts in the days of a scope, by place and scale; of all places, or the wanted ones.

    ``parts_by_cohort`` are the keys of the parts that each cohort belongs to; by default those of its segments.

    Places are left out where each atom certainly has ``minimum`` people: there nothing tells of fewer. So are those
    that ``decide`` says to be decided by what counters alone tell of them: no row of these is read.
    """
    everyone = replace(counters, scope=replace(counters.scope, cohorts=None, channel=None))
    if parts_by_cohort is None:
        parts_by_cohort = cohorts.list_segments(tx, everyone.scope.journey)
    groups, days = group_cohorts(parts_by_cohort), everyone.scope.days
    if not groups:  # nobody ever came
        return {}
    counts = count_person_days(tx, everyone.scope, groups, wanted)
    small = {key: each for key, each in counts.items() if has_small_atoms(each.days.values(), days, minimum)}
    if decide is not None:
        small = {key: each for key, each in small.items() if not decide(key, _make_parts(each, days))}
    people: Mapping[PeopleKey, Counter[frozenset[Atom]]]
    if everyone.scope.journey.anonymous:  # nothing tells who came back, so each person-day is a person
        people = {
            key: Counter({frozenset([atom]): n for atom, n in (each.days - each.settled).items()})
            for key, each in small.items()
        }
    else:
        if small:
            count_answers(tx, everyone.scope, groups, small)
        people = _read_people(tx, everyone, groups, small, minimum)
    return {key: _make_parts(each, days, people.get(key)) for key, each in small.items()}


def _make_parts(counts: PlaceCounts, days: int, people: Mapping[frozenset[Atom], int] | None = None) -> PlaceParts:
    return PlaceParts(counts.days, counts.settled, people or {}, days, counts.returned)


def _read_people(
    tx: Connection,
    everyone: ScopeCounters,
    groups: Sequence[CohortGroup],
    counts: Mapping[PeopleKey, PlaceCounts],
    minimum: int,
) -> Mapping[PeopleKey, Counter[frozenset[Atom]]]:
    """Return how many people were found in exactly these atoms, of each place and scale."""
    atoms = sorted({atom for each in counts.values() for atom in each.days if atom.channel}, key=_order)[:_MOST_ATOMS]
    if not atoms:
        return {}
    return count_found_people(tx, everyone, _list_reads(everyone, groups, counts, minimum), atoms)


def _order(atom: Atom) -> tuple[list[str], str]:
    return sorted(atom.segments), atom.channel


def _list_reads(
    everyone: ScopeCounters, groups: Sequence[CohortGroup], counts: Mapping[PeopleKey, PlaceCounts], minimum: int
) -> Iterator[GroupRows]:
    """Yield the rows to read: of all groups together where these are few, else of the smallest; some of a large one."""
    together: defaultdict[tuple[int, ...], list[PeopleKey]] = defaultdict(list)
    for key, each in counts.items():
        few: list[int] = []
        for number in sorted(each.rows, key=lambda number: (each.rows[number], number)):
            if sum(each.rows[other] for other in few) + each.rows[number] <= MOST_ROWS:
                few.append(number)
            elif _has_small_part(each, groups[number], everyone.scope.days, minimum):
                yield GroupRows([key], [groups[number]])
        if few:
            together[tuple(sorted(few))].append(key)
    for numbers, keys in together.items():
        yield GroupRows(keys, [groups[number] for number in numbers])


def _has_small_part(counts: PlaceCounts, group: CohortGroup, days: int, minimum: int) -> bool:
    of_group = [n for atom, n in counts.days.items() if atom.segments == group.segments]
    return has_small_atoms(of_group, days, minimum)
