"""Read what the scores of the parts of the day are made of: counters, and a bounded number of rows."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, func, select

from bot.db.asking.tables import answer_table
from bot.db.counters.tables import tally_table
from bot.db.counters.window_counters import SUMS
from bot.db.engine.database import Connection
from bot.db.figures.gap_sums import read_gaps
from bot.db.figures.map_sums import MapScope, is_counted_in, row_condition
from bot.db.journeys import cohorts
from cjm.figures.day.day_places import PART_PREFIX, part_place, read_part_place
from cjm.figures.day.part_scores import PartAnswer, PartCounter, PartFacts, RestDay
from cjm.figures.day.parts import PartOfDay
from cjm.figures.gaps import WindowGaps
from cjm.figures.part_disclosure import SEVERAL_CHANNELS, UNKNOWN_CHANNEL
from cjm.figures.people import PersonDaySums
from cjm.figures.tally import PEOPLE, RETURNED
from cjm.scales import contribution

MOST_ANSWERS = 5_000
"""Answers of a window that are read at most, and person-days beside the parts."""


def read_part_facts(tx: Connection, scope: MapScope, most: int = MOST_ANSWERS) -> PartFacts:
    """Return the facts of all customers in the days of a scope, on the headline scale; none of an anonymous journey.

    There nobody may know the hour of an answer. At most ``most`` answers are read.
    """
    everyone = replace(scope, cohorts=None, channel=None)
    journey = scope.journey
    if journey.anonymous:
        return PartFacts(journey.scale, scope.days, (), ())
    counters = _read_counters(tx, everyone)
    answers = _read_answers(tx, everyone, most + 1) if counters else ()
    gaps = read_gaps(tx, everyone, by_part=True) if len(answers) > most else {}
    return PartFacts(
        scale=journey.scale,
        days=scope.days,
        counters=counters,
        answers=answers[:most],
        rest_days=_read_rest_days(tx, everyone, MOST_ANSWERS) if counters else (),
        is_cut=len(answers) > most,
        segments=cohorts.list_segments(tx, journey),
        gaps={part: gaps.get((part_place(part), journey.scale), WindowGaps()) for part in PartOfDay},
    )


def _read_counters(tx: Connection, scope: MapScope) -> list[PartCounter]:
    scale = scope.journey.scale
    key = (tally_table.c.subject, tally_table.c.measure, tally_table.c.cohort_id, tally_table.c.settled)
    is_meant = is_counted_in(scope) & tally_table.c.subject.startswith(PART_PREFIX, autoescape=True)
    is_meant &= tally_table.c.measure.in_([scale + PEOPLE, RETURNED + scale])
    sums = [func.sum(tally_table.c[name]).label(name) for name in SUMS]
    counters = []
    for row in tx.execute(select(*key, *sums).where(is_meant).group_by(*key)):
        # PostgreSQL returns Decimal for a sum, SQLite int or float.
        n, rest = int(row.n), [float(getattr(row, name)) for name in SUMS[1:]]
        is_return = row.measure == RETURNED + scale
        days, returned = (PersonDaySums(), n) if is_return else (PersonDaySums(n, *rest), 0)
        if n:
            counters.append(PartCounter(read_part_place(row.subject), row.cohort_id, row.settled, days, returned))
    return counters


def _is_scored(scope: MapScope) -> ColumnElement[bool]:
    a, scale = answer_table.c, scope.journey.scale
    is_meant = row_condition(scope, answer_table) & (a.kind == scale.value) & a.value.is_not(None)
    return is_meant & a.customer_id.is_not(None)


def _read_rest_days(tx: Connection, scope: MapScope, limit: int) -> Sequence[RestDay]:
    """Return the person-days with an answer of no known part, or with answers of several parts."""
    a = answer_table.c
    is_unknown, is_several = func.count(a.part) < func.count(), func.min(a.part) < func.max(a.part)
    rows = tx.execute(
        select(a.customer_id, a.cohort_id, is_unknown.label("is_unknown"))
        .where(_is_scored(scope))
        .group_by(a.customer_id, a.day, a.cohort_id)
        .having(is_unknown | is_several)
        .limit(limit)
    )
    return [
        RestDay(row.customer_id, row.cohort_id, UNKNOWN_CHANNEL if row.is_unknown else SEVERAL_CHANNELS) for row in rows
    ]


def _read_answers(tx: Connection, scope: MapScope, limit: int) -> Sequence[PartAnswer]:
    a, scale = answer_table.c, scope.journey.scale
    columns = (a.customer_id, a.day, a.cohort_id, a.part, a.value)
    rows = tx.execute(select(*columns).where(_is_scored(scope) & a.part.is_not(None)).limit(limit))
    return [
        PartAnswer(row.customer_id, row.day, row.cohort_id, row.part, contribution(scale, row.value)) for row in rows
    ]
