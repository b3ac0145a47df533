"""Limits of a messenger. Each messenger's port brings its own values; nothing else knows them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessengerLimits:
    """Largest sizes and highest speeds that a messenger accepts from a bot.

    Attributes:
        text_units: length of a message without an upload, in UTF-16 units (`bot.messages.message.utf16_length`).
        caption_units: length of the words under an upload, in the same units.
        callback_bytes: length of a button's packed action, in bytes of UTF-8.
        row_buttons: buttons beside each other.
        buttons: buttons of one message.
        starts_per_second: messages that may start in any second, over all chats.
        group_starts_per_minute: messages that may start in any minute in one group.
        private_interval: seconds between two messages to one person.
    """

    text_units: int
    caption_units: int
    callback_bytes: int
    row_buttons: int
    buttons: int
    starts_per_second: int
    group_starts_per_minute: int
    private_interval: float
