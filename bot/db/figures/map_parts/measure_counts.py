"""Operational measures of the stages in a scope, from the counters of the buckets of their values."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from sqlalchemy import func, select

from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, list_all_keys, scope_params, select_counted
from cjm.figures.tally import MEASURE

MeasureCounts = Mapping[str, Mapping[str, Mapping[str, int]]]
"""Stage -> measure -> bucket -> visits that told it, at the stage or one of its touchpoints."""


def count_measures(tx: Connection, scope: MapScope) -> MeasureCounts:
    """Return the values of the declared measures in a scope, by bucket; without declared ones nothing is read."""
    counts: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    declared = [MEASURE + measure.key for measure in scope.journey.measures]
    if not declared:
        return counts
    counted = select_counted(by_cohort=scope.cohorts is not None, by_channel=scope.channel is not None)
    key = (counted.c.subject, counted.c.measure, counted.c.bucket)
    sums = select(*key, func.sum(counted.c.n).label("n")).group_by(*key)
    wanted = {"measures": declared, "subjects": list_all_keys(scope.journey)}
    for row in tx.execute(sums, scope_params(scope) | wanted):
        place = scope.journey.find_place(row.subject)
        if place is not None:  # else the journey lost the place
            counts[place.stage.key][row.measure.removeprefix(MEASURE)][row.bucket] += int(row.n)
    return counts
