"""Recall messages that show words which are older than the retention, as the words themselves are deleted.

Invariants:

* A case that is deleted takes its card and all other messages about it with it.
* Of all other messages that show people's words (lists, digests, pictures) those go that were sent before the
  retention began: what they show is older still. Messages about a case stay as long as the case.
* What people see in their own chat stays there: it is theirs.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.db.delivery import quoted_messages, recalls
from bot.db.delivery.recalls import RecallTarget
from bot.db.engine.database import Connection, Database
from bot.db.upkeep import old_quotes

MOST_AT_ONCE = 200  # messages in one transaction: taps must not wait for it


def recall_aged(tx: Connection, targets: Sequence[RecallTarget], now: datetime) -> None:
    """Take these messages away because their time is over, and forget whom they quote."""
    quoted_messages.delete_messages(tx, targets)
    recalls.recall_by_age(tx, targets, now)


async def recall_old_quotes(db: Database, before: datetime, now: datetime) -> None:
    """Take the messages away that quote people and were sent before this time."""
    # Found by a reading: those in people's own chats, which stay, are looked at each time, and may be many.
    wanted = partial(old_quotes.list_old_quotes, before=before, limit=MOST_AT_ONCE)
    while targets := await db.read(wanted):
        await db.write(partial(recall_aged, targets=targets, now=now))
