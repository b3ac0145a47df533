"""People of the parts of everyone: segments, channels, and both together. They decide which figures are hidden.

What may be shown of one part depends on all of them: see `cjm.figures.part_disclosure`. The people counted here are
those that there are at least: of a place, scale and group of cohorts no more than `MOST_ROWS` rows are read.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import CTE, BigInteger, ColumnElement, Subquery, case, cast, func, literal, select, union_all

from bot.db.engine.database import Connection
from bot.db.figures.map_sums import ScopeCounters
from bot.db.figures.parts.person_day_counts import (
    CohortGroup,
    PlaceCounts,
    count_answers,
    count_person_days,
    group_cohorts,
)
from bot.db.figures.person_rows import MOST_ROWS, PeopleKey, select_rows
from bot.db.journeys import cohorts
from cjm.figures.part_disclosure import SEVERAL_CHANNELS, Atom, PlaceParts, has_small_atoms
from cjm.journeys.journey import Segment

_IN_A_MASK = 60  # atoms: each is a bit of a number of the database
_MOST_ATOMS = 4 * _IN_A_MASK
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
    parts = read_parts(tx, counters, minimum)
    return frozenset(place for place, each in parts.items() if not each.is_shown(key, channel, minimum))


def read_parts(
    tx: Connection,
    counters: ScopeCounters,
    minimum: int,
    wanted: Collection[PeopleKey] | None = None,
    parts_by_cohort: Mapping[int, frozenset[str]] | None = None,
) -> Mapping[PeopleKey, PlaceParts]:
    """Return the people of all parts in the days of a scope, by place and scale; of all places, or the wanted ones.

    ``parts_by_cohort`` are the keys of the parts that each cohort belongs to; by default those of its segments.

    Places are left out where each atom certainly has ``minimum`` people: there nothing tells of fewer.
    """
    everyone = replace(counters, scope=replace(counters.scope, cohorts=None, channel=None))
    if parts_by_cohort is None:
        parts_by_cohort = cohorts.list_segments(tx, everyone.scope.journey)
    groups, days = group_cohorts(parts_by_cohort), everyone.scope.days
    if not groups:  # nobody ever came
        return {}
    counts = count_person_days(tx, everyone.scope, groups, wanted)
    small = {key: each for key, each in counts.items() if has_small_atoms(each.days.values(), days, minimum)}
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
    return {
        key: PlaceParts(each.days, each.settled, people.get(key, {}), days, each.returned)
        for key, each in small.items()
    }


def _read_people(
    tx: Connection,
    everyone: ScopeCounters,
    groups: Sequence[CohortGroup],
    counts: Mapping[PeopleKey, PlaceCounts],
    minimum: int,
) -> Mapping[PeopleKey, Counter[frozenset[Atom]]]:
    """Return how many people were found in exactly these atoms, of each place and scale."""
    people: defaultdict[PeopleKey, Counter[frozenset[Atom]]] = defaultdict(Counter)
    atoms = sorted({atom for each in counts.values() for atom in each.days if atom.channel}, key=_order)[:_MOST_ATOMS]
    if not atoms:
        return people
    masks = [atoms[first : first + _IN_A_MASK] for first in range(0, len(atoms), _IN_A_MASK)]
    parts = [_select_masks(each, masks) for each in _list_reads(everyone, groups, counts, minimum)]
    if not parts:  # all rows of these days are erased or retired
        return people
    for row in tx.execute(union_all(*parts)):
        found = frozenset(
            atom
            for place, mask in enumerate(masks)
            for number, atom in enumerate(mask)
            if int(getattr(row, _mask_name(place))) >> number & 1
        )
        people[PeopleKey(row.place, row.measure)][found] += int(row.people)
    return people


def _order(atom: Atom) -> tuple[list[str], str]:
    return sorted(atom.segments), atom.channel


class _GroupRows(NamedTuple):
    """Rows of answers, and the groups that those who gave them may be of."""

    rows: Subquery
    groups: Sequence[CohortGroup]


def _list_reads(
    everyone: ScopeCounters, groups: Sequence[CohortGroup], counts: Mapping[PeopleKey, PlaceCounts], minimum: int
) -> Iterator[_GroupRows]:
    """Yield the rows to read: of all groups together where these are few, else of the smallest; some of a large one."""
    together: defaultdict[tuple[int, ...], list[PeopleKey]] = defaultdict(list)
    for key, each in counts.items():
        few: list[int] = []
        for number in sorted(each.rows, key=lambda number: (each.rows[number], number)):
            if sum(each.rows[other] for other in few) + each.rows[number] <= MOST_ROWS:
                few.append(number)
            elif _has_small_part(each, groups[number], everyone.scope.days, minimum):
                yield _GroupRows(select_rows(everyone, [key], groups[number].cohorts), [groups[number]])
        if few:
            together[tuple(sorted(few))].append(key)
    for numbers, keys in together.items():
        of_all = [groups[number] for number in numbers]
        yield _GroupRows(select_rows(everyone, keys, [cohort for group in of_all for cohort in group.cohorts]), of_all)


def _has_small_part(counts: PlaceCounts, group: CohortGroup, days: int, minimum: int) -> bool:
    of_group = [n for atom, n in counts.days.items() if atom.segments == group.segments]
    return has_small_atoms(of_group, days, minimum)


def _select_masks(read: _GroupRows, masks: Sequence[Sequence[Atom]]) -> Any:
    """Select how many people are in the same atoms: a mask has the bit of each atom."""
    numbers = {group.segments: number for number, group in enumerate(read.groups)}
    group = case(*((read.rows.c.cohort_id.in_(each.cohorts), numbers[each.segments]) for each in read.groups), else_=-1)
    rows = select(*read.rows.c, group.label("group_number")).cte()  # read twice where somebody was at several channels
    person = (rows.c.place, rows.c.measure, rows.c.customer_id)

    def bits_of(*, is_several: bool) -> list[ColumnElement[int]]:
        of_kind = [
            [atom if (atom.channel == SEVERAL_CHANNELS) is is_several else None for atom in mask] for mask in masks
        ]
        return [_select_bit(rows, mask, numbers).label(_mask_name(place)) for place, mask in enumerate(of_kind)]

    marks: Any = select(*person, *bits_of(is_several=False))
    if any(atom.channel == SEVERAL_CHANNELS and atom.segments in numbers for mask in masks for atom in mask):
        day = (*person, rows.c.stored, rows.c.day, rows.c.cohort_id)
        of_day = select(*person, *bits_of(is_several=True)).group_by(*day, rows.c.group_number)
        marks = union_all(marks, of_day.having(func.min(rows.c.channel) < func.max(rows.c.channel)))
    mark = marks.subquery()
    of_person = (mark.c.place, mark.c.measure, mark.c.customer_id)
    names = [_mask_name(place) for place in range(len(masks))]
    sums = (func.sum(mark.c[name].distinct()).label(name) for name in names)
    person_masks = select(*of_person, *sums).group_by(*of_person).subquery()
    key = [person_masks.c[name] for name in ("place", "measure", *names)]
    return select(*key, func.count().label("people")).group_by(*key)


def _mask_name(place: int) -> str:
    return f"mask_{place}"


def _select_bit(rows: CTE, mask: Sequence[Atom | None], numbers: Mapping[frozenset[str], int]) -> ColumnElement[int]:
    """Select the bit of the atom that a row is in, or 0; the group of a row is one of the ``numbers``."""
    cases = []
    for number, atom in enumerate(mask):
        if atom is not None and atom.segments in numbers:
            is_in: ColumnElement[bool] = rows.c.group_number == numbers[atom.segments]
            if atom.channel != SEVERAL_CHANNELS:
                is_in &= rows.c.channel == atom.channel
            cases.append((is_in, literal(1 << number, BigInteger)))
    nothing = literal(0, BigInteger)
    return cast(case(*cases, else_=nothing) if cases else nothing, BigInteger)
