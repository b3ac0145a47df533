"""Rows of few people, grouped by person in one statement.

Invariants:

* Only places and measures with at most `MOST_ROWS` rows are asked for, `MOST_ROWS_IN_ALL` together, and no branch of a
  statement looks at more rows for each of them: the cost is bounded also where counters and rows should differ.
* The indexes by subject or stage, cohort and day hold the rows of a segment together. A channel is in none of them, so
  the rows of all channels are looked at.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Float,
    Row,
    Select,
    String,
    Subquery,
    Table,
    case,
    cast,
    func,
    literal,
    select,
    true,
    union_all,
)

from bot.db.asking import presence
from bot.db.asking.tables import answer_table
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, ScopeCounters
from bot.db.journeys.tables import cohort_table, visit_table
from cjm.figures.facts.presence import WHOLE_JOURNEY
from cjm.figures.people import PersonClusters
from cjm.figures.tally import CUSTOMERS
from cjm.journeys.journey import Journey
from cjm.journeys.survey import QuestionKind
from cjm.scales import Headline, Scale, contribution

MOST_ROWS = 1000
"""Rows of one place and measure that are read at most."""

MOST_ROWS_IN_ALL = 25 * MOST_ROWS
"""Rows of all places and measures of a scope that are read at most, those with the fewest first."""


class PeopleKey(NamedTuple):
    """Place by its present key, or "" for the whole journey, and a scale or CUSTOMERS."""

    subject: str
    measure: str


@dataclass(frozen=True, slots=True)
class PersonGroups:
    """People of a place and measure as their rows show them, and the number of their person-days."""

    person_days: int
    clusters: PersonClusters


def group_people(tx: Connection, counters: ScopeCounters, keys: Sequence[PeopleKey]) -> dict[PeopleKey, PersonGroups]:
    """Return the people behind these keys; a key without rows is left out."""
    if not keys:
        return {}
    found = _select_groups(tx, counters, keys, ("place", "measure"))
    return {PeopleKey(row.place, row.measure): _groups_from_row(row) for row in tx.execute(found)}


def group_people_by_channel(
    tx: Connection, counters: ScopeCounters, keys: Sequence[PeopleKey]
) -> dict[tuple[PeopleKey, str], PersonGroups]:
    """Return the people behind these keys at each channel; a person with several channels is at each of them."""
    if not keys:
        return {}
    found = _select_groups(tx, counters, keys, ("place", "measure", "channel"))
    return {(PeopleKey(row.place, row.measure), row.channel): _groups_from_row(row) for row in tx.execute(found)}


def _select_groups(
    tx: Connection, counters: ScopeCounters, keys: Sequence[PeopleKey], parts: tuple[str, ...]
) -> Select[Any]:
    """Select the sums over people of each part, made of their person-days."""
    # What tells most keys apart comes first: SQLite sorts rows to group them.
    rows = select_rows(counters, keys, list_cohorts(tx, counters.scope))
    day_key = [rows.c[name] for name in ("customer_id", "day", *parts, "stored", "cohort_id")]
    of_day = select(*day_key, func.avg(rows.c.x).label("x")).where(_is_of_channel(counters.scope, rows))
    days = of_day.group_by(*day_key).subquery("person_day")
    person_key = [days.c[name] for name in ("customer_id", *parts)]
    of_person = select(*person_key, func.count().label("k"), func.sum(days.c.x).label("s"))
    people = of_person.group_by(*person_key).subquery("person")
    k, s = people.c.k, people.c.s
    sums = {"person_days": k, "total_squares": s * s, "total_days": s * k, "days_squares": k * k}
    part_key = [people.c[name] for name in parts]
    summed = (func.sum(each).label(name) for name, each in sums.items())
    return select(*part_key, func.count().label("people"), *summed).group_by(*part_key)


def _groups_from_row(row: Row[Any]) -> PersonGroups:
    clusters = PersonClusters(
        people=int(row.people),
        at_least=int(row.people),
        total_squares=float(row.total_squares),
        total_days=float(row.total_days),
        days_squares=float(row.days_squares),
    )
    return PersonGroups(int(row.person_days), clusters)


def count_some_people(
    tx: Connection, counters: ScopeCounters, keys: Sequence[PeopleKey], most_rows: int
) -> dict[PeopleKey, int]:
    """Return how many people are behind ``most_rows`` of the rows of each key: so many there are at least."""
    if not keys:
        return {}
    cohorts = list_cohorts(tx, counters.scope)
    counts = []
    for number, key in enumerate(keys):
        rows = select_rows(counters, [key], cohorts, most_rows)
        people = func.count(rows.c.customer_id.distinct()).label("people")
        counts.append(select(literal(number).label("number"), people).where(_is_of_channel(counters.scope, rows)))
    return {keys[row.number]: int(row.people) for row in tx.execute(union_all(*counts))}


def list_cohorts(tx: Connection, scope: MapScope) -> Sequence[int]:
    """Return the cohorts of a scope: with them named, an index by cohort and day leads to the rows of its days."""
    if scope.cohorts is not None:
        return scope.cohorts
    return tx.scalars(select(cohort_table.c.id).where(cohort_table.c.journey == scope.journey.key)).all()


def _is_of_channel(scope: MapScope, rows: Subquery) -> ColumnElement[bool]:
    return true() if scope.channel is None else rows.c.channel == scope.channel


_Branch = tuple[Select[Any], Table, int]


def select_rows(
    counters: ScopeCounters, keys: Sequence[PeopleKey], cohorts: Sequence[int], most_rows: int = MOST_ROWS
) -> Subquery:
    """Select the rows of these keys, of all channels: place, stored, measure, customer_id, day, cohort_id, channel, x.

    Of each key ``most_rows`` come at most.
    ``stored`` is the key that the place had then: a person-day belongs to one.
    """
    branches = []
    for branch, table, n in _select_branches(counters, keys):
        within = branch.where(_is_within(counters.scope, table, cohorts)).limit(most_rows * n)
        branches.append(select(within.subquery()))
    return union_all(*branches).subquery("row_read")


def _is_within(scope: MapScope, table: Table, cohorts: Sequence[int]) -> ColumnElement[bool]:
    is_ours = (table.c.journey == scope.journey.key) & table.c.cohort_id.in_(cohorts)
    is_ours &= table.c.customer_id.is_not(None)  # sealed answers count as settled: nothing tells who gave them
    return is_ours & table.c.day.between(scope.first, scope.last)


def _select_branches(counters: ScopeCounters, keys: Sequence[PeopleKey]) -> Iterator[_Branch]:
    """Select from each table what some of these keys need of it, not yet narrowed to days and cohorts.

    The number is that of the keys: each adds to the limit of its branch alone.
    """
    journey = counters.scope.journey
    answered, visited = ([key for key in keys if (key.measure == CUSTOMERS) is is_visit] for is_visit in (False, True))
    at_touchpoints = [key for key in answered if is_touchpoint(journey, key.subject)]
    at_stages = [key for key in answered if key not in at_touchpoints]
    for column, group in ((answer_table.c.subject, at_touchpoints), (answer_table.c.stage, at_stages)):
        # One branch a scale: with an equation for it the index leads straight to the rows.
        for scale in sorted({key.measure for key in group}):
            of_scale = [key for key in group if key.measure == scale]
            yield _select_answers(counters, column, of_scale, Scale(scale)), answer_table, len(of_scale)
    if stages := [key for key in visited if key.subject != WHOLE_JOURNEY]:
        stored = [stored for key in stages for stored in counters.stored_keys[key.subject]]
        branch = _select_visits(_present_key(counters, visit_table.c.stage, stages), visit_table.c.stage)
        yield branch.where(visit_table.c.stage.in_(stored)), visit_table, len(stages)
    if len(stages) < len(visited):
        yield from _select_presence(counters)


def _select_answers(
    counters: ScopeCounters, column: ColumnElement[str], keys: Sequence[PeopleKey], scale: Scale
) -> Select[Any]:
    stored = [stored for key in keys for stored in counters.stored_keys[key.subject]]
    place, measure = _present_key(counters, column, keys), answer_table.c.kind
    branch = _select_columns(answer_table, place, column, measure, _contribution(scale))
    return branch.where(column.in_(stored), measure == scale.value, answer_table.c.value.is_not(None))


def is_touchpoint(journey: Journey, subject: str) -> bool:
    """Return whether a present key is that of a touchpoint."""
    place = journey.find_place(subject)
    return place is not None and place.touchpoint is not None


def _select_presence(counters: ScopeCounters) -> Iterator[_Branch]:
    """Select what makes people present in the whole journey: visits, and imported answers."""
    journey, nowhere = counters.scope.journey, literal(WHOLE_JOURNEY, String)
    # All stages and kinds are named because the indexes begin with them.
    stages = sorted({*journey.stages_by_key, *(key for keys in counters.stored_keys.values() for key in keys)})
    yield _select_visits(nowhere, nowhere).where(visit_table.c.stage.in_(stages)), visit_table, 1
    imported = _select_columns(answer_table, nowhere, nowhere, literal(CUSTOMERS, String), literal(1.0, Float))
    is_imported = presence.is_imported() & answer_table.c.kind.in_(list(QuestionKind))
    yield imported.where(is_imported, answer_table.c.stage.in_(stages)), answer_table, 1


def _select_visits(place: ColumnElement[str], stored: ColumnElement[str]) -> Select[Any]:
    branch = _select_columns(visit_table, place, stored, literal(CUSTOMERS, String), literal(1.0, Float))
    return branch.where(visit_table.c.withdrawn.is_(False))


def _select_columns(
    table: Table, place: ColumnElement[str], stored: ColumnElement[str], measure: ColumnElement[str], x: Any
) -> Select[Any]:
    columns = (table.c.customer_id, table.c.day, table.c.cohort_id, table.c.channel)
    return select(
        place.label("place"), stored.label("stored"), measure.label("measure"), *columns, cast(x, Float).label("x")
    )


def _present_key(counters: ScopeCounters, column: ColumnElement[str], keys: Sequence[PeopleKey]) -> ColumnElement[str]:
    """Return the present key of the place whose key then stands in a column."""
    pairs = {stored: key.subject for key in keys for stored in counters.stored_keys[key.subject]}
    renamed = {stored: present for stored, present in pairs.items() if stored != present}
    return case(renamed, value=column, else_=column) if renamed else column


def _contribution(scale: Scale) -> ColumnElement[Any]:
    """Return what an answer's value adds to the headline of its scale, as `cjm.scales.contribution` has it."""
    if scale.spec.headline is Headline.MEAN:
        return answer_table.c.value
    by_x: defaultdict[float, list[int]] = defaultdict(list)
    for value in scale.spec.values:
        by_x[contribution(scale, value)].append(value)
    return case(*((answer_table.c.value.in_(values), x) for x, values in by_x.items() if x), else_=0.0)
