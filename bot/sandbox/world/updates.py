"""Queue of updates for the bot. An update leaves it only when the bot has acknowledged it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.sandbox.records import Json

ONLY_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that Telegram sends only to a bot that names them in `allowed_updates`."""


@dataclass(eq=False)
class Update:
    """Update that waits for the bot."""

    id: int
    chat: int
    kind: str
    payload: Json
    deliveries: int = 0
    """Times that it was handed out."""

    def body(self) -> Json:
        return {"update_id": self.id, self.kind: self.payload}


class Updates:
    """Queue of updates. With `twice` every update is handed out a second time, although it was acknowledged."""

    def __init__(self, first_id: int, on_change: Callable[[], None]) -> None:
        self.waiting: list[Update] = []
        self.allowed: list[str] = []
        self.twice = False
        self._next_id = first_id
        self._on_change = on_change

    def add(self, kind: str, chat: int, payload: Json) -> Update | None:
        """Add an update and return it; None when the bot does not want this kind."""
        # An empty list means the default: every kind but the rare ones.
        is_allowed = kind in self.allowed if self.allowed else kind not in ONLY_ON_REQUEST
        if not is_allowed:
            return None
        update = Update(self._next_id, chat, kind, payload)
        self._next_id += 1
        self.waiting.append(update)
        self._on_change()
        return update

    def next_batch(self, offset: int, limit: int) -> list[Update]:
        """Return the answer to `getUpdates`.

        An offset acknowledges all updates before it; a negative one keeps only the last few.
        """
        if offset < 0:
            self.waiting = self.waiting[offset:]
        elif offset > 0:
            self.acknowledge([update for update in self.waiting if update.id < offset])
        return self.waiting[:limit]

    def hand_out(self, batch: Sequence[Update]) -> list[Json]:
        for update in batch:
            update.deliveries += 1
        return [update.body() for update in batch]

    def acknowledge(self, updates: Sequence[Update]) -> None:
        """Remove these updates; with `twice`, each stays until it was handed out twice."""
        done = {update.id for update in updates if update.deliveries >= (2 if self.twice else 1)}
        # An update before the offset that was never fetched is removed as well, as with Telegram.
        done |= {update.id for update in updates if update.deliveries == 0}
        if done:
            self.waiting = [update for update in self.waiting if update.id not in done]
            self._on_change()

    def drop_all(self) -> None:
        self.waiting.clear()
        self._on_change()
