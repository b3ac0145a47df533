"""Repair messages that still show an earlier step: a crash or a fault came between commit and edit, or time was up.

Questions that a tick has closed (`expire_batch`) reach their messages this way, or with the next tap on them. So do
messages that a conversation has left, which would keep their buttons: a reminder has come, for one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.db.asking import responses
from bot.db.asking.responses import Response
from bot.db.conversation import left_messages
from bot.db.conversation.left_messages import LeftMessage
from bot.db.engine.database import Connection, Database
from bot.messages.message import Message
from bot.outbox.display import Display
from bot.outbox.kinds import LetterName
from bot.outbox.messenger import SentMessage, cannot_be_changed
from bot.outbox.showings import Showing
from bot.usecases.asking.show_conversation import ShowConversation, find_next_try
from cjm.address import Address

PATIENCE = timedelta(minutes=1)
"""A conversation touched more recently is left alone, except by the first pass: its tap is still being answered."""

MOST_AT_ONCE = 1000
"""Messages that one tick lets wait at most: about as many as can be edited until the next tick."""


@dataclass(frozen=True, slots=True)
class _Failures:
    """Tries that failed of a message since its conversation was touched, and when the next one is due."""

    tries: int
    touched_at: datetime
    due_at: datetime


class RepairMessages:
    """``await repair_messages() -> number of messages to be repaired``. A tick calls it; the `Display` shows them.

    A message that waits there already is left out. One that cannot be edited any more (deleted, blocked) is given up
    at once, any other after tries with growing pauses (`find_next_try`): an outage of hours leaves no button behind. Of
    a message that shows a conversation the count is kept in memory: a restart grants it new tries, which does no harm.
    """

    def __init__(self, db: Database, clock: Clock, display: Display) -> None:
        self._db, self._clock, self._display = db, clock, display
        self._show = ShowConversation(db, clock)
        self._failures: dict[int, _Failures] = {}  # by the response's id
        self._is_first = True

    async def __call__(self) -> int:
        # After a start nothing is being answered yet: what an earlier process left is shown at once.
        now = self._clock.now()
        before = now - (timedelta() if self._is_first else PATIENCE)

        def read(tx: Connection) -> tuple[list[Response], list[LeftMessage]]:
            # Those that wait for another try take no place of others.
            found = responses.list_not_shown(tx, before, LetterName.STEP, MOST_AT_ONCE + len(self._failures))
            not_shown = [response for response in found if self._may_try(response, now)][:MOST_AT_ONCE]
            return not_shown, left_messages.list_due(tx, now, MOST_AT_ONCE - len(not_shown))

        # What waits now may be shown while the rows are read, which then say that it is not shown yet.
        shown_soon = self._display.list_waiting()
        not_shown, left = await self._db.read(read)
        self._is_first = False
        repairs = [
            self._make_repair(response, response.address, response.message_id)
            for response in not_shown
            if response.address is not None
            and response.message_id is not None
            and self._is_free(response.address, response.message_id, shown_soon)
        ]
        wanted = [each for each in left if self._is_free(each.address, each.message_id, shown_soon)]
        self._display.show(*repairs, *(self._show.repair_left(each) for each in wanted))
        return len(repairs) + len(wanted)

    def _is_free(self, chat: Address, message_id: str, shown_soon: Collection[tuple[Address, str]]) -> bool:
        return (chat, message_id) not in shown_soon and not self._display.is_waiting(chat, message_id)

    def _make_repair(self, response: Response, chat: Address, message_id: str) -> Showing:
        step = self._show.step(chat, message_id, response.invitation_id)
        return RepairShowing(chat, message_id, step, self, response)

    def _may_try(self, response: Response, now: datetime) -> bool:
        failures = self._failures.get(response.id)
        # One that was touched since has something new to show.
        return failures is None or failures.touched_at != response.touched_at or failures.due_at <= now

    async def count_failure(self, response: Response, *, is_last: bool) -> None:
        """Count a repair that failed; after the last one the message is taken for shown, or it would come back."""
        before, now = self._failures.pop(response.id, None), self._clock.now()
        tries = before.tries + 1 if before is not None and before.touched_at == response.touched_at else 1
        due_at = None if is_last else find_next_try(tries, now)
        if due_at is not None:
            self._failures[response.id] = _Failures(tries, response.touched_at, due_at)
        message_id = response.message_id
        if message_id is None or due_at is not None:
            return
        await self._db.write(
            lambda tx: responses.mark_shown(tx, response.id, response.step, message_id, response.touched_at)
        )

    def forget_failures(self, response: Response) -> None:
        self._failures.pop(response.id, None)


@dataclass(slots=True, eq=False)
class RepairShowing(Showing):
    """Step of a conversation that its message should have shown before; its failures are counted."""

    step: Showing
    repair: RepairMessages
    response: Response
    is_given_up: bool = field(default=False, init=False)

    async def render(self) -> Message | None:
        return await self.step.render()

    def note_failure(self, error: Exception) -> bool:
        self.is_given_up = cannot_be_changed(error)
        return self.is_given_up

    async def settle(self, sent: SentMessage | None) -> Sequence[Showing]:
        if sent is None:
            await self.repair.count_failure(self.response, is_last=self.is_given_up)
            return ()
        self.repair.forget_failures(self.response)
        return await self.step.settle(sent)
