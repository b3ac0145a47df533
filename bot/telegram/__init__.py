"""Telegram, the only room that imports aiogram: updates become calls of use cases, messages calls of the Bot API."""

from bot.telegram.lazy_models import load_lazily

load_lazily()  # before any module of this room imports aiogram
