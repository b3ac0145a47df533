"""Telegram, the only room that imports aiogram: updates become calls of use cases, messages calls of the Bot API."""
