"""Small updates as Telegram sends them."""

from datetime import UTC, datetime
from typing import Any

from aiogram.types import CallbackQuery, User


def tap(data: str | None) -> CallbackQuery:
    who = User(id=7, is_bot=False, first_name="Anna")
    return CallbackQuery(id="1", from_user=who, chat_instance="1", data=data)


def message_update(update_id: int, text: str, chat: int = 7) -> dict[str, Any]:
    """Return an update with a private message."""
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "date": int(datetime(2026, 11, 2, tzinfo=UTC).timestamp()),
            "chat": {"id": chat, "type": "private", "first_name": "Anna"},
            "from": {"id": chat, "is_bot": False, "first_name": "Anna"},
            "text": text,
        },
    }
