"""Migration of a chat: a group that becomes a supergroup has another address from then on.

Bound teams, unfinished letters, views and what the chat saved follow to the new address at once; a chat that only the
settings name does not. The group's messages stay behind: a supergroup numbers its own messages from 1 again, so the
number of an old card would soon be that of an unrelated message, and a reply to that would go to a customer.
"""

from sqlalchemy import Connection

from bot.db.delivery import letters, map_preferences, saved_views, views
from bot.db.people import teams
from cjm.address import Address


def migrate_chat(tx: Connection, old: Address, new: Address) -> None:
    """Give ``new`` what belonged to ``old``. A second call changes nothing."""
    teams.readdress(tx, old, new)
    letters.readdress(tx, old, new)
    views.readdress(tx, old, new)
    saved_views.readdress(tx, old, new)
    map_preferences.readdress(tx, old, new)
