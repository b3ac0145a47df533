"""Take messages away that show words of forgotten people, or words that were kept for their time.

Invariants:

* A recall stays due until its message is gone, empty, or known to remain; each try may be repeated without harm.
* It goes through the `Display`, so it comes after what is being shown in the same chat. A chat has few of them in its
  queue at a time: other work is never behind more than `MOST_IN_CHAT`.
* A message that cannot be deleted is emptied (`bot.outbox.emptied_messages`). A call that did not work is tried again
  with a growing delay, in a chat that cannot be reached once a day, for `PATIENCE`; then the message counts as
  remaining.
* When the last message of an erasure has ended, what remains is listed for those who see it, and the person who asked
  to be forgotten is told the numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import message_subjects, quoted_messages, recalls
from bot.db.delivery.recalls import Recall
from bot.db.delivery.states import RecallState
from bot.db.engine.database import Connection, Database
from bot.faults import describe_fault
from bot.messages.message import Message
from bot.outbox.display import Display
from bot.outbox.emptied_messages import EmptiedVersion, list_emptied_versions
from bot.outbox.letters.recalls.erasure_report import post_erasure_report
from bot.outbox.letters.recalls.recall_list import post_recall_lists
from bot.outbox.messenger import DeliveryError, Rejected, SentMessage, Unreachable
from bot.outbox.showings import MessageDeletion, Showing
from bot.texts import words_in

MOST_IN_CHAT = 5
MOST_AT_ONCE = 30
PATIENCE = timedelta(days=30)
FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=6)
UNREACHABLE_DELAY = timedelta(days=1)


def choose_delay(error: Exception, attempts: int) -> timedelta:
    """Return the time until the next try, after so many tries that failed before."""
    if isinstance(error, Unreachable):
        return UNREACHABLE_DELAY
    return min(FIRST_DELAY * (1 << min(attempts, 20)), LONGEST_DELAY)


class RecallMessages:
    """A tick: ``await recall_messages() -> number of messages that are put into the display``."""

    def __init__(self, db: Database, clock: Clock, display: Display, routing: CaseRouting) -> None:
        self._db, self._clock, self._display, self._routing = db, clock, display, routing

    async def __call__(self) -> int:
        await self._display.record_pending_quotes()
        now = self._clock.now()
        due, is_any_finished = await self._db.read(
            lambda tx: (
                recalls.list_due(tx, now, of_chat=MOST_IN_CHAT, limit=MOST_AT_ONCE),
                recalls.is_any_finished(tx),
            )
        )
        if is_any_finished:
            await self._db.write(self._finish)
        showings = [
            RecallDeletion(recall.to, recall.message_id, self, recall)
            for recall in due
            if not self._display.is_waiting(recall.to, recall.message_id)
        ]
        self._display.show(*showings)
        return len(showings)

    def _finish(self, tx: Connection) -> None:
        now = self._clock.now()
        for erasure in recalls.list_finished(tx):
            post_recall_lists(tx, self._routing, erasure, recalls.list_remaining(tx, erasure.id), now)
            post_erasure_report(tx, erasure, recalls.count_by_state(tx, erasure.id), now)
            if erasure.to is None:
                recalls.delete_erasure(tx, erasure.id)
            else:
                recalls.mark_ended(tx, erasure.id, now)  # deleted with the report, see `ErasureReportLetter`

    async def list_versions(self, recall: Recall) -> list[EmptiedVersion]:
        """Return what to show in the place of a message, in the language of its chat."""

        def read(tx: Connection) -> list[EmptiedVersion]:
            erasure = recalls.find_erasure(tx, recall.erasure_id)
            if erasure is None:
                return []
            access = None if recall.is_own else self._routing.find_access(tx, recall.to, recall.to)
            words = words_in(access.reader.language if access is not None else erasure.language)
            return list_emptied_versions(recall.carrier, erasure.cause, words, is_own=recall.is_own)

        return await self._db.read(read)

    async def record_end(self, recall: Recall, state: RecallState, reason: str | None = None) -> None:
        """Store what became of the message."""

        def write(tx: Connection) -> None:
            recalls.record_end(tx, recall.id, state, reason)
            if state is not RecallState.REMAINS:
                quoted_messages.delete_message(tx, recall.to, recall.message_id)
                message_subjects.delete_message(tx, recall.to, recall.message_id)

        await self._db.write(write)

    async def record_failure(self, recall: Recall, error: Exception) -> None:
        """Try it again later, or give it up if that was tried for long."""
        now = self._clock.now()
        due_at = now + choose_delay(error, recall.attempts)
        reason = str(error) if isinstance(error, DeliveryError) else describe_fault(error)

        def write(tx: Connection) -> None:
            erasure = recalls.find_erasure(tx, recall.erasure_id)
            if erasure is not None and due_at > erasure.at + PATIENCE:
                recalls.record_end(tx, recall.id, RecallState.REMAINS, reason)
            else:
                recalls.record_failure(tx, recall.id, due_at, reason)

        await self._db.write(write)


@dataclass(slots=True, eq=False)
class RecallDeletion(Showing):
    """Deletion of a recalled message; if that is refused, it is emptied next."""

    recaller: RecallMessages
    recall: Recall
    error: Exception | None = None
    is_deletion = MessageDeletion.is_deletion

    async def render(self) -> Message | None:
        return None

    def note_failure(self, error: Exception) -> bool:
        self.error = error
        return True

    async def settle(self, sent: SentMessage | None) -> Sequence[Showing]:
        if self.error is None:
            await self.recaller.record_end(self.recall, RecallState.DELETED)
        elif isinstance(self.error, Rejected):
            versions = await self.recaller.list_versions(self.recall)
            return _show_first(self.recaller, self.recall, versions)
        else:
            await self.recaller.record_failure(self.recall, self.error)
        return ()


@dataclass(slots=True, eq=False)
class RecallEdit(Showing):
    """Change of a recalled message into the first of ``versions``, else into the next ones."""

    recaller: RecallMessages
    recall: Recall
    versions: Sequence[EmptiedVersion]
    error: Exception | None = None

    async def render(self) -> Message | None:
        return self.versions[0].message

    def note_failure(self, error: Exception) -> bool:
        self.error = error
        return True

    async def settle(self, sent: SentMessage | None) -> Sequence[Showing]:
        if self.error is None:
            await self.recaller.record_end(self.recall, self.versions[0].state)
        elif not isinstance(self.error, Rejected):
            await self.recaller.record_failure(self.recall, self.error)
        elif len(self.versions) > 1:
            return _show_first(self.recaller, self.recall, self.versions[1:])
        else:
            await self.recaller.record_end(self.recall, RecallState.REMAINS, str(self.error))
        return ()


def _show_first(recaller: RecallMessages, recall: Recall, versions: Sequence[EmptiedVersion]) -> Sequence[Showing]:
    return (RecallEdit(recall.to, recall.message_id, recaller, recall, versions),) if versions else ()
