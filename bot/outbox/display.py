"""The display: a queue of what is to be shown, in which the latest wins.

Invariants:

* Of one message at most one showing waits: a newer one takes its place. So the memory is bounded by the messages, not
  by the taps.
* A chat's showings go one after the other, in the order in which they came. Different chats go side by side, and each
  has its turn after one showing.
* A place is held for one try only: a chat that must wait (its allowance is used up, the messenger asked for a pause, a
  call failed) waits without a place. Slow showings have places of their own.
* A showing is taken from the queue and rendered after its start was granted, so it shows the latest; a slow one is
  rendered before, and dropped if a newer one came meanwhile.
* No failure reaches those who show something. A message that may have arrived is not sent again; an edit or a deletion
  is: repeating it does no harm.
* Writes of a showing never belong to the update that is being handled, so they cannot mark it as done.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from bot.db.engine.errors import DatabaseError
from bot.db.engine.joined_write import write_apart
from bot.faults import describe_fault
from bot.messages.message import Message
from bot.outbox.messenger import DeliveryError, NeverLeft, SentMessage, Throttled, Uncertain, Unreachable
from bot.outbox.replies import Replies
from bot.outbox.showings import Showing
from cjm.address import Address

log = logging.getLogger(__name__)
PLACES = 32  # showings at work; few enough for the pace, whose cost grows with those who wait for a start
SLOW_PLACES = 4  # beside them, for drawings and downloads
WAITS = (0.5, 2.0, 5.0)  # seconds between the tries of what may be tried again
LONGEST_WAIT = 30.0  # seconds; after a longer wait nobody looks at the chat any more
SHORT_WAIT = 1.0  # seconds that a place may be held until the chat can take something
SHUTDOWN_SECONDS = 1.0  # given to what is at work when the process stops
MOST_NEW = 200  # new messages that wait in one chat; of a person who floods us the oldest are dropped


@dataclass(slots=True, eq=False)
class _Entry:
    showing: Showing
    tries: int = 0

    @property
    def slot(self) -> Hashable:
        """Key of what waits in its place: a message, its removal, or for a new message the entry itself."""
        showing = self.showing
        return self if showing.message_id is None else (showing.message_id, showing.is_deletion)


@dataclass(slots=True, eq=False)
class _ChatQueue:
    """Showings of one chat; ``is_busy`` while the chat stands in a line, is at work, or waits for another try."""

    waiting: OrderedDict[Hashable, _Entry] = field(default_factory=OrderedDict)
    at_work: Hashable = None
    is_busy: bool = False

    def put(self, showing: Showing) -> None:
        entry = _Entry(showing)
        self.waiting[entry.slot] = entry  # one that waits for the same message keeps its place in the order
        if showing.message_id is None and len(self.waiting) > MOST_NEW:
            self._drop_oldest()

    def put_first(self, entries: Sequence[_Entry]) -> None:
        """Put entries before all others, in their order; one that a newer showing has overtaken is left out."""
        for entry in reversed(entries):
            if entry.slot not in self.waiting:
                self.waiting[entry.slot] = entry
                self.waiting.move_to_end(entry.slot, last=False)

    def take(self) -> _Entry:
        self.at_work, entry = self.waiting.popitem(last=False)
        return entry

    def _drop_oldest(self) -> None:
        oldest = next((slot for slot, entry in self.waiting.items() if entry.showing.message_id is None), None)
        if oldest is not None:
            del self.waiting[oldest]
            log.warning("reply not delivered", extra={"reason": "too many wait in one chat"})


@dataclass(slots=True, eq=False)
class _Lane:
    """Places for one kind of work, and the chats that wait for one."""

    room: int
    line: deque[Address] = field(default_factory=deque)


class Display:
    """Queue of showings: `show` returns at once.

    ``waits`` are the seconds between tries; ``places`` and ``slow_places`` are how many showings are at work at once.
    """

    def __init__(
        self,
        replies: Replies,
        *,
        waits: tuple[float, ...] = WAITS,
        places: int = PLACES,
        slow_places: int = SLOW_PLACES,
    ) -> None:
        self._replies = replies
        self._waits = waits
        self._quick, self._slow = _Lane(places), _Lane(slow_places)
        self._chats: dict[Address, _ChatQueue] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    def show(self, *showings: Showing) -> None:
        """Show these when their turn comes, each after what waits in its chat already."""
        for showing in showings:
            queue = self._chats.setdefault(showing.chat, _ChatQueue())
            queue.put(showing)
            if not queue.is_busy:
                self._line_up(showing.chat, queue)
        self._start_waiting()

    def is_waiting(self, chat: Address, message_id: str) -> bool:
        """Return whether something is to be shown in this message, or is being shown now."""
        queue, slot = self._chats.get(chat), (message_id, False)
        return queue is not None and (slot in queue.waiting or queue.at_work == slot)

    def count_waiting(self) -> int:
        """Return how many showings wait or are at work."""
        return sum(len(queue.waiting) + (queue.at_work is not None) for queue in self._chats.values())

    async def wait_until_idle(self) -> None:
        """Return when everything was shown or given up."""
        await self._idle.wait()

    async def stop(self, seconds: float = SHUTDOWN_SECONDS) -> None:
        """Drop what waits, and give what is at work so many seconds to end.

        Conversations that were not shown are shown by the repair pass of the next start; other replies are lost.
        """
        self._chats = {chat: queue for chat, queue in self._chats.items() if queue.at_work is not None}
        for queue in self._chats.values():
            queue.waiting.clear()
        self._quick.line.clear()
        self._slow.line.clear()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._chats.clear()
        self._idle.set()

    # ---- whose turn it is --------------------------------------------------------------------------------------------

    def _line_up(self, chat: Address, queue: _ChatQueue) -> None:
        """Let a chat with waiting showings stand in the line for a place; forget a chat without any."""
        if self._chats.get(chat) is not queue:  # stopped meanwhile
            return
        queue.is_busy = bool(queue.waiting)
        if not queue.waiting:
            del self._chats[chat]
        else:
            self._idle.clear()
            first = next(iter(queue.waiting.values())).showing
            (self._slow if first.is_slow else self._quick).line.append(chat)
        if not self._chats:
            self._idle.set()

    def _start_waiting(self) -> None:
        """Give free places to the chats that have waited longest."""
        for lane in (self._quick, self._slow):
            while lane.room and lane.line:
                chat = lane.line.popleft()
                lane.room -= 1
                # Apart: the caller's context may hold the mark of the update that is being handled.
                with write_apart():
                    task = asyncio.create_task(self._serve(chat, self._chats[chat], lane))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _serve(self, chat: Address, queue: _ChatQueue, lane: _Lane) -> None:
        """Try the first showing of a chat once, and let the chat stand in the line again, after a pause if need be."""
        pause = 0.0
        try:
            pause = await self._show_first(queue, is_slow=lane is self._slow)
        except Exception as error:  # a fault in one showing must not stop the others
            log.exception("showing not settled", extra={"error": describe_fault(error)}, exc_info=False)
        finally:
            queue.at_work = None
            lane.room += 1
        if pause > 0:
            asyncio.get_running_loop().call_later(pause, self._resume, chat, queue)
            self._start_waiting()
        else:
            self._resume(chat, queue)

    def _resume(self, chat: Address, queue: _ChatQueue) -> None:
        self._line_up(chat, queue)
        self._start_waiting()

    # ---- one try; returns the seconds until the chat's next turn -----------------------------------------------------

    async def _show_first(self, queue: _ChatQueue, *, is_slow: bool) -> float:
        if is_slow:
            return await self._try(queue, queue.take(), None)
        first = next(iter(queue.waiting.values())).showing
        if (wait := self._replies.seconds_to_wait(first.chat, first.start_kind)) > SHORT_WAIT:
            return wait
        start = await self._replies.reserve_start(first.chat, first.start_kind)
        return await self._try(queue, queue.take(), start)  # taken now: until its start a newer one can take its place

    async def _try(self, queue: _ChatQueue, entry: _Entry, start: float | None) -> float:
        showing, sent = entry.showing, None
        try:
            message = None if showing.is_deletion else await showing.render()
            if showing.is_slow and entry.slot in queue.waiting:
                return 0.0  # a newer one came while this was drawn
            sent = await self._call(showing, message, start)
        except (DeliveryError, DatabaseError) as error:
            if (pause := self._pause_before_retry(entry, error)) is not None:
                entry.tries += 1
                queue.put_first([entry])
                return pause
            reason = "unreachable" if isinstance(error, Unreachable) else type(error).__name__
            log.warning("reply not delivered", extra={"reason": reason, "error": str(error)})
        except Exception as error:
            log.exception("reply not delivered", extra={"error": describe_fault(error)}, exc_info=False)
        following = await showing.settle(sent)
        queue.put_first([_Entry(each) for each in following if each.chat == showing.chat])
        self.show(*(each for each in following if each.chat != showing.chat))
        return 0.0

    async def _call(self, showing: Showing, message: Message | None, start: float | None) -> SentMessage | None:
        if showing.message_id is not None and showing.is_deletion:
            await self._replies.delete(showing.chat, showing.message_id, start)
        elif message is not None and showing.message_id is not None:
            return await self._replies.edit(showing.chat, showing.message_id, message, start)
        elif message is not None:
            return await self._replies.send(showing.chat, message, start)
        return None

    def _pause_before_retry(self, entry: _Entry, error: DeliveryError | DatabaseError) -> float | None:
        """Return the seconds before another try, or None when there is to be none."""
        again: tuple[type[Exception], ...] = (NeverLeft, Throttled, DatabaseError)
        if entry.showing.message_id is not None:
            again = (*again, Uncertain)
        if not isinstance(error, again) or entry.tries >= len(self._waits):
            return None
        if isinstance(error, Throttled):
            return error.seconds if error.seconds <= LONGEST_WAIT else None
        return self._waits[entry.tries]
