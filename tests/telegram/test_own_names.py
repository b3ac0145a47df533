"""The names of a writer's account are kept only where they stand in the writer's words."""

from datetime import UTC, datetime

import pytest
from aiogram import types

from bot.telegram.incoming import read_case_text
from bot.telegram.senders import account_names


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("It was late", None),
        ("This is Żaneta, call ŻANETĘ or zielonka84", "Żaneta ŻANETĘ zielonka84"),
        ("Late. Kowalska.", "Kowalska"),
        ("zielonka is a colour", None),
    ],
)
def test_names_of_the_account_are_kept_where_the_words_hold_them(text: str, kept: str | None) -> None:
    user = types.User(id=6, is_bot=False, first_name="Żaneta", last_name="Kowalska", username="zielonka84")
    message = types.Message(
        message_id=1, date=datetime(2026, 11, 2, tzinfo=UTC), chat=types.Chat(id=6, type="private"), from_user=user,
        text=text,
    )  # fmt: skip
    said = read_case_text(message)
    assert said is not None
    assert (said.text, said.own_names) == (text, kept)
    assert account_names(None) == ()
