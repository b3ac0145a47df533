"""Numbers of volunteer diaries of a journey."""

from sqlalchemy import func, select

from bot.db.asking.tables import invitation_table, response_table
from bot.db.diary.diaries import IS_RUNNING
from bot.db.diary.tables import diary_table
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, row_condition
from cjm.figures.asking.diary_counts import DiaryCounts


def count_diaries(tx: Connection, scope: MapScope) -> DiaryCounts | None:
    """Return how many people keep a diary now, and how many messages of the scope's days were answered.

    None where the journey has no diary and none was answered. A scope of a segment or a channel has none: who keeps a
    diary now is not counted by them.
    """
    if scope.is_narrow:
        return None
    is_kept = (diary_table.c.journey == scope.journey.key) & IS_RUNNING
    volunteers = tx.scalar(select(func.count()).select_from(diary_table).where(is_kept)) or 0
    i = invitation_table.c
    messages = invitation_table.join(response_table, response_table.c.invitation_id == i.id)
    is_meant = row_condition(scope, invitation_table) & i.diary_id.is_not(None)
    is_answered = response_table.c.started_at.is_not(None)
    answered = tx.scalar(select(func.count()).select_from(messages).where(is_meant, is_answered)) or 0
    return DiaryCounts(volunteers, answered) if scope.journey.diary is not None or answered else None
