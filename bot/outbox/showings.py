"""Showings: a new message in a chat, a change of a message of ours, or its removal, waiting for their turn.

A showing is a value that waits in the `Display`. Handlers return showings, and letters have nothing to do with them: a
showing is not stored, so what a crash or a broken call takes is lost, unless the database tells what to show again.

Invariants:

* A showing is rendered at its turn, and again for each try, so that it shows how things stand then.
* `Showing.settle` is called once for each showing that was shown or given up, and never for one that a newer showing
  of the same message replaced. Of one that is given up `Showing.note_failure` is called before.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from bot.messages.message import Message
from bot.outbox.messenger import SentMessage
from bot.outbox.send_budget import StartKind
from cjm.address import Address

Content = Message | Callable[[], Awaitable[Message | None]]
"""A message, or a function that renders it at its turn; None: there is nothing to show any more."""


@dataclass(slots=True, eq=False)
class Showing(ABC):
    """Something to be shown in ``chat``; ``message_id`` is the message that it changes, None for a new message.

    ``is_slow``: rendering takes more than a moment (a drawing, a download), and must not hold up those who wait for an
    edit.
    """

    chat: Address
    message_id: str | None
    is_slow: ClassVar[bool] = False
    is_deletion: ClassVar[bool] = False

    @property
    def start_kind(self) -> StartKind:
        if self.is_deletion:
            return StartKind.DELETION
        return StartKind.MESSAGE if self.message_id is None else StartKind.EDIT

    @abstractmethod
    async def render(self) -> Message | None:
        """Return what to show now; None when there is nothing to show any more. May raise DeliveryError."""

    def note_failure(self, error: Exception) -> bool:
        """Note why this is given up; return whether that is taken care of, so that nobody need be warned."""
        return False

    async def settle(self, sent: SentMessage | None) -> Sequence["Showing"]:
        """Note what became of it, and return what is to be shown next; ``sent`` is None if it may not have arrived."""
        return ()


@dataclass(slots=True, eq=False)
class MessageEdit(Showing):
    """Change of a message of ours; the message stays as it is when that does not work."""

    content: Content

    async def render(self) -> Message | None:
        return self.content if isinstance(self.content, Message) else await self.content()


class NewMessage(MessageEdit):
    """New message below the others."""

    def __init__(self, chat: Address, content: Content) -> None:
        super().__init__(chat, None, content)


@dataclass(slots=True, eq=False)
class MessageReplacement(MessageEdit):
    """Change of a message of ours, or a new message in ``thread`` where the change is not known to have worked."""

    thread: int | None = None

    async def settle(self, sent: SentMessage | None) -> Sequence[Showing]:
        return () if sent is not None else (NewMessage(self.chat, self._render_below),)

    async def _render_below(self) -> Message | None:
        message = await self.render()
        return message and replace(message, thread=message.thread or self.thread)


class MessageDeletion(Showing):
    """Removal of a message of ours."""

    is_deletion = True

    async def render(self) -> Message | None:
        return None  # nothing is shown in its place
