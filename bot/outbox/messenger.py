"""The port to a messenger, and the ways a call can fail.

::

    DeliveryError
     ├── NeverLeft      the messenger did not take the call: it may be tried again
     ├── Throttled      not now: this chat takes nothing before ``seconds`` are over, a day at most
     ├── Unreachable    this person or group cannot be written to until they come back
     ├── ChatMoved      the group has another id from now on
     ├── Rejected       the messenger refuses this very message; trying again would change nothing
     └── Uncertain      it may have arrived: see `bot.outbox.policy` for what is sent once more

Invariants:

* A call ends with a result or with one of these errors; if a letter's call raises anything else, that is taken for
  `Uncertain`.
* All that differs in sending from messenger to messenger is behind this port: ids, limits, a group's address.
"""

from dataclasses import dataclass
from typing import Protocol

from bot.messages.limits import MessengerLimits
from bot.messages.message import Message
from cjm.address import Address


class DeliveryError(Exception):
    """Reason why a message is not known to have arrived; its text is the messenger's sentence, never a customer's."""


class NeverLeft(DeliveryError): ...  # noqa: N818 - each name says what happened, which an "Error" would blur


class Throttled(DeliveryError):  # noqa: N818 - as above
    def __init__(self, seconds: float) -> None:
        super().__init__(f"asked to wait {seconds:g} s")
        self.seconds = seconds


class Unreachable(DeliveryError): ...  # noqa: N818 - as above


class ChatMoved(DeliveryError):  # noqa: N818 - as above
    def __init__(self, to: Address) -> None:
        super().__init__("the group moved")
        self.to = to


class Rejected(DeliveryError): ...  # noqa: N818 - as above


class Uncertain(DeliveryError): ...  # noqa: N818 - as above


def cannot_be_changed(error: Exception) -> bool:
    """Return whether no later try changes a message after this: it is gone or too old, or its reader blocked us."""
    return isinstance(error, Rejected | Unreachable)


@dataclass(frozen=True, slots=True)
class SentMessage:
    """Message that arrived: its id in the chat, and the lasting id of what was uploaded with it."""

    message_id: str
    file_id: str | None = None


class Messenger(Protocol):
    """Calls that the product needs of a messenger. Each coroutine raises DeliveryError's children and nothing else."""

    @property
    def limits(self) -> MessengerLimits:
        """Sizes and speeds that the messenger accepts."""

    def is_group(self, to: Address) -> bool:
        """True for a chat of several people, which has a speed limit of its own."""

    async def send(self, to: Address, message: Message) -> SentMessage:
        """Send a new message."""

    def message_link(self, to: Address, message_id: str) -> str | None:
        """Return a link that opens this message for members of its chat; None where the messenger has none."""

    async def edit(self, to: Address, message_id: str, message: Message) -> SentMessage:
        """Change a message of ours in place (words, buttons, picture); "not modified" is success.

        With an upload, a photo or a file is replaced, however old it is. A voice message stays: only the words under it
        change.
        """

    async def delete(self, to: Address, message_id: str) -> None:
        """Remove a message of ours; "not found" is success. Rejected when it cannot be removed, by its age for one."""

    async def may_delete(self, to: Address) -> bool:
        """Return whether we hold the right to delete messages in this chat, as far as the messenger has such a right.

        The right sets no limit aside that the messenger has for everybody, such as one by age.
        """

    async def ping(self) -> None:
        """Return when the messenger answers."""

    async def start_link(self, payload: str) -> str:
        """Return the link that starts a chat with us and brings ``payload``: 1 to 64 of A-Z, a-z, 0-9, _ and -."""


class Files(Protocol):
    """Files that people sent; raises DeliveryError's children and nothing else."""

    async def download(self, file_id: str, most_bytes: int) -> bytes:
        """Return a whole file; Rejected when it is larger than ``most_bytes``."""
