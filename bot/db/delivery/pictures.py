"""What was uploaded once: the messenger's lasting id of each picture, by the hash of what it shows."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from bot.db.delivery.tables import picture_table
from bot.db.engine.upsert import insert


def find_file_id(tx: Connection, key: str) -> str | None:
    """The messenger's id of this picture, when it has it."""
    return tx.execute(select(picture_table.c.file_id).where(picture_table.c.key == key)).scalar()


def save(tx: Connection, key: str, file_id: str, now: datetime) -> None:
    statement = insert(tx, picture_table).values(key=key, file_id=file_id, at=now)
    fresh = {"file_id": file_id, "at": now}
    tx.execute(statement.on_conflict_do_update(index_elements=["key"], set_=fresh))


def delete_picture(tx: Connection, key: str) -> None:
    """The messenger does not know this id any more."""
    tx.execute(delete(picture_table).where(picture_table.c.key == key))


def delete_before(tx: Connection, before: datetime) -> None:
    """Forget pictures that were drawn long ago; they would be drawn anew."""
    tx.execute(delete(picture_table).where(picture_table.c.at < before))
