"""Updates that no messenger should send: none stops the others, and none is delivered for ever."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.db.delivery import inbox
from bot.telegram.receiving.raw_update import MOST_LEVELS, UpdateJson, find_chat_id, make_raw_update
from bot.telegram.receiving.webhook import Webhook
from tests.depth import choose_depth
from tests.telegram.conftest import bot, sandbox
from tests.telegram.doubles import message_update
from tests.telegram.test_inbox_worker import House, alone, house, quiet_bot

__all__ = ["alone", "bot", "house", "quiet_bot", "sandbox"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["message", "chat", "from", "id", "user", "text", "date", "data"]), inner)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**400, True, None, "7", 7.0])
def test_update_id_that_no_database_can_store_is_refused(number: object) -> None:
    with pytest.raises(ValueError, match="update_id"):
        make_raw_update({"update_id": number})


def make_nested_update(levels: int) -> UpdateJson:
    """Return an update of lists inside of each other; it is the first of ``levels`` itself."""
    lists = levels - 1
    return {"update_id": 1, "message": json.loads("[" * lists + "]" * lists)}


@pytest.mark.parametrize("levels", [MOST_LEVELS + 1, 500, 900])
def test_update_that_is_nested_too_deeply_is_refused(levels: int) -> None:
    with pytest.raises(ValueError, match="nested"):
        make_raw_update(make_nested_update(levels))


def test_deepest_update_that_is_stored_is_read_again_far_from_the_recursion_limit() -> None:
    update = make_nested_update(MOST_LEVELS)
    assert json.loads(make_raw_update(update).payload) == update


@pytest.mark.parametrize("body", [b"[" * 100_000, b"\xff\xfe", b"", b"null", b'{"update_id": ' + b"9" * 30 + b"}"])
async def test_body_that_is_no_update_is_acknowledged_and_dropped(house: House, body: bytes) -> None:
    await Webhook(house.receiving, "secret").accept(body)
    assert await house.states() == {}


async def test_chat_id_that_no_database_can_store_does_not_block_other_chats(alone: House) -> None:
    odd = {"update_id": 1, "message": {"chat": {"id": "a\x00\ud800"}}}
    alone.on_message(alone.hears_all)
    await alone.receiving.store([odd, message_update(2, "after")])
    await alone.receiving.wait_until_idle()
    assert (alone.heard, await alone.states()) == (["after"], {"failed": 1, "done": 1})


@settings(max_examples=choose_depth(60, 1000), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["message", "callback_query", "my_chat_member", "channel_post"]), ANYTHING))
def test_update_of_any_shape_can_be_stored(update: dict[str, Any]) -> None:
    kept = make_raw_update({"update_id": 1, **update})
    assert isinstance(kept, inbox.RawUpdate)
    assert kept.payload.isascii()
    assert kept.chat is None or "\x00" not in kept.chat
    assert find_chat_id(update) is None or kept.chat is not None


GROUP_CHAT = {"id": -1001, "type": "supergroup", "title": "Care"}
CARD = {
    "message_id": 12, "date": 1, "chat": GROUP_CHAT, "from": {"id": 42, "is_bot": True, "first_name": "Tropa"},
    "text": "Complaint 812 · shop\nkanarek", "caption_entities": [], "reply_markup": {"inline_keyboard": ["kanarek"]},
}  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        {"callback_query": {"id": "1", "from": {"id": 5}, "message": CARD, "data": "x"}},
        {
            "message": {
                "message_id": 13,
                "date": 2,
                "chat": GROUP_CHAT,
                "reply_to_message": CARD,
                "text": "We are sorry",
            }
        },
        {"message": {"message_id": 13, "date": 2, "chat": GROUP_CHAT, "quote": {"text": "kanarek", "position": 0}}},
        {"message": {"message_id": 13, "date": 2, "chat": GROUP_CHAT, "external_reply": {"text": "kanarek"}}},
        {"message": {"message_id": 13, "date": 2, "chat": GROUP_CHAT, "pinned_message": CARD}},
    ],
)
def test_update_of_a_team_does_not_keep_the_words_of_the_card_that_it_is_about(content: UpdateJson) -> None:
    """An update that is set aside is kept for a month, and its chat is not that of the customer who is forgotten."""
    stored = make_raw_update({"update_id": 1, **content})
    assert "kanarek" not in stored.payload
    assert stored.chat == "-1001"
    if "reply_to_message" in str(content):
        assert '"text":"812"' in stored.payload, "the number of its case is kept"
