"""Visits that change after they were stored, with what was asked and answered about them.

Invariants:

* An answer in the chat and its invitation count under day, channel and cohort of their visit, also after it moved. What
  was asked about stays as it was asked.
* No counter moves here: all of it happens inside `bot.db.asking.recounting.recount`.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select, update

from bot.db.asking.tables import answer_table, invitation_table
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.journeys.tables import visit_table
from bot.db.journeys.visits import Visit, visit_columns
from cjm.asking.invitation_state import UNASKED_STATES

_UPDATE = update(visit_table).where(visit_table.c.id == bindparam("visit"))
_FOLLOW = [update(table).where(table.c.visit_id == bindparam("visit")) for table in (invitation_table, answer_table)]
# Not where it is anonymous or from memory: that counts under no part.
_FOLLOW_PART = [
    update(table).where(table.c.visit_id == bindparam("visit"), table.c.part.is_not(None))
    for table in (invitation_table, answer_table)
]


def save_corrected(tx: Connection, corrected: Sequence[Visit]) -> None:
    """Store what visits are now; what was asked and answered about them follows."""
    if not corrected:
        return
    tx.execute(_UPDATE, [{"visit": visit.id} | visit_columns(visit) for visit in corrected])
    places = [{"visit": v.id, "day": v.day, "channel": v.channel, "cohort_id": v.cohort_id} for v in corrected]
    for follow in _FOLLOW:
        tx.execute(follow, places)
    parts = [{"visit": v.id, "part": v.part} for v in corrected]
    for follow in _FOLLOW_PART:
        tx.execute(follow, parts)


def find_asked(tx: Connection, visit_ids: Sequence[int]) -> set[int]:
    """Return the ids of those of these visits that somebody was asked about, or is being asked about now."""
    asked = select(invitation_table.c.visit_id).where(invitation_table.c.state.not_in(UNASKED_STATES))
    return {
        row.visit_id
        for chunk in split_into_chunks(visit_ids)
        for row in tx.execute(asked.where(invitation_table.c.visit_id.in_(chunk)))
    }


def count_chat_answers(tx: Connection, visit_ids: Sequence[int]) -> int:
    """Return how many answers were given in the chat about these visits."""
    answers = select(func.count()).select_from(answer_table)
    chunks = split_into_chunks(visit_ids)
    return sum(tx.scalar(answers.where(answer_table.c.visit_id.in_(chunk))) or 0 for chunk in chunks)
