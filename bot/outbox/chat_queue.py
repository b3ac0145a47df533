"""Showings of one chat that wait for their turn; a pure structure, without waiting and without calls.

Invariants:

* Of one message at most one showing waits: a newer one takes its place in the order.
* Showings of a kind that may start now go in the order in which they came. One that has to wait for the chat's
  allowance (a group takes so many edits a minute) does not hold up those of another kind.
* Of a flood of new messages the oldest are dropped beyond `MOST_NEW`.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

from bot.outbox.send_budget import StartKind
from bot.outbox.showings import Showing

log = logging.getLogger(__name__)
MOST_NEW = 200  # new messages that wait in one chat


@dataclass(slots=True, eq=False)
class QueuedShowing:
    """Showing with the number of its failed tries."""

    showing: Showing
    tries: int = 0

    @property
    def slot(self) -> Hashable:
        """Key of what waits in its place: a message, its removal, or for a new message this very showing."""
        showing = self.showing
        return self if showing.message_id is None else (showing.message_id, showing.is_deletion)


@dataclass(slots=True, eq=False)
class ChatQueue:
    """Queue of one chat. ``at_work`` is the slot of what is being shown now."""

    waiting: OrderedDict[Hashable, QueuedShowing] = field(default_factory=OrderedDict)
    at_work: Hashable = None

    def put(self, showing: Showing) -> None:
        """Put a showing behind the others, or in the place of one for the same message."""
        queued = QueuedShowing(showing)
        self.waiting[queued.slot] = queued
        if showing.message_id is None and len(self.waiting) > MOST_NEW:
            self._drop_oldest()

    def put_first(self, all_queued: Sequence[QueuedShowing]) -> None:
        """Put these before all others, in their order; one that a newer showing has overtaken is left out."""
        for queued in reversed(all_queued):
            if queued.slot not in self.waiting:
                self.waiting[queued.slot] = queued
                self.waiting.move_to_end(queued.slot, last=False)

    def choose(self, seconds_to_wait: Callable[[StartKind], float], short: float) -> tuple[QueuedShowing, float]:
        """Return what is to go next, and in how many seconds it can; the queue must not be empty.

        It is the first that need not wait longer than ``short``; if all must, the one that can go soonest.
        """
        waits: dict[StartKind, tuple[QueuedShowing, float]] = {}
        for queued in self.waiting.values():
            kind = queued.showing.start_kind
            if kind in waits:
                continue
            waits[kind] = (queued, seconds_to_wait(kind))
            if waits[kind][1] <= short or len(waits) == len(StartKind):
                break
        return min(waits.values(), key=lambda each: max(each[1], short))

    def take(self, slot: Hashable) -> QueuedShowing | None:
        """Take out what waits in this slot; None if it was dropped meanwhile."""
        queued = self.waiting.pop(slot, None)
        self.at_work = None if queued is None else slot
        return queued

    def is_busy_with(self, message_id: str) -> bool:
        """Return whether this message is to be changed or removed, or is being so now."""
        return any(slot in self.waiting or self.at_work == slot for slot in ((message_id, False), (message_id, True)))

    def list_messages(self) -> set[str]:
        """Return the numbers of the messages that are to be changed or removed, or are being so now."""
        slots = {*self.waiting, self.at_work}
        return {slot[0] for slot in slots if isinstance(slot, tuple)}

    def __len__(self) -> int:
        return len(self.waiting) + (self.at_work is not None)

    def _drop_oldest(self) -> None:
        oldest = next((slot for slot, queued in self.waiting.items() if queued.showing.message_id is None), None)
        if oldest is not None:
            del self.waiting[oldest]
            log.warning("reply not delivered", extra={"reason": "too many wait in one chat"})
