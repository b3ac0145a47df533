"""Updates that were set aside: what kept them from being handled, and another try.

Invariants:

* An update that is tried again keeps its place in the order: it comes before later updates of its chat that still wait.
* An update whose payload was blanked, because its person was forgotten, cannot be tried again.
* An update that outlives the messenger's redeliveries gives its id free and is kept under a negative one: after an
  idle week the messenger may use the id for another update.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from bot.db.delivery.states import InboxState
from bot.db.delivery.tables import inbox_table


@dataclass(frozen=True, slots=True)
class SetAsideGroup:
    """Number of updates set aside because of one error; ``erased`` of them have no payload, the oldest is ``since``."""

    error: str
    updates: int
    erased: int
    since: datetime


def list_set_aside(tx: Connection, bot: str | None) -> list[SetAsideGroup]:
    """Return what was set aside for a bot, or for all bots without one, grouped by error, the largest group first."""
    erased = func.count().filter(inbox_table.c.payload.is_(None)).label("erased")
    columns = (inbox_table.c.error, func.count().label("updates"), erased)
    since = func.min(inbox_table.c.received_at).label("since")
    groups = select(*columns, since).where(_is_set_aside(bot)).group_by(inbox_table.c.error)
    found = [SetAsideGroup(row.error or "", row.updates, row.erased, row.since) for row in tx.execute(groups)]
    return sorted(found, key=lambda group: (-group.updates, group.error))


def retry_set_aside(tx: Connection, bot: str | None) -> int:
    """Let what was set aside be handled again, as if it had never been tried; return how many updates these are."""
    values = {"state": InboxState.NEW, "attempts": 0, "error": None, "handled_at": None}
    again = update(inbox_table).where(_is_set_aside(bot), inbox_table.c.payload.is_not(None)).values(values)
    return len(tx.execute(again.returning(inbox_table.c.id)).all())


def free_update_ids(tx: Connection, before: datetime) -> None:
    """Give the ids of updates that were set aside before this time to updates to come."""
    has_id = _is_set_aside(None) & (inbox_table.c.handled_at < before) & (inbox_table.c.update_id > 0)
    tx.execute(update(inbox_table).where(has_id).values(update_id=-inbox_table.c.id))


def delete_set_aside(tx: Connection, before: datetime) -> int:
    """Delete updates that were set aside before this time; return how many."""
    old = _is_set_aside(None) & (inbox_table.c.handled_at < before)
    return len(tx.execute(delete(inbox_table).where(old).returning(inbox_table.c.id)).all())


def _is_set_aside(bot: str | None) -> ColumnElement[bool]:
    is_failed = inbox_table.c.state == InboxState.FAILED
    return is_failed if bot is None else is_failed & (inbox_table.c.bot == bot)
