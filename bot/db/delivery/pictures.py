"""Pictures that were uploaded: the messenger's lasting id of each, by the hash of what it shows."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from bot.db.delivery.tables import picture_table
from bot.db.engine.upsert import insert


def find_file_id(tx: Connection, key: str) -> str | None:
    """Return the messenger's id of this picture; None while it was not uploaded."""
    return tx.execute(select(picture_table.c.file_id).where(picture_table.c.key == key)).scalar()


def save(tx: Connection, key: str, file_id: str, now: datetime) -> None:
    statement = insert(tx, picture_table).values(key=key, file_id=file_id, at=now)
    changes = {"file_id": file_id, "at": now}
    tx.execute(statement.on_conflict_do_update(index_elements=["key"], set_=changes))


def delete_picture(tx: Connection, key: str) -> None:
    """Forget an id that the messenger does not know any more."""
    tx.execute(delete(picture_table).where(picture_table.c.key == key))


def delete_all(tx: Connection) -> None:
    """Forget all pictures, as part of forgetting a person whose words may stand in one: its id would still open it."""
    tx.execute(delete(picture_table))


def delete_before(tx: Connection, before: datetime) -> None:
    """Forget pictures that were uploaded before this time; when asked for again, they are uploaded again."""
    tx.execute(delete(picture_table).where(picture_table.c.at < before))
