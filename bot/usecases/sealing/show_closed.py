"""Show in each message of a closed question that it is closed: one sentence, the same for everybody.

A change that failed is tried again with growing pauses, and given up after `TRIES`; of a message that cannot be changed
any more (deleted, blocked) at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.clock import Clock
from bot.db.delivery import quoted_messages
from bot.db.engine.database import Connection, Database
from bot.db.sealing import closed_messages
from bot.db.sealing.closed_messages import ClosedMessage
from bot.messages.message import Message
from bot.outbox.display import Display
from bot.outbox.letters.question import render_closed
from bot.outbox.messenger import SentMessage, cannot_be_changed
from bot.outbox.showings import Showing
from bot.texts import words_in

MOST_AT_ONCE = 1000
TRIES = 6
FIRST_PAUSE = timedelta(minutes=1)  # and four times as long after each try


class ShowClosed:
    """``await show_closed() -> number of messages to be changed``; the `Display` changes them."""

    def __init__(self, db: Database, clock: Clock, display: Display) -> None:
        self._db, self._clock, self._display = db, clock, display

    async def __call__(self) -> int:
        now = self._clock.now()
        due = await self._db.read(lambda tx: closed_messages.list_due(tx, now, MOST_AT_ONCE))
        wanted = [each for each in due if not self._display.is_waiting(each.address, each.message_id)]
        self._display.show(*(ClosedShowing(m.address, m.message_id, m, self._db, self._clock) for m in wanted))
        return len(wanted)


@dataclass(slots=True, eq=False)
class ClosedShowing(Showing):
    """Message of a closed question; what becomes of the change is recorded."""

    message: ClosedMessage
    db: Database
    clock: Clock
    is_given_up: bool = field(default=False, init=False)

    async def render(self) -> Message | None:
        return render_closed(words_in(self.message.language))

    def note_failure(self, error: Exception) -> bool:
        self.is_given_up = cannot_be_changed(error)
        return self.is_given_up

    async def settle(self, sent: SentMessage | None) -> Sequence[Showing]:
        message, due_at = self.message, self.clock.now() + FIRST_PAUSE * 4**self.message.attempts

        def write(tx: Connection) -> None:
            if sent is None and not self.is_given_up and message.attempts + 1 < TRIES:
                closed_messages.put_off(tx, message, due_at)
                return
            closed_messages.delete_message(tx, message)
            # Sealing deleted it, but a change that was on its way then may have stored once more whom it quotes.
            quoted_messages.delete_message(tx, message.address, message.message_id)

        await self.db.write(write)
        return ()
