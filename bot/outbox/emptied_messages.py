"""Emptied messages: what to try in place of a message that cannot be deleted, and what is left of it then.

Invariants:

* Of a message whose carrier no version of Tropa has stored, a picture is tried first: it takes the place of any picture
  or file. What was only given other words then may hold a voice message still, so it counts as remaining.
"""

from dataclasses import dataclass

from bot.db.delivery.states import ErasureCause, MessageCarrier, RecallState
from bot.messages.message import Message
from bot.outbox.letters.recalls.recall_words import empty_message
from bot.texts import Words


@dataclass(frozen=True, slots=True)
class EmptiedVersion:
    """Message to show in place of another, and what has become of that one then."""

    message: Message
    state: RecallState


def list_emptied_versions(
    carrier: MessageCarrier | None, cause: ErasureCause, words: Words, *, is_own: bool = False
) -> list[EmptiedVersion]:
    """Return what to try, one after the other; ``is_own``: in the chat of the person themself."""

    def empty(part: MessageCarrier | None, state: RecallState) -> EmptiedVersion:
        return EmptiedVersion(empty_message(part, cause, words, is_own=is_own), state)

    match carrier:
        case MessageCarrier.TEXT:
            return [empty(carrier, RecallState.EMPTIED)]
        case MessageCarrier.VOICE:
            return [empty(carrier, RecallState.REMAINS)]
        case MessageCarrier.PHOTO | MessageCarrier.DOCUMENT:
            return [empty(carrier, RecallState.EMPTIED), empty(None, RecallState.REMAINS)]
        case None:
            return [empty(MessageCarrier.PHOTO, RecallState.EMPTIED), empty(None, RecallState.REMAINS)]
