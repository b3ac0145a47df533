"""What people do not want to be asked about. A subject is a touchpoint's or a stage's key; "" is everything."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from bot.db.asking.tables import mute_table
from bot.db.engine.upsert import insert


def mute(tx: Connection, customer_id: int, subject: str, until: datetime | None = None) -> None:
    """Do not ask this person about ``subject`` until then, or ever."""
    key = {"customer_id": customer_id, "subject": subject}
    statement = insert(tx, mute_table).values(**key, until=until)
    tx.execute(statement.on_conflict_do_update(index_elements=list(key), set_={"until": until}))


def unmute(tx: Connection, customer_id: int, subject: str | None = None) -> int:
    """Ask about it again, or about everything; returns how many subjects that are."""
    which = mute_table.c.customer_id == customer_id
    if subject is not None:
        which &= mute_table.c.subject == subject
    return len(tx.execute(delete(mute_table).where(which).returning(mute_table.c.subject)).all())


def list_by_customer(tx: Connection, customer_id: int, now: datetime) -> list[str]:
    """The subjects that hold now."""
    holding = mute_table.c.until.is_(None) | (mute_table.c.until > now)
    wanted = (
        select(mute_table.c.subject)
        .where(mute_table.c.customer_id == customer_id, holding)
        .order_by(mute_table.c.subject)
    )
    return list(tx.scalars(wanted))
