"""Limits of Telegram: sizes from its Bot API, speeds from its FAQ for bots, and how many buttons it accepts."""

from bot.messages.limits import MessengerLimits

TELEGRAM_LIMITS = MessengerLimits(
    text_units=4096,
    caption_units=1024,
    callback_bytes=64,
    row_buttons=8,
    buttons=100,
    starts_per_second=29,  # Telegram takes 30; one is kept back, because a planned start may come a little late
    group_starts_per_minute=20,
    private_interval=1.0,
)
