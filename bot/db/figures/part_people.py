"""People of the parts of everyone: segments, channels, and both together. They decide which figures are hidden.

What may be shown of one part depends on all of them: see `cjm.figures.part_disclosure`. The people counted here are
those that there are at least: of a place, scale and group of cohorts no more than `MOST_ROWS` rows are read.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Subquery, and_, case, cast, func, literal, select, union_all

from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, ScopeCounters, is_counted_in
from bot.db.figures.person_rows import MOST_ROWS, PeopleKey, select_rows
from bot.db.journeys import cohorts
from cjm.figures.part_disclosure import Atom, PlaceParts, has_small_atoms
from cjm.figures.tally import PEOPLE, RETURNED
from cjm.journeys.journey import Segment
from cjm.scales import Scale

_MOST_ATOMS = 60
"""Atoms that are told apart: each is a bit of a number."""


class _Group(NamedTuple):
    """Cohorts that belong to the same segments."""

    segments: frozenset[str]
    cohorts: tuple[int, ...]


@dataclass(slots=True)
class _PlaceCounts:
    """Answers of a place on a scale by number of group, and person-days by atom, with the settled ones among them."""

    rows: Counter[int] = field(default_factory=Counter)
    days: Counter[Atom] = field(default_factory=Counter)
    settled: Counter[Atom] = field(default_factory=Counter)
    returned: Counter[Atom] = field(default_factory=Counter)


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
    groups, days = _group_cohorts(parts_by_cohort), everyone.scope.days
    if not groups:  # nobody ever came
        return {}
    counts = _count_answers(tx, everyone.scope, groups, wanted)
    small = {key: each for key, each in counts.items() if has_small_atoms(each.days.values(), days, minimum)}
    people: Mapping[PeopleKey, Counter[frozenset[Atom]]]
    if everyone.scope.journey.anonymous:  # nothing tells who came back, so each person-day is a person
        people = {
            key: Counter({frozenset([atom]): n for atom, n in (each.days - each.settled).items()})
            for key, each in small.items()
        }
    else:
        people = _read_people(tx, everyone, groups, small, minimum)
    return {
        key: PlaceParts(each.days, each.settled, people.get(key, {}), days, each.returned)
        for key, each in small.items()
    }


def _group_cohorts(parts_by_cohort: Mapping[int, frozenset[str]]) -> list[_Group]:
    members: defaultdict[frozenset[str], list[int]] = defaultdict(list)
    for number, segments in parts_by_cohort.items():
        members[segments].append(number)
    return [_Group(segments, tuple(members[segments])) for segments in sorted(members, key=sorted)]


def _count_answers(
    tx: Connection, scope: MapScope, groups: Sequence[_Group], wanted: Collection[PeopleKey] | None
) -> dict[PeopleKey, _PlaceCounts]:
    counts: defaultdict[PeopleKey, _PlaceCounts] = defaultdict(_PlaceCounts)
    group = case(*((tally_table.c.cohort_id.in_(each.cohorts), n) for n, each in enumerate(groups)), else_=-1)
    key = ("subject", "measure", "channel", "settled")
    columns = [tally_table.c[name] for name in key]
    scales = Scale if wanted is None else {key.measure for key in wanted}
    is_meant = is_counted_in(scope) & tally_table.c.measure.in_(_list_measures(scales))
    sums = select(*columns, group.label("group_number"), func.sum(tally_table.c.n).label("n")).where(is_meant)
    for row in tx.execute(sums.group_by(*columns, "group_number")):
        place, n = scope.journey.find_place(row.subject), int(row.n)
        if place is None or row.group_number < 0:
            continue
        if row.measure.endswith(PEOPLE) or row.measure.startswith(RETURNED):
            # Under no channel stand corrections of several channels, and settled answers whose channel was dropped.
            if row.channel or (row.settled and n > 0):
                scale = row.measure.removesuffix(PEOPLE).removeprefix(RETURNED)
                counted, atom = (
                    counts[PeopleKey(place.part.key, scale)],
                    Atom(groups[row.group_number].segments, row.channel),
                )
                if row.measure.startswith(RETURNED):
                    counted.returned[atom] += n
                else:
                    counted.days[atom] += n
                    counted.settled[atom] += n if row.settled else 0
        elif not row.settled:
            for subject in {place.part.key, place.stage.key}:
                counts[PeopleKey(subject, row.measure)].rows[row.group_number] += n
    return {key: each for key, each in counts.items() if each.days and (wanted is None or key in wanted)}


def _list_measures(scales: Iterable[str]) -> list[str]:
    return [measure for scale in sorted(scales) for measure in (scale, scale + PEOPLE, RETURNED + scale)]


def _read_people(
    tx: Connection,
    everyone: ScopeCounters,
    groups: Sequence[_Group],
    counts: Mapping[PeopleKey, _PlaceCounts],
    minimum: int,
) -> Mapping[PeopleKey, Counter[frozenset[Atom]]]:
    """Return how many people were found in exactly these atoms, of each place and scale."""
    people: defaultdict[PeopleKey, Counter[frozenset[Atom]]] = defaultdict(Counter)
    atoms = sorted({atom for each in counts.values() for atom in each.days if atom.channel}, key=_order)[:_MOST_ATOMS]
    if not atoms:
        return people
    cohorts_of = {group.segments: group.cohorts for group in groups}
    parts = [_select_masks(rows, atoms, cohorts_of) for rows in _list_reads(everyone, groups, counts, minimum)]
    if not parts:  # all rows of these days are erased or retired
        return people
    for row in tx.execute(union_all(*parts)):
        found = frozenset(atom for number, atom in enumerate(atoms) if int(row.mask) >> number & 1)
        people[PeopleKey(row.place, row.measure)][found] += int(row.people)
    return people


def _order(atom: Atom) -> tuple[list[str], str]:
    return sorted(atom.segments), atom.channel


def _list_reads(
    everyone: ScopeCounters, groups: Sequence[_Group], counts: Mapping[PeopleKey, _PlaceCounts], minimum: int
) -> Iterator[Subquery]:
    """Yield the rows to read: of all groups together where these are few, else of the smallest; some of a large one."""
    together: defaultdict[tuple[int, ...], list[PeopleKey]] = defaultdict(list)
    for key, each in counts.items():
        few: list[int] = []
        for number in sorted(each.rows, key=lambda number: (each.rows[number], number)):
            if sum(each.rows[other] for other in few) + each.rows[number] <= MOST_ROWS:
                few.append(number)
            elif _has_small_part(each, groups[number], everyone.scope.days, minimum):
                yield select_rows(everyone, [key], groups[number].cohorts)
        if few:
            together[tuple(sorted(few))].append(key)
    for numbers, keys in together.items():
        yield select_rows(everyone, keys, [cohort for number in numbers for cohort in groups[number].cohorts])


def _has_small_part(counts: _PlaceCounts, group: _Group, days: int, minimum: int) -> bool:
    of_group = [n for atom, n in counts.days.items() if atom.segments == group.segments]
    return has_small_atoms(of_group, days, minimum)


def _select_masks(rows: Subquery, atoms: Sequence[Atom], cohorts_of: Mapping[frozenset[str], Sequence[int]]) -> Any:
    """Select how many people are in the same atoms: a mask has the bit of each atom."""

    def is_in(atom: Atom) -> ColumnElement[bool]:
        return and_(rows.c.cohort_id.in_(cohorts_of[atom.segments]), rows.c.channel == atom.channel)

    bit = cast(
        case(
            *((is_in(atom), literal(1 << number, BigInteger)) for number, atom in enumerate(atoms)),
            else_=literal(0, BigInteger),
        ),
        BigInteger,
    )
    person = (rows.c.place, rows.c.measure, rows.c.customer_id)
    masks = select(*person, func.sum(bit.distinct()).label("mask")).group_by(*person).subquery()
    key = (masks.c.place, masks.c.measure, masks.c.mask)
    return select(*key, func.count().label("people")).group_by(*key)
