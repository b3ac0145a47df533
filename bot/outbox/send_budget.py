"""Arithmetic of the sending pace: starts that are planned and that have begun, pauses, and the next possible start.

Invariants:

* A start is *planned* a little ahead of its time, and *begins* when its coroutine is ready: then, or later. No
  sliding second holds more begun starts than the messenger's limit, and no sliding minute of a group more messages and
  edits than its own. Edits in a private chat, and deletions anywhere, count for the second only.
* A planned start is never lost by coming late: it begins at the next moment that the limits allow, and what is planned
  after it moves as far as it must. One that is given up counts for nothing.
* Of a group's minute edits leave `KEPT_FOR_MESSAGES` starts to new messages: redrawn cards hold up no reply. So do
  letters about somebody about whom a letter has left in this minute: a person who floods holds up no other.
* Planned starts lie a fixed step apart, a little more than the limit asks for (`SPARE`): a start that comes a little
  late then moves no other. After a delay the late ones begin closer together, but at most `MOST_AT_ONCE` at once: a
  burst that keeps the limit when it leaves may break it on arrival. Longer delays are not made up for.
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
SPARE = 0.02  # share of each second without a planned start: room for those that come late
CLOSEST = 0.5  # share of a step that lies at least between two starts, of which the first one came late
MOST_AT_ONCE = 4  # late starts that begin together
MINUTE = 60.5  # seconds; more than a minute, because one call takes longer on its way than another
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


@dataclass(slots=True, eq=False)
class PlannedStart:
    """Start that was planned for ``at``, and has not begun."""

    request: SendRequest
    at: float


class SendBudget:
    """Starts that are planned and those that have begun, and the earliest time of the next one."""

    def __init__(self, limits: MessengerLimits) -> None:
        self.paused_until = -math.inf
        self._limits = limits
        self._step = (1.0 + SPARE) / limits.starts_per_second
        self._next_step = -math.inf  # earliest time to plan the next start for
        self._next_begin = -math.inf  # earliest time at which the next one may begin, as far from the last as it must
        self._planned: list[PlannedStart] = []
        self._begun: deque[float] = deque(maxlen=limits.starts_per_second)
        self._people: dict[Address, float] = {}  # until when what has begun uses up a person's allowance
        self._groups: dict[Address, deque[float]] = {}  # starts that have begun
        self._turns: dict[Address, deque[tuple[float, int]]] = {}  # starts of letters about people, by chat
        self._pauses: dict[Address | None, float] = {}  # until when a chat wants nothing
        self._doubtful: set[Address | None] = set()  # chats that asked for a pause since a message was last taken

    # ---- when something may be planned -------------------------------------------------------------------------------

    def earliest_of_all(self) -> float:
        """Return the earliest time for which one more start may be planned, as far as all chats together go."""
        return max(self.paused_until, self._next_step, self._end_of_full_second())

    def _end_of_full_second(self) -> float:
        # A second later than the start that this one must not share a second with; those that are planned come between.
        # Not so those that are late already: whenever they begin, they take the place of one that is planned then.
        last = self._begun[-1] if self._begun else -math.inf
        before = self._limits.starts_per_second - sum(planned.at >= last for planned in self._planned)
        if before <= 0:
            return self._planned[-before].at + 1.0
        return self._begun[-before] + 1.0 if len(self._begun) >= before else -math.inf

    def earliest_in_chat(self, request: SendRequest) -> float:
        """Return the earliest time for which something of this kind may be planned in its chat."""
        if request.to is None:
            return -math.inf
        paused_until = self._pauses.get(request.to, -math.inf)
        if request.counts_for_group:
            has_less = request.kind is StartKind.EDIT or self._had_turn(request.to, request.about)
            return max(paused_until, self._earliest_in_group(request.to, has_less=has_less))
        if request.counts_for_person:
            return max(paused_until, self._without_burst(request, self._used_up_until(request.to)))
        return paused_until

    def _without_burst(self, request: SendRequest, used_up_until: float) -> float:
        burst = REPLY_BURST if request.priority == LetterPriority.REPLY else 1
        return used_up_until - (burst - 1) * self._limits.private_interval

    def _used_up_until(self, person: Address) -> float:
        until = self._people.get(person, -math.inf)
        for planned in self._planned:
            if planned.request.to == person and planned.request.counts_for_person:
                until = max(until, planned.at) + self._limits.private_interval
        return until

    def _earliest_in_group(self, group: Address, *, has_less: bool = False) -> float:
        allowed = self._limits.group_starts_per_minute
        if has_less:
            allowed = max(1, allowed - KEPT_FOR_MESSAGES)
        starts = self._list_group_starts(group)
        return starts[-allowed] + MINUTE if len(starts) >= allowed else -math.inf

    def _list_group_starts(self, group: Address) -> list[float]:
        planned = (p.at for p in self._planned if p.request.to == group and p.request.counts_for_group)
        return [*self._groups.get(group, ()), *planned]

    def _had_turn(self, chat: Address, about: int | None) -> bool:
        """Return whether a letter about this person started within a minute before the chat's last start."""
        turns, starts = self._turns.get(chat, ()), self._list_group_starts(chat)
        since = starts[-1] - MINUTE if starts else -math.inf
        return any(person == about and at > since for at, person in turns)

    def plan(self, request: SendRequest, at: float) -> PlannedStart:
        """Plan a start for this time, which is not before the one of any start planned earlier."""
        start = PlannedStart(request, at)
        self._next_step = at + self._step
        self._planned.append(start)
        if request.to is not None and request.about is not None:
            self._turns.setdefault(request.to, deque(maxlen=MOST_TURNS)).append((at, request.about))
        return start

    # ---- when a planned start may begin ------------------------------------------------------------------------------

    def earliest_begin(self, start: PlannedStart) -> float:
        """Return the earliest time at which a planned start may begin."""
        is_full = len(self._begun) == self._limits.starts_per_second
        second_is_over = self._begun[0] + 1.0 if is_full else -math.inf
        return max(start.at, self.paused_until, second_is_over, self._next_begin, self._earliest_begin_in_chat(start))

    def _earliest_begin_in_chat(self, start: PlannedStart) -> float:
        request = start.request
        if request.to is None:
            return -math.inf
        paused_until = self._pauses.get(request.to, -math.inf)
        if request.counts_for_group:
            starts, allowed = self._groups.get(request.to, deque[float]()), self._limits.group_starts_per_minute
            return max(paused_until, starts[0] + MINUTE if len(starts) == allowed else -math.inf)
        if request.counts_for_person:
            return max(paused_until, self._without_burst(request, self._people.get(request.to, -math.inf)))
        return paused_until

    def begin(self, start: PlannedStart, now: float) -> None:
        """Count a planned start as begun now; `earliest_begin` must have come."""
        closest = CLOSEST * self._step
        due = max(start.at, self._next_begin, now - (MOST_AT_ONCE - 1) * closest)
        self._next_begin = due + closest
        self._planned.remove(start)
        self._begun.append(now)
        request = start.request
        if request.to is not None and request.counts_for_group:
            empty: deque[float] = deque(maxlen=self._limits.group_starts_per_minute)
            self._groups.setdefault(request.to, empty).append(now)
        elif request.to is not None and request.counts_for_person:
            self._people[request.to] = max(self._people.get(request.to, now), now) + self._limits.private_interval
        if len(self._people) > MOST_REMEMBERED_CHATS:
            self._people = {person: until for person, until in self._people.items() if until > now}

    def give_up(self, start: PlannedStart) -> bool:
        """Let a planned start that does not begin count for nothing; False for one that has begun: it counts."""
        if start not in self._planned:
            return False
        self._planned.remove(start)
        chat, about = start.request.to, start.request.about
        turns = self._turns.get(chat) if chat is not None else None
        if turns is not None and about is not None and (start.at, about) in turns:
            turns.remove((start.at, about))
        return True

    # ---- chats and pauses --------------------------------------------------------------------------------------------

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
        for planned in self._planned:
            if planned.request.to is not None and planned.request.counts_for_person:
                times[planned.request.to] = self._used_up_until(planned.request.to)
        for chat, until in self._pauses.items():
            if chat is not None:
                times[chat] = max(until, times.get(chat, until))
        return {chat: time for chat, time in times.items() if time > now}
