"""The display: a queue of what is to be shown, in which the latest wins.

Invariants:

* Of one message at most one showing waits: a newer one takes its place. So the memory is bounded by the messages, not
  by the taps.
* A chat's showings go one after the other, in their order (`chat_queue`). Different chats go side by side, and each has
  its turn after one showing.
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
from collections import deque
from dataclasses import dataclass, field

from bot.db.engine.errors import DatabaseError
from bot.db.engine.joined_write import write_apart
from bot.faults import describe_fault
from bot.messages.message import Message
from bot.outbox.chat_queue import ChatQueue, QueuedShowing
from bot.outbox.messenger import DeliveryError, NeverLeft, SentMessage, Throttled, Uncertain, Unreachable
from bot.outbox.replies import Replies
from bot.outbox.send_budget import PlannedStart
from bot.outbox.showings import Showing
from cjm.address import Address

log = logging.getLogger(__name__)
PLACES = 32  # showings at work; few enough for the pace, whose cost grows with those who wait for a start
SLOW_PLACES = 4  # beside them, for drawings and downloads
WAITS = (0.5, 2.0, 5.0)  # seconds between the tries of what may be tried again
LONGEST_WAIT = 30.0  # seconds that a new message may be asked to wait: later nobody looks at the chat any more
LONGEST_EDIT_WAIT = 600.0  # the message stays in the chat, and is rendered when its time comes
SHORT_WAIT = 1.0  # seconds that a place may be held until the chat can take something
SHUTDOWN_SECONDS = 1.0  # given to what is at work when the process stops


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
        self._chats: dict[Address, ChatQueue] = {}
        self._busy: set[Address] = set()  # chats in a line, at work, or waiting for another try
        self._timers: dict[Address, asyncio.TimerHandle] = {}  # of chats that wait without a place
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self.tries = 0  # of showings, since the start

    def show(self, *showings: Showing) -> None:
        """Show these when their turn comes, each after what waits in its chat already."""
        for showing in showings:
            self._chats.setdefault(showing.chat, ChatQueue()).put(showing)
            self._idle.clear()
            if showing.chat not in self._busy:
                self._line_up(showing.chat)
        self._start_waiting()

    def is_waiting(self, chat: Address, message_id: str) -> bool:
        """Return whether this message is to be changed or removed, or is being so now."""
        queue = self._chats.get(chat)
        return queue is not None and queue.is_busy_with(message_id)

    def list_waiting(self) -> set[tuple[Address, str]]:
        """Return the messages that are to be changed or removed, or are being so now, by chat and number."""
        return {(chat, message_id) for chat, queue in self._chats.items() for message_id in queue.list_messages()}

    def count_waiting(self) -> int:
        """Return how many showings wait or are at work."""
        return sum(len(queue) for queue in self._chats.values())

    async def record_pending_quotes(self) -> None:
        """Store whom messages quote, as far as the database did not take it when they were shown."""
        await self._replies.record_pending_quotes()

    async def wait_until_idle(self) -> None:
        """Return when everything was shown or given up."""
        await self._idle.wait()

    async def stop(self, seconds: float = SHUTDOWN_SECONDS) -> None:
        """Drop what waits, and give what is at work so many seconds to end.

        Conversations that were not shown are shown by the repair pass of the next start; other replies are lost.
        """
        for queue in self._chats.values():
            queue.waiting.clear()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for timer in self._timers.values():
            timer.cancel()
        for forgotten in (self._chats, self._timers, self._busy, self._quick.line, self._slow.line):
            forgotten.clear()
        self._idle.set()

    # ---- whose turn it is --------------------------------------------------------------------------------------------

    def _line_up(self, chat: Address) -> None:
        """Let a chat with waiting showings stand in a line, or wait until it may; forget a chat without any."""
        if (timer := self._timers.pop(chat, None)) is not None:
            timer.cancel()
        self._busy.discard(chat)
        queue = self._chats.get(chat)
        if queue is None or not queue.waiting:
            self._chats.pop(chat, None)
            if not self._chats:
                self._idle.set()
            return
        queued, wait = self._choose(chat, queue)
        if wait > SHORT_WAIT:
            self._resume_after(wait, chat)  # and not busy: a new message may go although an edit cannot
        else:
            self._busy.add(chat)
            (self._slow if queued.showing.is_slow else self._quick).line.append(chat)

    def _choose(self, chat: Address, queue: ChatQueue) -> tuple[QueuedShowing, float]:
        return queue.choose(lambda kind: self._replies.seconds_to_wait(chat, kind), SHORT_WAIT)

    def _start_waiting(self) -> None:
        """Give free places to the chats that have waited longest."""
        for lane in (self._quick, self._slow):
            while lane.room and lane.line:
                chat = lane.line.popleft()
                lane.room -= 1
                # Apart: the caller's context may hold the mark of the update that is being handled.
                with write_apart():
                    task = asyncio.create_task(self._serve(chat, lane))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _serve(self, chat: Address, lane: _Lane) -> None:
        """Try one showing of a chat once, and let the chat stand in a line again, after a pause if need be."""
        pause, queue = 0.0, self._chats[chat]
        try:
            if queue.waiting:
                pause = await self._show_next(chat, queue, lane)
        except Exception as error:  # a fault in one showing must not stop the others
            log.exception("showing not settled", extra={"error": describe_fault(error)}, exc_info=False)
        finally:
            queue.at_work = None
            lane.room += 1
        if pause > 0:
            self._resume_after(pause, chat)
            self._start_waiting()
        else:
            self._resume(chat)

    def _resume_after(self, seconds: float, chat: Address) -> None:
        self._timers[chat] = asyncio.get_running_loop().call_later(seconds, self._resume, chat)

    def _resume(self, chat: Address) -> None:
        self._line_up(chat)
        self._start_waiting()

    # ---- one try; returns the seconds until the chat's next turn -----------------------------------------------------

    async def _show_next(self, chat: Address, queue: ChatQueue, lane: _Lane) -> float:
        queued, wait = self._choose(chat, queue)
        if wait > SHORT_WAIT or queued.showing.is_slow is not (lane is self._slow):
            return 0.0  # things have changed while the chat stood in the line
        start = None
        if not queued.showing.is_slow:
            start = await self._replies.reserve_start(chat, queued.showing.start_kind)
        # Taken only now: until its start a newer showing can take its place.
        try:
            taken = queue.take(queued.slot)
            return 0.0 if taken is None else await self._try(queue, taken, start)
        finally:
            if start is not None:  # nothing was left to show, or it could not be rendered
                self._replies.give_up_start(start)

    async def _try(self, queue: ChatQueue, queued: QueuedShowing, start: PlannedStart | None) -> float:
        showing, sent = queued.showing, None
        self.tries += 1
        try:
            message = await showing.render()
            if showing.is_slow and queued.slot in queue.waiting:
                return 0.0  # a newer one came while this was drawn
            sent = await self._call(showing, message, start)
        except (DeliveryError, DatabaseError) as error:
            if (pause := self._pause_before_retry(queued, error)) is not None:
                queued.tries += 1
                queue.put_first([queued])
                return pause
            if not showing.note_failure(error):
                reason = "unreachable" if isinstance(error, Unreachable) else type(error).__name__
                log.warning("reply not delivered", extra={"reason": reason, "error": str(error)})
        except Exception as error:
            log.exception("reply not delivered", extra={"error": describe_fault(error)}, exc_info=False)
            showing.note_failure(error)
        following = await showing.settle(sent)
        queue.put_first([QueuedShowing(each) for each in following if each.chat == showing.chat])
        self.show(*(each for each in following if each.chat != showing.chat))
        return 0.0

    async def _call(self, showing: Showing, message: Message | None, start: PlannedStart | None) -> SentMessage | None:
        if showing.message_id is not None and showing.is_deletion:
            await self._replies.delete(showing.chat, showing.message_id, start)
        elif message is not None and showing.message_id is not None:
            return await self._replies.edit(showing.chat, showing.message_id, message, start)
        elif message is not None:
            return await self._replies.send(showing.chat, message, start)
        return None

    def _pause_before_retry(self, queued: QueuedShowing, error: DeliveryError | DatabaseError) -> float | None:
        """Return the seconds before another try, or None when there is to be none."""
        is_new = queued.showing.message_id is None
        if queued.tries >= len(self._waits):
            return None
        if isinstance(error, Throttled):
            return error.seconds if error.seconds <= (LONGEST_WAIT if is_new else LONGEST_EDIT_WAIT) else None
        is_harmless = isinstance(error, NeverLeft | DatabaseError) or (isinstance(error, Uncertain) and not is_new)
        return self._waits[queued.tries] if is_harmless else None
