"""A group that becomes a supergroup has another id from then on; whatever holds the old one follows it at once.

Its messages stay behind: a supergroup numbers its own from 1 again. Remembered there, the number of an old card would
soon be somebody's chat about lunch, and the reply to it would go to a customer.
"""

from sqlalchemy import ColumnElement, Connection, Table, update

from bot.db.delivery import views
from bot.db.delivery.letters import UNFINISHED
from bot.db.delivery.tables import letter_table
from bot.db.people.tables import team_table
from cjm.address import Address


def migrate_chat(tx: Connection, old: Address, new: Address) -> None:
    """Teams, unfinished letters and views of ``old`` belong to ``new`` from now on. Twice changes nothing."""
    for table in (team_table, letter_table):
        moving = (table.c.messenger == old.messenger) & (table.c.address == old.id)
        if table is letter_table:
            moving &= letter_table.c.state.in_(UNFINISHED)
        _readdress(tx, table, moving, new)
    views.readdress(tx, old, new)


def _readdress(tx: Connection, table: Table, moving: ColumnElement[bool], new: Address) -> None:
    tx.execute(update(table).where(moving).values(messenger=new.messenger, address=new.id))
