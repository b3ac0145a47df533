"""Choose which stored update is handled next: fair to each chat, taps first, unknown groups last. Without database.

Invariants:

* Of each chat one update is taken at a time, in the order of arrival. One that is put back stays the first of its chat.
* Chats take turns: an update waits for at most one update of each other chat, however many these have.
* A chat whose next update is a tap comes before chats with other updates. After `TAPS_IN_A_ROW` taps one of the others
  has its turn, so a storm of taps delays words but never stops them. A tap never overtakes words of its own chat.
* Words in a group come after those in private, by the same rule (`OTHERS_IN_A_ROW`), as long as nothing was answered in
  it: anybody can add the bot to hundreds of groups. A team's group has its turn like the others (`prefer`).
* Memory is bounded: the queue holds at most ``most`` updates, and of one chat at most a tenth of the room that is left.
  So chats with many updates leave room for those that come later.
"""

from collections import Counter, OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.db.delivery.inbox import StoredUpdate, WaitingUpdate

TAPS_IN_A_ROW, OTHERS_IN_A_ROW = 8, 8
MOST_PREFERRED = 1000  # groups; beyond that, the one that was answered longest ago is forgotten
MOST_QUEUED = 2000  # updates of about a thousand characters each
SHARE = 10  # one chat may fill a tenth of the free room

Chat = str | None
"""Chat of an update; all updates that belong to none share one line."""


@dataclass(slots=True, eq=False)
class QueuedUpdate:
    """Update in the queue. ``failures`` counts its failed tries, ``waits`` its waits for the database."""

    stored: StoredUpdate
    is_tap: bool
    failures: int = 0
    waits: int = 0


@dataclass(frozen=True, slots=True)
class LoadChoice:
    """Waiting updates that find room: their ``ids``. Of the chats that are ``behind``, others stay in the database."""

    ids: list[int] = field(default_factory=list)
    behind: set[Chat] = field(default_factory=set)


class FairQueue:
    """Queue of updates with one line for each chat."""

    def __init__(self, most: int = MOST_QUEUED) -> None:
        self.most = most
        self.most_of_chat = most // SHARE + 1  # what a chat alone may have, and one more
        self._lines: dict[Chat, deque[QueuedUpdate]] = {}
        self._ids: set[int] = set()
        self._taken: set[Chat] = set()
        # Each line that has no update taken stands in one of these, where its first update belonged when it came.
        self._taps: deque[Chat] = deque()
        self._others: deque[Chat] = deque()
        self._unknown_groups: deque[Chat] = deque()
        self._taps_in_a_row = self._others_in_a_row = 0
        self._preferred: OrderedDict[Chat, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, row_id: int) -> bool:
        return row_id in self._ids

    def has_room(self, chat: Chat) -> bool:
        return self._fits(self._count(chat), len(self))

    def choose(self, waiting: Iterable[WaitingUpdate]) -> LoadChoice:
        """Choose from updates in the database those that find room; they come in order, the first of each chat first.

        A chat counts as behind if ``most_of_chat`` updates of it are given: there may be more.
        """
        choice = LoadChoice()
        given, chosen = Counter[Chat](), Counter[Chat]()
        for update in waiting:
            given[update.chat] += 1
            if given[update.chat] >= self.most_of_chat:
                choice.behind.add(update.chat)
            if update.id in self:
                continue
            if self._fits(self._count(update.chat) + chosen[update.chat], len(self) + len(choice.ids)):
                choice.ids.append(update.id)
                chosen[update.chat] += 1
            else:
                choice.behind.add(update.chat)
        return choice

    def add(self, update: QueuedUpdate) -> None:
        """Put an update into the line of its chat, at its place in the order of arrival."""
        chat, line = update.stored.chat, self._lines.get(update.stored.chat)
        self._ids.add(update.stored.id)
        if line is None:
            self._lines[chat] = deque([update])
            self._give_turn(chat)
            return
        place, first = len(line), 1 if chat in self._taken else 0
        while place > first and line[place - 1].stored.id > update.stored.id:
            place -= 1
        line.insert(place, update)

    def take(self) -> QueuedUpdate | None:
        """Return the update to handle next; its chat waits until it is finished or put back. None when all wait."""
        waits_behind = bool(self._others or self._unknown_groups)
        if self._taps and (self._taps_in_a_row < TAPS_IN_A_ROW or not waits_behind):
            chat = self._taps.popleft()
            self._taps_in_a_row += 1
        elif waits_behind:
            chat = self._take_other()
            self._taps_in_a_row = 0
        else:
            return None
        self._taken.add(chat)
        return self._lines[chat][0]

    def _take_other(self) -> Chat:
        if self._others and (self._others_in_a_row < OTHERS_IN_A_ROW or not self._unknown_groups):
            self._others_in_a_row += 1
            return self._others.popleft()
        self._others_in_a_row = 0
        return self._unknown_groups.popleft()

    def prefer(self, chat: Chat) -> None:
        """Let a group have its turn like a private chat from now on: something in it was answered."""
        if _is_group(chat):
            self._preferred[chat] = None
            self._preferred.move_to_end(chat)
            if len(self._preferred) > MOST_PREFERRED:
                self._preferred.popitem(last=False)

    def put_back(self, update: QueuedUpdate) -> None:
        """Let an update that was taken have its turn again; it stays the first of its chat."""
        self._taken.discard(update.stored.chat)
        self._give_turn(update.stored.chat)

    def finish(self, update: QueuedUpdate) -> None:
        """Remove an update that was taken."""
        chat = update.stored.chat
        self._taken.discard(chat)
        self._ids.discard(update.stored.id)
        line = self._lines[chat]
        line.popleft()
        if line:
            self._give_turn(chat)
        else:
            del self._lines[chat]

    def _give_turn(self, chat: Chat) -> None:
        if self._lines[chat][0].is_tap:
            self._taps.append(chat)
        elif _is_group(chat) and chat not in self._preferred:
            self._unknown_groups.append(chat)
        else:
            self._others.append(chat)

    def _count(self, chat: Chat) -> int:
        return len(self._lines.get(chat, ()))

    def _fits(self, of_chat: int, of_all: int) -> bool:
        """Tell whether a chat with so many updates in the queue may have one more, with so many of all chats in it."""
        return of_chat * SHARE < self.most - of_all


def _is_group(chat: Chat) -> bool:
    return chat is not None and chat.startswith("-")  # Telegram numbers groups and channels below zero
