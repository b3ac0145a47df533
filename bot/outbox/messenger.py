"""The port to a messenger, and the ways a call can fail.

::

    DeliveryError
     ├── NeverLeft      the call did not reach the messenger: it may be tried again
     ├── Throttled      not now: nobody sends before ``seconds`` are over
     ├── Unreachable    this person or group cannot be written to until they come back
     ├── Moved          the group has another id from now on
     ├── Rejected       the messenger refuses this very message; trying again would change nothing
     └── Uncertain      it may have arrived: it is never sent again by itself
"""

from dataclasses import dataclass
from typing import Protocol

from bot.messages.message import Message
from cjm.address import Address


class DeliveryError(Exception):
    """Why a message is not known to have arrived; the text holds the messenger's sentence, never a customer's."""


class NeverLeft(DeliveryError): ...  # noqa: N818


class Throttled(DeliveryError):  # noqa: N818
    def __init__(self, seconds: float) -> None:
        super().__init__(f"asked to wait {seconds:g} s")
        self.seconds = seconds


class Unreachable(DeliveryError): ...  # noqa: N818


class ChatMoved(DeliveryError):  # noqa: N818
    def __init__(self, to: Address) -> None:
        super().__init__("the group moved")
        self.to = to


class Rejected(DeliveryError): ...  # noqa: N818


class Uncertain(DeliveryError): ...  # noqa: N818


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that arrived: its id in the chat, and the lasting id of what was uploaded."""

    message_id: str
    file_id: str | None = None


class Messenger(Protocol):
    """What the product needs of a messenger. Each call raises DeliveryError's children and nothing else."""

    async def send(self, to: Address, message: Message) -> SentMessage:
        """Send a new message."""

    async def edit(self, to: Address, message_id: str, message: Message) -> SentMessage:
        """Change a message of ours in place (words, buttons, picture); "not modified" is success."""

    async def delete(self, to: Address, message_id: str) -> None:
        """Take a message of ours away; "not found" is success."""

    async def ping(self) -> None:
        """Ask for a sign of life; returns when the messenger answers."""

    async def start_link(self, payload: str) -> str:
        """The link that starts a chat with us and hands us ``payload`` (A-Za-z0-9_-, at most 64)."""


class Files(Protocol):
    """What people sent, as bytes; raises DeliveryError's children and nothing else."""

    async def download(self, file_id: str, most_bytes: int) -> bytes:
        """The whole of a file; Rejected when it is larger than ``most_bytes``."""
