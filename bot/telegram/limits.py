"""Limits of Telegram, as its Bot API and its FAQ for bots state them."""

from bot.messages.limits import MessengerLimits

TELEGRAM_LIMITS = MessengerLimits(
    text_units=4096,
    caption_units=1024,
    callback_bytes=64,
    row_buttons=8,
    buttons=100,
    starts_per_second=29,  # of 30: a start may be a little late, and 29 planned in 1.03 s are never 31 in any second
    group_starts_per_minute=20,
    private_interval=1.0,
)
