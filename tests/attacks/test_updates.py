"""Updates that no messenger should send: none stops the others, and none is delivered for ever."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.db.delivery import inbox
from bot.telegram.receiving.raw_update import find_chat_id, make_raw_update
from bot.telegram.receiving.webhook import Webhook
from tests.depth import choose_depth
from tests.telegram.conftest import bot, sandbox
from tests.telegram.doubles import message_update
from tests.telegram.test_inbox_worker import House, alone, house, quiet_bot

__all__ = ["alone", "bot", "house", "quiet_bot", "sandbox"]
DEEP = json.loads("[" * 500 + "]" * 500)
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


def test_update_that_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(ValueError, match="nested"):
        make_raw_update({"update_id": 1, "message": DEEP})


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
