"""What people do not want to be asked about. A subject is a touchpoint's or a stage's key; "" is everything."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from bot.db.engine.rows import mute as row
from bot.db.engine.upsert import insert


def mute(tx: Connection, customer_id: int, subject: str, until: datetime | None = None) -> None:
    """Do not ask this person about ``subject`` until then, or ever."""
    key = {"customer_id": customer_id, "subject": subject}
    statement = insert(tx, row).values(**key, until=until)
    tx.execute(statement.on_conflict_do_update(index_elements=list(key), set_={"until": until}))


def unmute(tx: Connection, customer_id: int, subject: str | None = None) -> int:
    """Ask about it again, or about everything; returns how many subjects that are."""
    which = row.c.customer_id == customer_id
    if subject is not None:
        which &= row.c.subject == subject
    return len(tx.execute(delete(row).where(which).returning(row.c.subject)).all())


def of_customer(tx: Connection, customer_id: int, now: datetime) -> list[str]:
    """The subjects that hold now."""
    holding = row.c.until.is_(None) | (row.c.until > now)
    wanted = select(row.c.subject).where(row.c.customer_id == customer_id, holding).order_by(row.c.subject)
    return list(tx.scalars(wanted))
