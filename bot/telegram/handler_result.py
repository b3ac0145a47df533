"""Results of handlers: a handler is one transaction, and returns what is to be done after it.

Invariants:

* A handler waits for use cases only: never for the messenger, the sending pace, a drawing or a download.
* The notice leaves at once, with the acknowledgement of the tap; showings wait in the `Display`.
"""

from dataclasses import dataclass

from bot.messages.notice import Notice
from bot.outbox.showings import Showing


@dataclass(frozen=True, slots=True)
class HandlerResult:
    """What follows a handled update: the words that acknowledge its tap, if any, and what is to be shown, in order."""

    notice: Notice | None = None
    showings: tuple[Showing, ...] = ()


def show(*showings: Showing, notice: Notice | None = None) -> HandlerResult:
    """Return the result of a handler that shows something."""
    return HandlerResult(notice, showings)
