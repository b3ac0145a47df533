"""Repair messages that still show an earlier step: a crash or a fault came between commit and edit, or time was up.

Questions that a tick has closed (`expire_batch`) reach their messages this way, or with the next tap on them.
"""

from collections import Counter
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load_context
from bot.db.asking import responses
from bot.db.asking.responses import Response
from bot.db.engine.database import Connection, Database
from bot.outbox.letters.question import render_step
from bot.outbox.replies import Replies

PATIENCE = timedelta(minutes=1)
"""A conversation touched more recently is left alone: its tap is still being answered."""

TRIES = 5


class RepairMessages:
    """``await repair_messages() -> number of repaired messages``. A tick calls it.

    A message that cannot be edited (deleted, the chat is gone) is given up after TRIES. The count is kept in memory: a
    restart grants it new tries, which does no harm.
    """

    def __init__(self, db: Database, clock: Clock, replies: Replies) -> None:
        self._db, self._clock, self._replies = db, clock, replies
        self._tries: Counter[int] = Counter()

    async def __call__(self) -> int:
        before = self._clock.now() - PATIENCE
        not_shown = await self._db.read(lambda tx: _list_not_shown(tx, before))
        return sum([await self._repair(response, context) for response, context in not_shown])

    async def _repair(self, response: Response, context: ConversationContext | None) -> bool:
        address, message_id = response.address, response.message_id
        if address is None or message_id is None:
            return False
        now = self._clock.now()
        sent = await self._replies.edit(address, message_id, render_step(context, now)) if context is not None else None
        self._tries[response.id] += 1
        if sent is None and self._tries[response.id] < TRIES:
            return False
        del self._tries[response.id]
        # Marked as shown also when it is given up; else it would come back with every tick.
        await self._db.write(
            lambda tx: responses.mark_shown(tx, response.id, response.step, message_id, response.touched_at)
        )
        return sent is not None


def _list_not_shown(tx: Connection, before: datetime) -> list[tuple[Response, ConversationContext | None]]:
    return [(response, load_context(tx, response.invitation_id)) for response in responses.list_not_shown(tx, before)]
