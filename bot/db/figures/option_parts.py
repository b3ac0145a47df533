"""Options that are hidden in a segment or at a channel: beside those of other parts they would tell of a few people.

Of the choices at a stage, `MOST_ROWS` are read at most. Where there are more, only the people that were found count.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, literal, select, union_all

from bot.db.counters.window_counters import select_parts
from bot.db.engine.database import Connection
from bot.db.figures.choosers import select_choices
from bot.db.figures.map_sums import MapScope, ScopeCounters, list_all_keys, scope_params
from bot.db.figures.person_rows import MOST_ROWS
from bot.db.journeys import cohorts
from cjm.figures.choices.chosen_options import ChosenOption
from cjm.figures.part_disclosure import Atom, PlaceParts
from cjm.figures.tally import CHOICE, RETURNED
from cjm.journeys.journey import Segment

_NO_BOUND = 10**6
"""Days of a window in which a person may have chosen an option any number of times."""


@dataclass(slots=True)
class _OptionCounts:
    """Answers with one option by atom, with the settled ones among them."""

    answers: Counter[Atom] = field(default_factory=Counter)
    settled: Counter[Atom] = field(default_factory=Counter)
    returned: Counter[Atom] = field(default_factory=Counter)


def find_hidden_options(
    tx: Connection, counters: ScopeCounters, segment: Segment | None, minimum: int
) -> frozenset[ChosenOption]:
    """Return the options that must be hidden in a narrow scope although enough people may have chosen them.

    ``segment`` is that of the scope. Where nobody chose anything, nothing is read.
    """
    scope = counters.scope
    measures = sorted(measure for measure in counters.measures if measure.startswith((CHOICE, RETURNED + CHOICE)))
    if not scope.is_narrow or not measures:
        return frozenset()
    everyone = MapScope(scope.journey, scope.first, scope.last)
    groups = cohorts.list_segments(tx, scope.journey)
    counts = _count_answers(tx, everyone, groups, measures)
    people = {} if scope.journey.anonymous else _read_people(tx, everyone, groups, counts)
    key = segment.key if segment else None
    parts = {option: _make_parts(each, people.get(option)) for option, each in counts.items()}
    return frozenset(option for option, each in parts.items() if not each.is_shown(key, scope.channel, minimum))


def _count_answers(
    tx: Connection, everyone: MapScope, groups: Mapping[int, frozenset[str]], measures: Sequence[str]
) -> dict[ChosenOption, _OptionCounts]:
    parts = select_parts(is_some=True)
    columns = [parts.c[name] for name in ("subject", "measure", "bucket", "cohort_id", "channel", "settled")]
    sums = select(*columns, func.sum(parts.c.n).label("n")).group_by(*columns)
    counts: defaultdict[ChosenOption, _OptionCounts] = defaultdict(_OptionCounts)
    for row in tx.execute(
        sums, scope_params(everyone) | {"measures": measures, "subjects": list_all_keys(everyone.journey)}
    ):
        place = everyone.journey.find_place(row.subject)
        if place is None or row.cohort_id not in groups or row.n <= 0:
            continue
        question = row.measure.removeprefix(RETURNED).removeprefix(CHOICE)
        counted = counts[ChosenOption(place.stage.key, question, row.bucket)]
        atom = Atom(groups[row.cohort_id], row.channel)
        if row.measure.startswith(RETURNED):
            counted.returned[atom] += int(row.n)
            continue
        counted.answers[atom] += int(row.n)
        counted.settled[atom] += int(row.n) if row.settled else 0
    return dict(counts)


@dataclass(slots=True)
class _FoundPeople:
    """Days and atoms of each person who chose an option; ``is_complete`` if no row was left out."""

    is_complete: bool
    atoms: defaultdict[int, set[Atom]] = field(default_factory=lambda: defaultdict(set))
    days: set[tuple[int, date, Atom]] = field(default_factory=set)


def _read_people(
    tx: Connection,
    everyone: MapScope,
    groups: Mapping[int, frozenset[str]],
    counts: Mapping[ChosenOption, _OptionCounts],
) -> dict[ChosenOption, _FoundPeople]:
    live: Counter[str] = Counter()
    for option, each in counts.items():
        live[option.stage] += each.answers.total() - each.settled.total()
    found: dict[ChosenOption, _FoundPeople] = {}
    branches: list[Any] = []
    for stage, n in live.items():
        rows = select_choices(everyone, stage, n, tuple(groups))
        branches.append(select(literal(stage).label("present_stage"), *rows.c))
    for row in tx.execute(union_all(*branches)) if branches else ():
        option = ChosenOption(row.present_stage, row.question, row.choice)
        people = found.setdefault(option, _FoundPeople(live[row.present_stage] <= MOST_ROWS))
        atom = Atom(groups[row.cohort_id], row.channel)
        people.atoms[row.customer_id].add(atom)
        people.days.add((row.customer_id, row.day, atom))
    return found


def _make_parts(counts: _OptionCounts, people: _FoundPeople | None) -> PlaceParts:
    if people is None:  # an anonymous journey, or all rows are gone: each answer counts as a person
        live = Counter({frozenset([atom]): n for atom, n in (counts.answers - counts.settled).items()})
        return PlaceParts(counts.answers, counts.settled, live, _NO_BOUND, counts.returned)
    by_atoms = Counter(frozenset(atoms) for atoms in people.atoms.values())
    if not people.is_complete:
        return PlaceParts(counts.answers, counts.settled, by_atoms, _NO_BOUND, counts.returned)
    person_days = Counter(atom for _, _, atom in people.days) + counts.settled
    return PlaceParts(person_days, counts.settled, by_atoms, _NO_BOUND, counts.returned)
