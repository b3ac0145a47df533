"""A kind of letter: what is said, decided just before it leaves, and what its fate means, told as it is recorded.

One module a kind in `bot.outbox.letters`; `bot.app.tropa` hands them to the outbox, which finds each by its name.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.db.delivery.letters import Letter, LetterState
from bot.db.engine.database import Connection
from bot.messages.message import Message


@dataclass(frozen=True, slots=True)
class LetterDropped:
    """This letter is not to be sent any more, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class LetterOutcome:
    """How a letter ended: ``sent`` (with ``message_id``), ``unreachable``, ``rejected``, ``dropped`` or ``unknown``.

    ``unknown`` may become ``sent`` later, when a tap proves that it arrived. ``reason`` is a fixed sentence.
    """

    state: LetterState
    at: datetime
    reason: str | None = None
    message_id: str | None = None


class LetterKind(Protocol):
    @property
    def name(self) -> str:
        """What stands in `letter.kind`; it never changes."""

    async def write(self, letter: Letter) -> Message | LetterDropped:
        """Say it as things stand now, or say why not. May read and draw; must change nothing: it may run again."""

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        """Note what became of it, in the transaction that records it. Not called while it will be tried again."""
