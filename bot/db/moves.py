"""A group that becomes a supergroup has another id from then on; whatever holds the old one follows it at once."""

from sqlalchemy import ColumnElement, Connection, Table, select, update

from bot.db import views
from bot.db.letters import UNFINISHED
from bot.db.rows import letter, message_ref, team
from cjm.address import Address


def follow(tx: Connection, old: Address, new: Address) -> None:
    """Teams, unfinished letters, views and remembered messages of ``old`` belong to ``new`` from now on."""
    for table in (team, letter):
        moving = (table.c.messenger == old.messenger) & (table.c.address == old.id)
        if table is letter:
            moving &= letter.c.state.in_(UNFINISHED)
        _readdress(tx, table, moving, new)
    taken = select(message_ref.c.message_id).where(
        message_ref.c.messenger == new.messenger, message_ref.c.address == new.id
    )
    moving = (message_ref.c.messenger == old.messenger) & (message_ref.c.address == old.id)
    _readdress(tx, message_ref, moving & message_ref.c.message_id.not_in(taken), new)
    views.follow(tx, old, new)


def _readdress(tx: Connection, table: Table, moving: ColumnElement[bool], new: Address) -> None:
    tx.execute(update(table).where(moving).values(messenger=new.messenger, address=new.id))
