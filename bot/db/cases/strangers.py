"""Strangers who turn out to be customers of the business."""

from typing import Any

from sqlalchemy import update

from bot.db.cases import kept_mutes, writer_mutes
from bot.db.cases.tables import case_table
from bot.db.delivery import letters, quoted_messages
from bot.db.engine.database import Connection
from bot.db.people import customers
from bot.db.people.customers import Customer
from cjm.address import Address


def merge_stranger(tx: Connection, address: Address, into_id: int) -> None:
    """Make ``address`` the customer's: the stranger's cases move to customer ``into_id``, the stranger's row goes.

    What the stranger chose in /settings becomes the customer's: it is the last word of the person who has the account.
    """
    stranger = customers.find_by_address(tx, address)
    if stranger is not None and stranger.id != into_id:
        # First the cases, mutes and quotes: they would be deleted together with the row.
        tx.execute(update(case_table).where(case_table.c.customer_id == stranger.id).values(customer_id=into_id))
        writer_mutes.move_mutes(tx, stranger.id, into_id)
        quoted_messages.move_quotes(tx, stranger.id, into_id)
        letters.move_about(tx, stranger.id, into_id)
        customers.delete_customer(tx, stranger.id)
        if choices := _list_choices(stranger):
            customers.update_customer(tx, into_id, **choices)
    kept_mutes.restore_mutes(tx, into_id, address)
    customers.update_customer(tx, into_id, messenger=address.messenger, address=address.id, unreachable_at=None)


def _list_choices(stranger: Customer) -> dict[str, Any]:
    """Return the columns with what a person chose in /settings."""
    choices: dict[str, Any] = {}
    if stranger.has_own_language:
        choices |= {"language": stranger.language, "has_own_language": True}
    if stranger.has_own_zone:
        choices |= {"timezone": stranger.timezone, "has_own_zone": True}
    if stranger.quiet_hours is not None:
        choices["quiet_hours"] = stranger.quiet_hours
    if stranger.asks_less_often:
        choices["asks_less_often"] = True
    return choices
