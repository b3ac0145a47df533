"""Words on top of the chat, in reply to a tap; they are no message and leave nothing in the chat."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """Short text that is shown for a moment; ``is_alert`` keeps it until the reader closes it."""

    text: str
    is_alert: bool = False
