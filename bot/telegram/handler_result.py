"""Results of handlers: a handler is one transaction, and returns what is to be done after it.

Invariants:

* A handler waits for use cases only: never for the messenger, the sending pace, a drawing or a download.
* The notice leaves at once, with the acknowledgement of the tap; showings wait in the `Display`.
"""

from dataclasses import dataclass

from bot.messages.message import Message
from bot.messages.notice import Notice
from bot.outbox.showings import NewMessage, Showing
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class HandlerResult:
    """Result of a handler: the words that acknowledge its tap, if any, and what is to be shown, in order.

    ``refusal``: the words, if all that is shown is a refusal; the throttle leaves it out for who has just read it.
    """

    notice: Notice | None = None
    showings: tuple[Showing, ...] = ()
    refusal: str | None = None


def show(*showings: Showing, notice: Notice | None = None) -> HandlerResult:
    """Return the result of a handler that shows something."""
    return HandlerResult(notice, showings)


def refuse(chat: Address, message: Message) -> HandlerResult:
    """Return the result of a handler that can do nothing with a message but say so."""
    return HandlerResult(showings=(NewMessage(chat, message),), refusal=str(message.text))
