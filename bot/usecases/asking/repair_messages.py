"""Repair messages that still show an earlier step: a crash or a fault came between commit and edit, or time was up.

Questions that a tick has closed (`expire_batch`) reach their messages this way, or with the next tap on them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.db.asking import responses
from bot.db.asking.responses import Response
from bot.db.engine.database import Database
from bot.messages.message import Message
from bot.outbox.display import Display
from bot.outbox.kinds import LetterName
from bot.outbox.messenger import SentMessage
from bot.outbox.showings import Showing
from bot.usecases.asking.show_conversation import ShowConversation

PATIENCE = timedelta(minutes=1)
"""A conversation touched more recently is left alone, except by the first pass: its tap is still being answered."""

TRIES = 5

MOST_AT_ONCE = 1000
"""Messages that one tick lets wait at most: about as many as can be edited until the next tick."""


class RepairMessages:
    """``await repair_messages() -> number of messages to be repaired``. A tick calls it; the `Display` shows them.

    A message that waits there already is left out. One that cannot be edited (deleted, the chat is gone) is given up
    after TRIES. The count is kept in memory: a restart grants it new tries, which does no harm.
    """

    def __init__(self, db: Database, clock: Clock, display: Display) -> None:
        self._db, self._clock, self._display = db, clock, display
        self._show = ShowConversation(db, clock)
        self._tries: Counter[int] = Counter()
        self._is_first = True

    async def __call__(self) -> int:
        # After a start nothing is being answered yet: what an earlier process left is shown at once.
        before = self._clock.now() - (timedelta() if self._is_first else PATIENCE)
        not_shown = await self._db.read(lambda tx: responses.list_not_shown(tx, before, LetterName.STEP, MOST_AT_ONCE))
        self._is_first = False
        repairs = [repair for response in not_shown if (repair := self._make_repair(response)) is not None]
        self._display.show(*repairs)
        return len(repairs)

    def _make_repair(self, response: Response) -> Showing | None:
        chat, message_id = response.address, response.message_id
        if chat is None or message_id is None or self._display.is_waiting(chat, message_id):
            return None
        return RepairShowing(
            chat, message_id, self._show.step(chat, message_id, response.invitation_id), self, response
        )

    async def count_failure(self, response: Response) -> None:
        """Count a repair that failed; after the last one the message is taken for shown, or it would come back."""
        self._tries[response.id] += 1
        message_id = response.message_id
        if self._tries[response.id] < TRIES or message_id is None:
            return
        del self._tries[response.id]
        await self._db.write(
            lambda tx: responses.mark_shown(tx, response.id, response.step, message_id, response.touched_at)
        )

    def forget_failures(self, response: Response) -> None:
        self._tries.pop(response.id, None)


@dataclass(slots=True, eq=False)
class RepairShowing(Showing):
    """Step of a conversation that its message should have shown before; its failures are counted."""

    step: Showing
    repair: RepairMessages
    response: Response

    async def render(self) -> Message | None:
        return await self.step.render()

    async def settle(self, sent: SentMessage | None) -> Sequence[Showing]:
        if sent is None:
            await self.repair.count_failure(self.response)
            return ()
        self.repair.forget_failures(self.response)
        return await self.step.settle(sent)
