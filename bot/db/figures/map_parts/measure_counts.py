"""Operational measures of the stages in a scope, from the counters of the buckets of their values."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from sqlalchemy import func, select

from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, is_counted_in
from cjm.figures.tally import MEASURE

MeasureCounts = Mapping[str, Mapping[str, Mapping[str, int]]]
"""Stage -> measure -> bucket -> visits that told it, at the stage or one of its touchpoints."""


def count_measures(tx: Connection, scope: MapScope) -> MeasureCounts:
    """Return the values of the declared measures in a scope, by bucket; without declared ones nothing is read."""
    counts: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    declared = [MEASURE + measure.key for measure in scope.journey.measures]
    if not declared:
        return counts
    key = (tally_table.c.subject, tally_table.c.measure, tally_table.c.bucket)
    is_counted = is_counted_in(scope) & tally_table.c.measure.in_(declared)
    for row in tx.execute(select(*key, func.sum(tally_table.c.n).label("n")).where(is_counted).group_by(*key)):
        place = scope.journey.find_place(row.subject)
        if place is not None:  # else the journey lost the place
            counts[place.stage.key][row.measure.removeprefix(MEASURE)][row.bucket] += int(row.n)
    return counts
