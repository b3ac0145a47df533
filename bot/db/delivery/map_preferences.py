"""Preferences of a chat about its maps: the lanes that its files show until somebody chooses others."""

from sqlalchemy import delete, select, update

from bot.db.delivery.tables import map_preference_table
from bot.db.engine.database import Connection
from bot.db.engine.upsert import insert
from cjm.address import Address


def find_lanes(tx: Connection, owner: Address) -> str | None:
    """Return the preset that was chosen last in a chat; None while nobody chose one."""
    mine = map_preference_table.c.owner == str(owner)
    lanes: str | None = tx.scalar(select(map_preference_table.c.lanes).where(mine))
    return lanes


def save_lanes(tx: Connection, owner: Address, lanes: str) -> None:
    statement = insert(tx, map_preference_table).values(owner=str(owner), lanes=lanes)
    tx.execute(statement.on_conflict_do_update(index_elements=["owner"], set_={"lanes": lanes}))


def delete_by_owner(tx: Connection, owner: Address) -> None:
    tx.execute(delete(map_preference_table).where(map_preference_table.c.owner == str(owner)))


def readdress(tx: Connection, old: Address, new: Address) -> None:
    """Give the preferences of chat ``old`` to chat ``new``, unless that has its own."""
    if find_lanes(tx, new) is None:
        mine = map_preference_table.c.owner == str(old)
        tx.execute(update(map_preference_table).where(mine).values(owner=str(new)))
