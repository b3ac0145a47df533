"""Bring waiting updates from the database into the queue, each of them read once.

Invariants:

* An update that this process stores goes straight into the queue, unless earlier updates of its chat may be in the
  database only. Its row is not read back.
* Other processes store updates too: a replica that waits to lead, `tropa inbox retry`. They are found by their ids, and
  their payloads are read when there is room. No update is lost by a cursor: every id that waits is looked at, because
  on PostgreSQL a smaller id may become visible later than a greater one.
* What was read before a crash or a lost leadership waits in the database still: the memory may be forgotten any time.
"""

from collections.abc import Iterable

from bot.db.delivery import inbox
from bot.db.delivery.inbox import StoredUpdate
from bot.db.engine.database import Database
from bot.telegram.receiving.fair_queue import Chat, FairQueue, QueuedUpdate
from bot.telegram.receiving.raw_update import is_tap

REFILL = 100  # updates finished before chats that are behind are looked at again


class Backlog:
    """Updates of one bot that wait. ``stores_alone``: no other process stores updates of this bot while we lead."""

    def __init__(self, db: Database, bot: str, queue: FairQueue, *, stores_alone: bool) -> None:
        self._db = db
        self._bot = bot
        self._queue = queue
        self._stores_alone = stores_alone
        # Chats with updates that only the database has; at first that may be so of all of them.
        self._behind: set[Chat] = set()
        self._is_everybody_behind = True
        self._behind_meanwhile: set[Chat] = set()
        self._finished_meanwhile: set[int] = set()
        self._finished_since = 0

    @property
    def has_news(self) -> bool:
        """True if the database got updates since the last fetch that the queue lacks and has room for."""
        return bool(self._behind_meanwhile) and len(self._queue) < self._queue.most

    @property
    def is_worth_fetching(self) -> bool:
        """True if only the database has some updates, and enough was finished to make room for them."""
        if not self._behind and not self._is_everybody_behind:
            return False
        return self._finished_since >= REFILL or not len(self._queue)

    def take_up(self, stored: Iterable[StoredUpdate]) -> None:
        """Queue updates that were just stored, except those that must be fetched to keep the order of their chat."""
        for update in stored:
            if self._is_known(update.id):
                continue
            if self._is_in_order(update.chat) and self._queue.has_room(update.chat):
                self._queue.add(QueuedUpdate(update, is_tap(update.payload)))
            else:
                self.mark_behind(update.chat)

    def mark_behind(self, chat: Chat) -> None:
        """Note that the database may have updates of this chat that the queue lacks."""
        self._behind.add(chat)
        self._behind_meanwhile.add(chat)

    async def fetch(self) -> None:
        """Queue waiting updates that the queue does not hold yet, as far as there is room. Raises DatabaseError."""
        # What is stored or finished while we read is not in the rows that we get, or wrongly so.
        self._behind_meanwhile, self._finished_meanwhile = set(), set()
        self._finished_since = 0
        most = self._queue.most + 1
        waiting = await self._db.read(
            lambda tx: inbox.list_waiting(tx, self._bot, of_chat=self._queue.most_of_chat, limit=most)
        )
        choice = self._queue.choose(row for row in waiting if row.id not in self._finished_meanwhile)
        if choice.ids:
            for update in await self._db.read(lambda tx: inbox.load_updates(tx, choice.ids)):
                if not self._is_known(update.id):
                    self._queue.add(QueuedUpdate(update, is_tap(update.payload)))
        self._behind = choice.behind | self._behind_meanwhile
        self._is_everybody_behind = len(waiting) == most

    def note_finished(self, update: QueuedUpdate) -> None:
        self._finished_meanwhile.add(update.stored.id)
        self._finished_since += 1

    def _is_known(self, row_id: int) -> bool:
        return row_id in self._queue or row_id in self._finished_meanwhile

    def _is_in_order(self, chat: Chat) -> bool:
        return self._stores_alone and not self._is_everybody_behind and chat not in self._behind
