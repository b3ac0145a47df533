"""Mutes of customers by those who look after a journey's cases, and what such customers have written lately.

Invariants:

* A mute holds for the cases of one journey, or for those without a journey: other teams go on hearing of the person.
* A mute that ended, by itself or by a member, stays as a record of who did it. It goes with its customer.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, insert, select, update

from bot.db.cases import cases
from bot.db.cases.tables import case_message_table, case_table, writer_mute_table
from bot.db.engine.database import Connection
from bot.db.engine.rows import row_reader
from cjm.cases.case import CaseAuthor, CaseState, TeamMember
from cjm.cases.intake import DAY, WriterLoad


@dataclass(frozen=True, slots=True)
class WriterMute:
    """Mute of one customer; ``journey`` is "" for cases without a journey. ``ended_at`` is set once it is over."""

    id: int
    customer_id: int
    journey: str
    at: datetime
    until: datetime
    muted_by: str
    muted_name: str
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_name: str | None = None


_mute_from_row = row_reader(WriterMute, writer_mute_table)
_OVER = (
    select(writer_mute_table)
    .where(writer_mute_table.c.ended_at.is_(None), writer_mute_table.c.until <= bindparam("now"))
    .limit(bindparam("most"))
)  # built once: a tick runs it


def insert_mute(
    tx: Connection, customer_id: int, journey: str | None, by: TeamMember, now: datetime, until: datetime
) -> None:
    columns = {"customer_id": customer_id, "journey": journey or "", "at": now, "until": until}
    tx.execute(insert(writer_mute_table), columns | {"muted_by": by.address, "muted_name": by.name})


def find_mute(tx: Connection, customer_id: int, journey: str | None) -> WriterMute | None:
    """Return the mute of this person that is not over."""
    wanted = select(writer_mute_table).where(_is_muted(customer_id, journey))
    row = tx.execute(wanted.order_by(writer_mute_table.c.id.desc()).limit(1)).first()
    return _mute_from_row(row) if row else None


def end_mute(tx: Connection, mute: WriterMute, now: datetime, by: TeamMember | None = None) -> None:
    """Record that a mute is over: ended by a member of the team, or by itself."""
    values = {"ended_at": now, "ended_by": by.address if by else None, "ended_name": by.name if by else None}
    tx.execute(update(writer_mute_table).where(writer_mute_table.c.id == mute.id).values(values))


def list_over(tx: Connection, now: datetime, limit: int) -> list[WriterMute]:
    """Return mutes whose time is over and that nobody has recorded as ended."""
    return [_mute_from_row(row) for row in tx.execute(_OVER, {"now": now, "most": limit})]


def move_mutes(tx: Connection, customer_id: int, into_id: int) -> None:
    """Make mutes of a stranger those of the customer who they turn out to be."""
    theirs = writer_mute_table.c.customer_id == customer_id
    tx.execute(update(writer_mute_table).where(theirs).values(customer_id=into_id))


def find_load(tx: Connection, customer_id: int, journey: str | None, now: datetime) -> WriterLoad:
    """Return what a customer has open and has written lately about a journey (None: cases without one)."""
    # One statement, because each case and each message of a case asks this.
    mine = cases.is_about(customer_id, journey)
    open_cases = select(func.count()).select_from(case_table).where(mine, case_table.c.state != CaseState.CLOSED)
    is_recent = (case_message_table.c.author == CaseAuthor.CUSTOMER) & (case_message_table.c.at > now - DAY)
    messages = select(func.count()).select_from(case_message_table.join(case_table)).where(mine, is_recent)
    is_muted = _is_muted(customer_id, journey) & (writer_mute_table.c.until > now)
    muted_until = select(func.max(writer_mute_table.c.until)).where(is_muted)
    columns = (
        open_cases.scalar_subquery().label("open_cases"),
        messages.scalar_subquery().label("messages"),
        muted_until.scalar_subquery().label("muted_until"),
    )
    row = tx.execute(select(*columns)).one()
    return WriterLoad(row.open_cases, row.messages, row.muted_until)


def _is_muted(customer_id: int, journey: str | None) -> ColumnElement[bool]:
    is_meant = (writer_mute_table.c.customer_id == customer_id) & (writer_mute_table.c.journey == (journey or ""))
    return is_meant & writer_mute_table.c.ended_at.is_(None)
