"""Chats that are stored come back as they were, and nothing of a deleted message does."""

import json
from typing import Any

import pytest

from bot.sandbox import Person, Sandbox
from bot.sandbox.people import Group
from bot.sandbox.world.snapshot import ChatsSnapshot, restore_chats, take_snapshot
from tests.sandbox.conftest import Caller, png


def copy_by_json(snapshot: ChatsSnapshot) -> ChatsSnapshot:
    return ChatsSnapshot(json.loads(json.dumps(snapshot.values)), snapshot.files)


def make_sandbox(snapshot: ChatsSnapshot) -> Sandbox:
    """Return a sandbox with the same people in a later run, and their chats brought back."""
    sandbox = Sandbox(first_id=1000)
    sandbox.add_person("Anna", language="ru", username="anna")
    restore_chats(sandbox.world, copy_by_json(snapshot))
    return sandbox


async def test_chats_come_back_with_buttons_pictures_replies_and_rights(
    sandbox: Sandbox, call: Caller, anna: Person
) -> None:
    buttons = {"inline_keyboard": [[{"text": "Good", "callback_data": "good"}]]}
    asked = await call(
        "sendMessage", chat_id=anna.id, text="<b>How</b> was it?", parse_mode="HTML", reply_markup=buttons
    )
    await anna.send_photo(png(), "torn", reply_to=anna.last)
    await call(
        "setMessageReaction",
        chat_id=anna.id,
        message_id=asked["message_id"],
        reaction=[{"type": "emoji", "emoji": "👍"}],
    )
    await call(
        "editMessageText", chat_id=anna.id, message_id=asked["message_id"], text="How was <i>it</i>?", parse_mode="HTML"
    )
    group = sandbox.add_group("Team", anna, forum=True)
    await group.add_bot(by=anna)
    await group.promote_bot(by=anna, rights=frozenset({"can_delete_messages"}))
    await group.open_topic(anna, "Cases")
    snapshot = take_snapshot(sandbox.world)
    later = make_sandbox(snapshot)
    assert take_snapshot(later.world) == snapshot
    assert later.world.chats[group.id].bot_rights == {"can_delete_messages"}
    (photo,) = (message for message in later.world.chats[anna.id].messages.values() if message.media)
    assert (photo.content, photo.reply_to and photo.reply_to.id) == (png(), asked["message_id"])
    # The bot may send a picture again by the id that it has.
    assert photo.media is not None
    assert later.world.files.find(photo.media.file.id) is not None


async def test_later_messages_are_newer_in_number_and_in_change(sandbox: Sandbox, call: Caller, anna: Person) -> None:
    await call("sendMessage", chat_id=anna.id, text="Hello")
    later = make_sandbox(take_snapshot(sandbox.world))
    before = later.world.sequence
    again = Person(later.world, anna.id)
    sent = await again.send("I am back")
    assert (sent.id, before, sent.last_change) == (1000, anna.last.last_change, before + 1)
    assert [message.words for message in again.messages] == ["/start", "Hello", "I am back"]


async def test_nothing_of_a_deleted_message_is_stored(sandbox: Sandbox, call: Caller, anna: Person) -> None:
    secret = await anna.send_photo(png(), "canary")
    reply = await call(
        "sendMessage", chat_id=anna.id, text="Sorry",
        reply_parameters={"message_id": secret.id, "quote": "canary"},
    )  # fmt: skip
    await call("getUpdates", offset=10**6)
    await call("deleteMessage", chat_id=anna.id, message_id=secret.id)
    snapshot = take_snapshot(sandbox.world)
    assert "canary" not in json.dumps(snapshot.values)
    assert snapshot.files == {}
    restored = make_sandbox(snapshot).world.chats[anna.id].messages[reply["message_id"]]
    assert (restored.words, restored.reply_to, restored.quote) == ("Sorry", None, None)


async def test_updates_that_wait_for_the_bot_come_back(sandbox: Sandbox, anna: Person) -> None:
    later = make_sandbox(take_snapshot(sandbox.world))
    assert [update.body() for update in later.world.updates.waiting] == [
        update.body() for update in sandbox.world.updates.waiting
    ]
    assert later.world.updates.waiting


@pytest.mark.parametrize("values", [{}, {"chats": [{"id": 1}], "updates": []}, {"chats": [], "updates": [[1]]}, []])
async def test_a_broken_snapshot_changes_nothing(values: Any) -> None:
    sandbox = Sandbox()
    group = Group(sandbox.world, sandbox.add_group("Team", sandbox.add_person("Anna")).chat)
    with pytest.raises((KeyError, TypeError, ValueError)):
        restore_chats(sandbox.world, ChatsSnapshot(values, {}))
    assert group.messages == []
