"""A tick: messages that still show an earlier step, because a crash or a fault came between commit and edit."""

from collections import Counter
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load
from bot.db.asking import responses
from bot.db.asking.responses import Response
from bot.db.engine.database import Connection, Database
from bot.outbox.letters.question import screen
from bot.outbox.replies import Replies

PATIENCE = timedelta(minutes=1)  # whoever has just tapped is being answered
TRIES = 5


class MendMessages:
    """``await mend_messages() -> how many were put right``. A message that cannot be edited is given up in the end."""

    def __init__(self, db: Database, clock: Clock, replies: Replies) -> None:
        self._db, self._clock, self._replies = db, clock, replies
        self._tried: Counter[int] = Counter()

    async def __call__(self) -> int:
        before = self._clock.now() - PATIENCE
        behind = await self._db.read(lambda tx: _behind(tx, before))
        return sum([await self._mend(response, scene) for response, scene in behind])

    async def _mend(self, response: Response, scene: ConversationContext | None) -> bool:
        address, message_id = response.address, response.message_id
        if address is None or message_id is None:
            return False
        now = self._clock.now()
        sent = await self._replies.edit(address, message_id, screen(scene, now)) if scene is not None else None
        self._tried[response.id] += 1
        if sent is None and self._tried[response.id] < TRIES:
            return False
        del self._tried[response.id]
        await self._db.write(
            lambda tx: responses.mark_shown(tx, response.id, response.step, message_id, response.touched_at)
        )
        return sent is not None


def _behind(tx: Connection, before: datetime) -> list[tuple[Response, ConversationContext | None]]:
    return [(response, load(tx, response.invitation_id)) for response in responses.not_shown(tx, before)]
