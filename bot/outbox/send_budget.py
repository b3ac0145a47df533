"""Arithmetic of the sending pace: starts that were counted, pauses that were asked for, and the next possible start.

Invariants:

* No sliding second holds more counted starts than the messenger's limit, and no sliding minute of a group more messages
  and edits than its own. Edits in a private chat, and deletions anywhere, count for the second only.
* Of a group's minute edits leave `KEPT_FOR_MESSAGES` starts to new messages: redrawn cards hold up no reply. So do
  letters about somebody about whom a letter has left in this minute: a person who floods holds up no other.
* Counted starts lie at least a fixed step apart: a burst that keeps the limit when it leaves may break it on arrival.
* A chat's own pause holds up that chat only. When a second chat asks for a pause while that of the first lasts, and no
  message was taken in between, the limit of all chats is meant: nothing starts for as long as both ask.
* All times are seconds of a monotonic clock; nothing here waits or reads a clock.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass
from enum import Enum, auto

from bot.db.delivery.letter_choice import ChatTurns
from bot.db.delivery.letters import LetterPriority
from bot.messages.limits import MessengerLimits
from cjm.address import Address

REPLY_BURST = 4  # answers to quick taps that one person may get at once, before the usual interval holds
KEPT_FOR_MESSAGES = 5  # starts of a group's minute that edits, and more letters about the same people, leave to others
MINUTE = 60.0
MOST_TURNS = 100  # of one chat that are remembered: a private chat takes 60 letters a minute
MOST_REMEMBERED_CHATS = 1000


class StartKind(Enum):
    """Kind of call that starts: it decides what the call counts for."""

    MESSAGE = auto()
    EDIT = auto()
    DELETION = auto()


@dataclass(frozen=True, slots=True)
class SendRequest:
    """Wish to start something. ``to`` is None for what counts over all chats only.

    ``about`` is the id of the customer whom a letter to others is about.
    """

    to: Address | None
    is_group: bool = False
    priority: int = LetterPriority.REPLY
    kind: StartKind = StartKind.MESSAGE
    about: int | None = None

    @property
    def urgency(self) -> tuple[int, bool]:
        """Order among waiting requests, the smallest first: in a group new messages go before edits."""
        return self.priority, self.is_group and self.kind is StartKind.EDIT

    @property
    def counts_for_group(self) -> bool:
        return self.is_group and self.kind is not StartKind.DELETION

    @property
    def counts_for_person(self) -> bool:
        return self.to is not None and not self.is_group and self.kind is StartKind.MESSAGE


class SendBudget:
    """Starts that were counted, and the earliest time of the next one."""

    def __init__(self, limits: MessengerLimits) -> None:
        self.paused_until = -math.inf
        self._limits = limits
        self._next_step = -math.inf
        self._starts: deque[float] = deque(maxlen=limits.starts_per_second)
        self._people: dict[Address, float] = {}  # until when a person's allowance is used up
        self._groups: dict[Address, deque[float]] = {}
        self._turns: dict[Address, deque[tuple[float, int]]] = {}  # starts of letters about people, by chat
        self._pauses: dict[Address | None, float] = {}  # until when a chat wants nothing
        self._doubtful: set[Address | None] = set()  # chats that asked for a pause since a message was last taken

    def earliest_of_all(self) -> float:
        """Return the earliest time at which anything may start, never before a start that was counted already."""
        if not self._starts:
            return self.paused_until
        is_full = len(self._starts) == self._limits.starts_per_second
        second_is_over = self._starts[0] + 1.0 if is_full else -math.inf
        return max(self.paused_until, self._next_step, self._starts[-1], second_is_over)

    def earliest_in_chat(self, request: SendRequest) -> float:
        """Return the earliest time at which this chat takes something of this kind."""
        if request.to is None:
            return -math.inf
        paused_until = self._pauses.get(request.to, -math.inf)
        if request.counts_for_group:
            has_less = request.kind is StartKind.EDIT or self._had_turn(request.to, request.about)
            return max(paused_until, self._earliest_in_group(request.to, has_less=has_less))
        if request.counts_for_person:
            burst = REPLY_BURST if request.priority == LetterPriority.REPLY else 1
            used_up_until = self._people.get(request.to, -math.inf) - (burst - 1) * self._limits.private_interval
            return max(paused_until, used_up_until)
        return paused_until

    def _earliest_in_group(self, group: Address, *, has_less: bool = False) -> float:
        starts, allowed = self._groups.get(group, deque[float]()), self._limits.group_starts_per_minute
        if has_less:
            allowed = max(1, allowed - KEPT_FOR_MESSAGES)
        return starts[-allowed] + MINUTE if len(starts) >= allowed else -math.inf

    def _had_turn(self, chat: Address, about: int | None) -> bool:
        """Return whether a letter about this person started within a minute before the chat's last start."""
        turns, starts = self._turns.get(chat, ()), self._groups.get(chat)
        since = starts[-1] - MINUTE if starts else -math.inf
        return any(person == about and at > since for at, person in turns)

    def list_turns(self, now: float) -> dict[Address, ChatTurns]:
        """Return whom letters were about in the last minute, in chats where they were about somebody."""
        found = {}
        for chat, turns in tuple(self._turns.items()):
            while turns and turns[0][0] <= now - MINUTE:
                turns.popleft()
            if turns:
                counts = Counter(person for _at, person in turns)
                found[chat] = ChatTurns(counts, self._earliest_in_group(chat, has_less=True) > now)
            else:
                del self._turns[chat]
        return found

    def count_start(self, request: SendRequest, start: float) -> None:
        """Count a start at this time, which is not before the one of any start counted earlier."""
        # Lost time is not made up for: what bunches here bunches again every second, and may be too much on arrival.
        self._next_step = start + 1.0 / self._limits.starts_per_second
        self._starts.append(start)
        if request.to is not None and request.counts_for_group:
            empty: deque[float] = deque(maxlen=self._limits.group_starts_per_minute)
            self._groups.setdefault(request.to, empty).append(start)
        elif request.to is not None and request.counts_for_person:
            self._people[request.to] = max(self._people.get(request.to, start), start) + self._limits.private_interval
        if request.to is not None and request.about is not None:
            self._turns.setdefault(request.to, deque(maxlen=MOST_TURNS)).append((start, request.about))
        if len(self._people) > MOST_REMEMBERED_CHATS:
            self._people = {person: until for person, until in self._people.items() if until > start}

    def take_back_start(self, request: SendRequest, start: float) -> None:
        """Let a counted start that nothing used count for its chat no more; it still counts for all chats together."""
        if request.to is None:
            return
        if request.counts_for_group and start in (starts := self._groups.get(request.to, deque())):
            starts.remove(start)
        elif request.counts_for_person and request.to in self._people:
            self._people[request.to] -= self._limits.private_interval
        if request.about is not None:
            turn, turns = (start, request.about), self._turns.get(request.to, deque())
            if turn in turns:
                turns.remove(turn)

    def pause(self, chat: Address | None, now: float, seconds: float) -> None:
        """Let nothing start in this chat for so long, because the messenger asked for it.

        None stands for a call that names no chat. It pauses no chat by itself, but counts as one that asks.
        """
        until = now + seconds
        others = [self._pauses[other] for other in self._doubtful if other != chat and self._pauses[other] > now]
        if others:
            self.paused_until = max(self.paused_until, min(until, max(others)))
        if len(self._pauses) > MOST_REMEMBERED_CHATS:
            self._pauses = {other: end for other, end in self._pauses.items() if end > now}
            self._doubtful &= self._pauses.keys()
        self._pauses[chat] = max(until, self._pauses.get(chat, until))
        self._doubtful.add(chat)

    def chat_paused_until(self, chat: Address) -> float:
        """Return until when this chat wants nothing; minus infinity if it never asked for a pause."""
        return self._pauses.get(chat, -math.inf)

    def note_taken_message(self) -> None:
        """Take the pauses asked for so far as those of single chats: the messenger has just taken a message."""
        self._doubtful.clear()

    def cooling_chats(self, now: float) -> dict[Address, float]:
        """Return the chats that cannot take a letter now, and when they can."""
        times = self._people | {group: self._earliest_in_group(group) for group in self._groups}
        for chat, until in self._pauses.items():
            if chat is not None:
                times[chat] = max(until, times.get(chat, until))
        return {chat: time for chat, time in times.items() if time > now}
