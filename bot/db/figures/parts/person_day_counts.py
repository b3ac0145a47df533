"""Person-days of answers by the parts of everyone: counters of each place and scale by segments and channel."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, case, func, select

from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, is_counted_in
from bot.db.figures.person_rows import PeopleKey
from cjm.figures.part_disclosure import SEVERAL_CHANNELS, UNKNOWN_CHANNEL, Atom
from cjm.figures.tally import MOST_ROUNDING, PEOPLE, RETURNED
from cjm.scales import Scale


class CohortGroup(NamedTuple):
    """Cohorts that belong to the same segments."""

    segments: frozenset[str]
    cohorts: tuple[int, ...]


@dataclass(slots=True)
class PlaceCounts:
    """Answers of a place on a scale by number of group, and person-days by atom, with the settled ones among them.

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


def count_answers(
    tx: Connection, scope: MapScope, groups: Sequence[CohortGroup], wanted: Collection[PeopleKey] | None
) -> dict[PeopleKey, PlaceCounts]:
    """Return what was counted of each place and scale, of all or of the wanted ones."""
    counts: defaultdict[PeopleKey, PlaceCounts] = defaultdict(PlaceCounts)
    group = case(*((tally_table.c.cohort_id.in_(each.cohorts), n) for n, each in enumerate(groups)), else_=-1)
    stored = [tally_table.c[name] for name in ("subject", "measure", "channel", "settled")]
    columns = [*stored, group.label("group_number"), _is_repeat().label("is_repeat")]
    scales = Scale if wanted is None else {key.measure for key in wanted}
    is_meant = is_counted_in(scope) & tally_table.c.measure.in_(_list_measures(scales))
    sums: Select[Any] = select(*columns, func.sum(tally_table.c.n).label("n")).where(is_meant)
    # By name: PostgreSQL takes an expression with parameters for another one when it is repeated.
    for row in tx.execute(sums.group_by(*(column.name for column in columns))):
        place = scope.journey.find_place(row.subject)
        if place is None or row.group_number < 0:
            continue
        if row.measure.endswith(PEOPLE) or row.measure.startswith(RETURNED):
            scale = row.measure.removesuffix(PEOPLE).removeprefix(RETURNED)
            counts[PeopleKey(place.part.key, scale)].add(row, groups[row.group_number].segments)
        elif not row.settled:
            for subject in {place.part.key, place.stage.key}:
                counts[PeopleKey(subject, row.measure)].rows[row.group_number] += int(row.n)
    for each in counts.values():
        each.add_several()
    return {key: each for key, each in counts.items() if each.days and (wanted is None or key in wanted)}


def _is_repeat() -> ColumnElement[int]:
    """Return whether a counter corrects person-days at several channels; it may be balanced by one without any."""
    c = tally_table.c
    has_sums = func.abs(c.total) + func.abs(c.squares) + func.abs(c.raw) + func.abs(c.mean_squares) > MOST_ROUNDING
    is_repeat = (c.channel == "") & ((c.n < 0) | ((c.n == 0) & has_sums))
    return case((is_repeat, 1), else_=0)


def _list_measures(scales: Iterable[str]) -> list[str]:
    return [measure for scale in sorted(scales) for measure in (scale, scale + PEOPLE, RETURNED + scale)]
