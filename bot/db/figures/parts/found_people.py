"""People whom rows show in the parts of everyone: the atoms that each person is in.

Many small reads by statements that are built once: one statement for all of them takes longer to build than to run. The
rows are grouped here, as SQLite would sort them by texts.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, String, bindparam, select, type_coerce

from bot.db.asking.tables import answer_table
from bot.db.engine.columns import Id
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import ScopeCounters
from bot.db.figures.parts.person_day_counts import CohortGroup
from bot.db.figures.person_rows import MOST_ROWS, PeopleKey, is_touchpoint, select_rows
from cjm.figures.part_disclosure import SEVERAL_CHANNELS, Atom

_Row = Any  # with customer_id, stored (the key of the place), day, cohort_id and channel
_Bits = tuple[Mapping[tuple[int, str], int], Mapping[int, int]]


class GroupRows(NamedTuple):
    """Places and scales whose rows are read, and the groups of the people who answered there."""

    keys: Sequence[PeopleKey]
    groups: Sequence[CohortGroup]

    @property
    def cohorts(self) -> list[int]:
        return [cohort for group in self.groups for cohort in group.cohorts]


def count_found_people(
    tx: Connection, everyone: ScopeCounters, reads: Iterable[GroupRows], atoms: Sequence[Atom]
) -> Mapping[PeopleKey, Counter[frozenset[Atom]]]:
    """Return how many people were found in exactly these atoms, of each place and scale; of one read at a time."""
    people: defaultdict[PeopleKey, Counter[frozenset[Atom]]] = defaultdict(Counter)
    for read in reads:
        bits = _list_bits(read.groups, atoms)
        for key, rows in _read_rows(tx, everyone, read).items():
            for mask, n in Counter(_find_masks(rows, bits).values()).items():
                people[key][frozenset(atom for number, atom in enumerate(atoms) if mask >> number & 1)] += n
    return people


def _find_masks(rows: Iterable[_Row], bits: _Bits) -> Mapping[int, int]:
    """Return a number for each person, with the bit of each atom that the person is in."""
    of_channel, of_several = bits
    masks: dict[int, int] = {}
    channels: dict[tuple[int, str, str, int], str] = {}
    for row in rows:
        person, cohort, channel = row.customer_id, row.cohort_id, row.channel
        mask = masks.get(person, 0) | of_channel.get((cohort, channel), 0)
        if channels.setdefault((person, row.stored, row.day, cohort), channel) != channel:
            mask |= of_several.get(cohort, 0)
        masks[person] = mask
    return masks


def _list_bits(groups: Sequence[CohortGroup], atoms: Sequence[Atom]) -> _Bits:
    """Return the bits of the atoms by cohort and channel, and those of several channels by cohort."""
    bits: dict[tuple[int, str], int] = {}
    several: dict[int, int] = {}
    for group in groups:
        for number, atom in enumerate(atoms):
            if atom.segments != group.segments:
                continue
            for cohort in group.cohorts:
                if atom.channel == SEVERAL_CHANNELS:
                    several[cohort] = 1 << number
                else:
                    bits[cohort, atom.channel] = 1 << number
    return bits, several


def _read_rows(tx: Connection, everyone: ScopeCounters, read: GroupRows) -> Mapping[PeopleKey, Sequence[_Row]]:
    """Return the rows of a read by place and scale."""
    if len(read.keys) == 1:
        [key] = read.keys
        some_rows = _select_some_rows(_find_column(everyone, key))
        return {key: tx.execute(some_rows, _row_params(everyone, key, read.cohorts)).all()}
    found = select_rows(everyone, read.keys, read.cohorts).c
    day = type_coerce(found.day, String).label("day")
    columns = (found.place, found.measure, found.customer_id, found.stored, day, found.cohort_id, found.channel)
    rows: defaultdict[PeopleKey, list[_Row]] = defaultdict(list)
    for row in tx.execute(select(*columns)):
        rows[PeopleKey(row.place, row.measure)].append(row)
    return rows


def _find_column(everyone: ScopeCounters, key: PeopleKey) -> str:
    return "subject" if is_touchpoint(everyone.scope.journey, key.subject) else "stage"


def _row_params(everyone: ScopeCounters, key: PeopleKey, cohorts: Sequence[int]) -> dict[str, Any]:
    scope = everyone.scope
    return {
        "journey": scope.journey.key,
        "stored": list(everyone.stored_keys[key.subject]),
        "kind": key.measure,
        "cohorts": cohorts,
        "first": scope.first,
        "last": scope.last,
    }


@cache
def _select_some_rows(column: str) -> Select[Any]:
    """Select the rows of a place and scale as `select_rows` does, by the column of the place."""
    a, place = answer_table.c, answer_table.c[column]
    is_there = (a.journey == bindparam("journey", type_=String)) & place.in_(bindparam("stored", expanding=True))
    is_there &= a.cohort_id.in_(bindparam("cohorts", type_=Id, expanding=True)) & a.customer_id.is_not(None)
    is_there &= a.day.between(bindparam("first", type_=Date), bindparam("last", type_=Date))
    is_scored = (a.kind == bindparam("kind", type_=String)) & a.value.is_not(None)
    # Days are only compared: to make dates of texts takes as long as to read the rows.
    day = type_coerce(a.day, String).label("day")
    columns = (a.customer_id, place.label("stored"), day, a.cohort_id, a.channel)
    return select(*columns).where(is_there, is_scored).limit(MOST_ROWS)
