"""Invitations that are still open: it is too early to say whether they will be answered."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import case, func, select, text

from bot.db.asking.tables import invitation_table, response_table
from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, is_counted_in, row_condition
from cjm.figures.tally import ANSWERED, DECLINED, IGNORED, INVITED

AFTER_REMINDER = timedelta(hours=24)
"""Time after the reminder in which an answer is still expected."""

MOST_OPEN = 1000
"""Invitations that are read at most."""

# Written out, as in the index: no engine finds a part of an index by parameters.
_IS_ANSWERABLE = text("invitation.state IN ('open', 'answering')")


def count_still_open(tx: Connection, scope: MapScope, remind_after: timedelta, now: datetime) -> int:
    """Return how many invitations of a scope were delivered lately and may still get their first answer.

    Of more than `MOST_OPEN`, their number follows from the counters of the latest visits.
    """
    since = now - remind_after - AFTER_REMINDER
    in_scope = select(invitation_table.c.id, invitation_table.c.sent_at).where(
        _IS_ANSWERABLE, row_condition(scope, invitation_table), invitation_table.c.diary_id.is_(None)
    )
    read = in_scope.limit(MOST_OPEN + 1).subquery()
    with_response = read.outerjoin(response_table, response_table.c.invitation_id == read.c.id)
    is_young = (read.c.sent_at > since) & response_table.c.started_at.is_(None)
    counts = select(func.count().label("read"), func.sum(case((is_young, 1), else_=0)).label("young"))
    row = tx.execute(counts.select_from(with_response)).one()
    return int(row.young or 0) if row.read <= MOST_OPEN else _estimate(tx, scope, since)


def _estimate(tx: Connection, scope: MapScope, since: datetime) -> int:
    """Return how many invitations about visits since a time have no answer and were neither declined nor expired."""
    first = max(scope.first, since.astimezone(scope.journey.zone).date())
    is_over = tally_table.c.measure.in_((ANSWERED, DECLINED, IGNORED))
    n = func.sum(case((is_over, -tally_table.c.n), else_=tally_table.c.n))
    is_meant = tally_table.c.measure.in_((INVITED, ANSWERED, DECLINED, IGNORED))
    return max(0, int(tx.scalar(select(n).where(is_counted_in(replace(scope, first=first)), is_meant)) or 0))
