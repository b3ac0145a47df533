"""People who visited touchpoints that are to be removed: whom it concerns when they go."""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import func, literal, select, union_all

from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, ScopeCounters, list_keys, row_condition
from bot.db.journeys.tables import visit_table
from cjm.figures.people import CountBasis
from cjm.figures.plan.stage_texts import VisitorCount
from cjm.figures.tally import VISITS
from cjm.journeys.journey import Stage
from cjm.journeys.parts.touchpoint_status import TouchpointStatus

MOST_VISITS = 10_000
"""Visits of one touchpoint that are read at most: of more, each counts as a person, and the count says "at most"."""


def count_removed_visitors(tx: Connection, counters: ScopeCounters) -> Mapping[str, VisitorCount]:
    """Return the people who visited each removed touchpoint in a scope, by its key.

    Where nobody is known (anonymous journeys), and of visits whose rows are gone, each visit counts as a person.
    """
    scope = counters.scope
    visits = {
        point.key: sum(sums.n for sums in counters.table.get((point.key, VISITS), {}).values())
        for stage in scope.journey.stages
        for point in stage.touchpoints
        if point.status is TouchpointStatus.REMOVED
    }
    settled = {key: sum(sums.n for sums in counters.settled.get((key, VISITS), {}).values()) for key in visits}
    few = [key for key, n in visits.items() if 0 < n <= MOST_VISITS and not scope.journey.anonymous]
    people = _count_people(tx, scope, few)
    return {
        key: VisitorCount(people[key] + settled[key], CountBasis.AT_MOST if settled[key] else CountBasis.EXACT)
        if key in few or not n
        else VisitorCount(n, CountBasis.AT_MOST)
        for key, n in visits.items()
    }


def _count_people(tx: Connection, scope: MapScope, keys: list[str]) -> Counter[str]:
    if not keys:
        return Counter()
    people = func.count(visit_table.c.customer_id.distinct()).label("people")
    counts = [
        select(literal(key).label("touchpoint"), people).where(
            row_condition(scope, visit_table),
            visit_table.c.stage.in_(_list_stage_keys(scope, key)),
            visit_table.c.touchpoint.in_(list_keys(scope.journey, key)),
            visit_table.c.withdrawn.is_(False),
        )
        for key in keys
    ]
    return Counter({row.touchpoint: int(row.people) for row in tx.execute(union_all(*counts))})


def _list_stage_keys(scope: MapScope, touchpoint: str) -> list[str]:
    """Return the present and former keys of all stages, that of the touchpoint first: an index begins with the stage.

    A touchpoint may have been at another stage when it was visited.
    """
    own: Stage = scope.journey.touchpoints[touchpoint].stage
    others = [stage for stage in scope.journey.stages if stage is not own]
    return [key for stage in (own, *others) for key in (stage.key, *stage.was)]
