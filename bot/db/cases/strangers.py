"""Strangers who turn out to be customers of the business."""

from sqlalchemy import update

from bot.db.cases import writer_mutes
from bot.db.cases.tables import case_table
from bot.db.engine.database import Connection
from bot.db.people import customers
from cjm.address import Address


def merge_stranger(tx: Connection, address: Address, into_id: int) -> None:
    """Make ``address`` the customer's: the stranger's cases move to customer ``into_id``, the stranger's row goes."""
    stranger = customers.find_by_address(tx, address)
    if stranger is not None and stranger.id != into_id:
        # First the cases and mutes: they would be deleted together with the row.
        tx.execute(update(case_table).where(case_table.c.customer_id == stranger.id).values(customer_id=into_id))
        writer_mutes.move_mutes(tx, stranger.id, into_id)
        customers.delete_customer(tx, stranger.id)
    customers.update_customer(tx, into_id, messenger=address.messenger, address=address.id, unreachable_at=None)
