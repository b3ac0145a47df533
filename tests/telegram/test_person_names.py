"""What others see of a person's name in Telegram."""

from datetime import UTC, datetime

import pytest
from aiogram import types

from bot.telegram import senders


@pytest.mark.parametrize(
    ("first", "last", "seen"),
    [
        ("Anna", "Nowak", "Anna Nowak"),
        ("Eve\u202e", "\u200bEvil\n\nCase #1", "Eve Evil Case #1"),
        ("\u3164", None, "id 666"),
    ],
)
def test_name_reaches_others_cleaned_and_never_empty(first: str, last: str | None, seen: str) -> None:
    user = types.User(id=666, is_bot=False, first_name=first, last_name=last)
    message = types.Message(
        message_id=1, date=datetime(2026, 11, 2, tzinfo=UTC), chat=types.Chat(id=-1, type="group"), from_user=user
    )
    actor = senders.find_actor(message)
    assert actor is not None
    assert (senders.person_name(user), actor.name) == (seen, seen)
