"""Person-days of answers by the parts of everyone: counters of each place and scale by segments and channel."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Row,
    Select,
    String,
    bindparam,
    case,
    func,
    literal,
    select,
    text,
)

from bot.db.counters.tables import tally_table
from bot.db.counters.window_counters import select_parts
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, list_all_keys, scope_params
from bot.db.figures.person_rows import PeopleKey
from cjm.figures.part_disclosure import SEVERAL_CHANNELS, UNKNOWN_CHANNEL, Atom
from cjm.figures.tally import MOST_ROUNDING, PEOPLE, RETURNED
from cjm.scales import Scale

_MOST_GROUPINGS = 64
"""Groupings of cohorts whose statements are kept: to build one takes as long as to run it."""


class CohortGroup(NamedTuple):
    """Cohorts that belong to the same segments."""

    segments: frozenset[str]
    cohorts: tuple[int, ...]


@dataclass(slots=True)
class PlaceCounts:
    """Person-days of a place on a scale by atom, with the settled ones among them, and its answers by group's number.

    ``repeats`` are how often person-days at several channels count too often, by segments: the live ones, the settled
    ones, and those of settled people who returned.
    """

    rows: Counter[int] = field(default_factory=Counter)
    days: Counter[Atom] = field(default_factory=Counter)
    settled: Counter[Atom] = field(default_factory=Counter)
    returned: Counter[Atom] = field(default_factory=Counter)
    repeats: defaultdict[frozenset[str], "_Repeats"] = field(default_factory=lambda: defaultdict(_Repeats))

    def add(self, row: Row[Any], segments: frozenset[str]) -> None:
        """Add the person-days of a row of counters, or the returns among them."""
        n, is_return = int(row.n), row.measure.startswith(RETURNED)
        if row.is_repeat:
            self.repeats[segments].add(max(-n, 1), is_settled=row.settled, is_return=is_return)
        elif n and (row.channel or row.settled):
            atom = Atom(segments, row.channel or UNKNOWN_CHANNEL)
            if is_return:
                self.returned[atom] += n
            else:
                self.days[atom] += n
                self.settled[atom] += n if row.settled else 0

    def add_several(self) -> None:
        """Make atoms of the people who answered at several channels on one day: of no more than there are."""
        at_once = len({atom.channel for atom in self.days if atom.channel})
        for segments, repeats in self.repeats.items():
            atom = Atom(segments, SEVERAL_CHANNELS)
            self.settled[atom] = repeats.count_settled(at_once)
            self.days[atom] = self.settled[atom] + repeats.count_live(at_once)


@dataclass(slots=True)
class _Repeats:
    """Person-days that count again because they are at several channels: one at three channels counts twice again."""

    live: int = 0
    settled: int = 0
    returned: int = 0

    def add(self, n: int, *, is_settled: bool, is_return: bool) -> None:
        if is_return:
            self.returned += n
        elif is_settled:
            self.settled += n
        else:
            self.live += n

    def count_live(self, channels: int) -> int:
        """Return the person-days behind the live ones, at least."""
        return ceil(self.live / max(1, channels - 1))

    def count_settled(self, channels: int) -> int:
        """Return the people behind the settled ones, at least."""
        least = ceil((self.settled - self.returned) / max(1, channels - 1))
        return max(least, int(self.settled > 0))


def group_cohorts(parts_by_cohort: Mapping[int, frozenset[str]]) -> list[CohortGroup]:
    """Return the groups of cohorts that belong to the same parts, in the order of these."""
    members: defaultdict[frozenset[str], list[int]] = defaultdict(list)
    for number, segments in parts_by_cohort.items():
        members[segments].append(number)
    return [CohortGroup(segments, tuple(members[segments])) for segments in sorted(members, key=sorted)]


def count_person_days(
    tx: Connection, scope: MapScope, groups: Sequence[CohortGroup], wanted: Collection[PeopleKey] | None
) -> dict[PeopleKey, PlaceCounts]:
    """Return what was counted of each place and scale, of all or of the wanted ones; without the answers."""
    counts: defaultdict[PeopleKey, PlaceCounts] = defaultdict(PlaceCounts)
    scales = Scale if wanted is None else {key.measure for key in wanted}
    measures = [measure for scale in sorted(scales) for measure in (scale + PEOPLE, RETURNED + scale)]
    params = scope_params(scope) | {"measures": measures, "subjects": list_all_keys(scope.journey)}
    params |= {"first": scope.first, "last": scope.last}
    # Several channels on one day are told by the signs of single days, which a sum of a week does not keep.
    for sums in (_select_at_channels(tuple(groups)), _select_without_channel(tuple(groups))):
        for row in tx.execute(sums, params):
            place = scope.journey.find_place(row.subject)
            if place is not None and row.group_number >= 0:
                scale = row.measure.removesuffix(PEOPLE).removeprefix(RETURNED)
                counts[PeopleKey(place.part.key, scale)].add(row, groups[row.group_number].segments)
    for each in counts.values():
        each.add_several()
    return {key: each for key, each in counts.items() if each.days and (wanted is None or key in wanted)}


def count_answers(
    tx: Connection, scope: MapScope, groups: Sequence[CohortGroup], counts: Mapping[PeopleKey, PlaceCounts]
) -> None:
    """Count the answers behind the person-days of these places and scales."""
    parts = select_parts(is_some=True)
    key = (parts.c.subject, parts.c.measure, _group_number(parts, groups))
    sums = select(*key, func.sum(parts.c.n).label("n")).where(parts.c.settled.is_(False))
    measures = sorted({key.measure for key in counts})
    params = scope_params(scope) | {"measures": measures, "subjects": list_all_keys(scope.journey)}
    for row in tx.execute(sums.group_by(parts.c.subject, parts.c.measure, "group_number"), params):
        place = scope.journey.find_place(row.subject)
        if place is None or row.group_number < 0:
            continue
        for subject in {place.part.key, place.stage.key}:
            counted = counts.get(PeopleKey(subject, row.measure))
            if counted is not None:
                counted.rows[row.group_number] += int(row.n)


def _group_number(rows: FromClause, groups: Sequence[CohortGroup]) -> ColumnElement[int]:
    numbers = ((rows.c.cohort_id.in_(each.cohorts), number) for number, each in enumerate(groups))
    return case(*numbers, else_=-1).label("group_number")


@lru_cache(_MOST_GROUPINGS)
def _select_at_channels(groups: tuple[CohortGroup, ...]) -> Select[Any]:
    parts = select_parts(is_some=True)
    return _select_sums(parts, groups, literal(0).label("is_repeat")).where(parts.c.channel != "")


@lru_cache(_MOST_GROUPINGS)
def _select_without_channel(groups: tuple[CohortGroup, ...]) -> Select[Any]:
    c, (first, last) = tally_table.c, (bindparam(name, type_=Date) for name in ("first", "last"))
    is_in_days = (c.journey == bindparam("journey", type_=String)) & c.day.between(first, last)
    is_meant = is_in_days & _HAS_NO_CHANNEL & c.measure.in_(bindparam("measures", type_=String, expanding=True))
    return _select_sums(tally_table, groups, _is_repeat().label("is_repeat")).where(is_meant)


def _select_sums(rows: FromClause, groups: Sequence[CohortGroup], is_repeat: ColumnElement[int]) -> Select[Any]:
    stored = [rows.c[name] for name in ("subject", "measure", "channel", "settled")]
    columns = [*stored, _group_number(rows, groups), is_repeat]
    # By name: PostgreSQL takes an expression with parameters for another one when it is repeated.
    return select(*columns, func.sum(rows.c.n).label("n")).group_by(*stored, "group_number", "is_repeat")


# Written out, as in the index: no engine finds a part of an index by parameters.
_HAS_NO_CHANNEL = text("tally.channel = ''")


def _is_repeat() -> ColumnElement[int]:
    """Return whether a counter corrects person-days at several channels; it may be balanced by one without any."""
    c = tally_table.c
    has_sums = func.abs(c.total) + func.abs(c.squares) + func.abs(c.raw) + func.abs(c.mean_squares) > MOST_ROUNDING
    is_repeat = (c.channel == "") & ((c.n < 0) | ((c.n == 0) & has_sums))
    return case((is_repeat, 1), else_=0)
