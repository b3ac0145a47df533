"""Cells of sealed conversations: how many people are candidates in a cell, and how many conversations went to it.

`cjm.asking.sealed_cell` has the rules. Everything here runs in the transaction that closes the invitations.
"""

from sqlalchemy import func, select

from bot.db.asking.tables import invitation_table, sealed_cell_table
from bot.db.engine.database import Connection
from bot.db.engine.upsert import Prepared
from cjm.asking.invitation_state import InvitationState
from cjm.asking.sealed_cell import ALL_CHANNELS, ALL_COHORTS, SealedCell

_TABLE = sealed_cell_table
_ADD = Prepared(
    _TABLE,
    lambda new: new.on_conflict_do_update(
        index_elements=list(_TABLE.primary_key), set_={"n": _TABLE.c.n + new.excluded.n}
    ),
)


def count_candidates(tx: Connection, journey: str, survey: str, cell: SealedCell) -> int:
    """Return how many closed people one of whom must have given a sealed answer of this cell, at least."""
    closed = (invitation_table.c.journey == journey) & (invitation_table.c.survey == survey)
    closed &= (invitation_table.c.state == InvitationState.CLOSED) & invitation_table.c.day.between(
        cell.first, cell.last
    )
    if cell.cohort_id != ALL_COHORTS:
        closed &= invitation_table.c.cohort_id == cell.cohort_id
    if cell.channel != ALL_CHANNELS:
        closed &= invitation_table.c.channel == cell.channel
    people = tx.scalar(select(func.count(invitation_table.c.customer_id.distinct())).where(closed)) or 0
    return people - _count_narrower(tx, journey, survey, cell)


def _count_narrower(tx: Connection, journey: str, survey: str, cell: SealedCell) -> int:
    """Return how many conversations went to narrower cells within this one."""
    widths = cell.narrower_widths
    if not widths:
        return 0
    narrower = (_TABLE.c.journey == journey) & (_TABLE.c.survey == survey)
    # Without weeks where this is one: only a week may begin before a wider cell and reach into it.
    narrower &= _TABLE.c.width.in_(widths) & _TABLE.c.first.between(cell.first, cell.last)
    if cell.cohort_id != ALL_COHORTS:
        narrower &= _TABLE.c.cohort_id == cell.cohort_id
    return tx.scalar(select(func.coalesce(func.sum(_TABLE.c.n), 0)).where(narrower)) or 0


def count_sealed(tx: Connection, journey: str, survey: str, cell: SealedCell, n: int) -> None:
    """Note that ``n`` conversations went to this cell."""
    key = {"journey": journey, "survey": survey, "width": cell.width, "first": cell.first}
    tx.execute(_ADD(tx), key | {"cohort_id": cell.cohort_id, "channel": cell.channel, "n": n})
