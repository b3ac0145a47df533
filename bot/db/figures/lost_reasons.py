"""Reasons for which something was lost, as events told them: how many people's visits had each, by stage."""

from collections import defaultdict

from sqlalchemy import func, select

from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, row_condition
from bot.db.journeys.tables import visit_table

LostReasonPeople = dict[str, dict[str, int]]
"""Present key of a stage -> reason -> people."""


def count_lost_reasons(tx: Connection, scope: MapScope) -> LostReasonPeople:
    """Return the people of each reason in a scope; only visits that tell one are read, which an index holds."""
    visit = visit_table.c
    is_told = row_condition(scope, visit_table) & visit.lost_reason.is_not(None) & visit.withdrawn.is_(False)
    people = func.count(visit.customer_id.distinct()).label("people")
    rows = tx.execute(
        select(visit.stage, visit.lost_reason, people).where(is_told).group_by(visit.stage, visit.lost_reason)
    )
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        of_stage = found[scope.journey.current_key(row.stage)]
        of_stage[row.lost_reason] = of_stage.get(row.lost_reason, 0) + row.people
    return dict(found)
