"""Test tools: what people see, how they wait, and the error when something is missing."""

import asyncio
import re

import pytest

from bot.sandbox import NotSeenError, Person, Sandbox
from tests.sandbox.conftest import Caller, png


def keys(*labels: str) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": label, "callback_data": label.lower()}] for label in labels]}


async def test_start_carries_the_payload_of_a_link(call: Caller, sandbox: Sandbox) -> None:
    anna = sandbox.add_person("Anna", language="pl", username="anna")
    await anna.start("abc-1_2")
    message = (await call.get_updates())[0]["message"]
    assert message["text"] == "/start abc-1_2"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"] == {
        "id": anna.id,
        "is_bot": False,
        "first_name": "Anna",
        "username": "anna",
        "language_code": "pl",
    }
    with pytest.raises(ValueError, match="payload"):
        await anna.start("no spaces")


async def test_waiting_ignores_messages_before_the_last_action(call: Caller, anna: Person) -> None:
    await call("sendMessage", chat_id=anna.id, text="Question 1")
    assert (await anna.wait_for_message("Question")).text == "Question 1"
    await anna.send("4")
    with pytest.raises(NotSeenError, match="Question 1"):
        await anna.wait_for_message("Question", timeout=0.01)
    waiting = asyncio.create_task(anna.wait_for_message(re.compile(r"Question \d")))
    await call("sendMessage", chat_id=anna.id, text="Question 2")
    assert (await waiting).text == "Question 2"


async def test_each_version_of_a_message_counts_once(call: Caller, anna: Person) -> None:
    sent = await call("sendMessage", chat_id=anna.id, text="Thanks")
    await anna.wait_for_message("Thanks")
    again = asyncio.create_task(anna.wait_for_message(lambda message: message.text == "Thanks!"))
    await call("editMessageText", chat_id=anna.id, message_id=sent["message_id"], text="Thanks!")
    heard = await again
    assert heard.edited_at is not None
    assert len(anna.messages) == 2


async def test_clicking_finds_the_latest_button_by_label_part_or_index(call: Caller, anna: Person) -> None:
    await call("sendMessage", chat_id=anna.id, text="old", reply_markup=keys("Good", "Bad"))
    await call("sendMessage", chat_id=anna.id, text="new", reply_markup=keys("Very good", "Good"))
    old = anna.messages[1]
    pressed = [await anna.click("Good"), await anna.click("Very"), await anna.click(0), await anna.click("Good", old)]
    assert [(each.message.text, each.data) for each in pressed] == [
        ("new", "good"),
        ("new", "very good"),
        ("new", "very good"),
        ("old", "good"),
    ]
    with pytest.raises(NotSeenError, match="Very good"):
        await anna.click("Nowhere")


async def test_a_press_is_answered_with_a_toast(call: Caller, anna: Person) -> None:
    await call("sendMessage", chat_id=anna.id, text="a", reply_markup=keys("Go"))
    press = await anna.click("Go")
    waiting = asyncio.create_task(anna.wait_for_answer(press))
    await call("answerCallbackQuery", callback_query_id=press.id, text="Done", show_alert=True)
    assert await waiting == "Done"
    assert [(toast.text, toast.alert) for toast in anna.toasts] == [("Done", True)]


async def test_a_forged_press_looks_real_and_a_deleted_message_inaccessible(call: Caller, anna: Person) -> None:
    await call("sendMessage", chat_id=anna.id, text="a", reply_markup=keys("Go"))
    message = anna.last
    await anna.forge_callback("admin:1", message)
    assert (await call.get_updates())[-1]["callback_query"]["data"] == "admin:1"
    await call("deleteMessage", chat_id=anna.id, message_id=message.id)
    await anna.wait_until_deleted(message)
    await anna.forge_callback("go", message)
    seen = (await call.get_updates())[-1]["callback_query"]["message"]
    assert (seen["message_id"], seen["date"]) == (message.id, 0)


async def test_photos_voices_and_files_can_be_fetched_by_the_bot(call: Caller, sandbox: Sandbox, anna: Person) -> None:
    await anna.send_photo(png(640, 480), caption="look")
    await anna.send_voice(b"OggS", seconds=4)
    await anna.send_file(b"a,b\n", "data.csv")
    photo, voice, document = [u["message"] for u in await call.get_updates()][-3:]
    assert [(size["width"], size["height"]) for size in photo["photo"]] == [(640, 480)]
    assert (photo["caption"], voice["voice"]["duration"]) == ("look", 4)
    assert document["document"]["file_name"] == "data.csv"
    again = await call("sendVoice", chat_id=anna.id, voice=voice["voice"]["file_id"])
    assert again["voice"]["duration"] == 4
    found = await call("getFile", file_id=voice["voice"]["file_id"])
    async with call.session.get(f"{sandbox.url}/file/bot{sandbox.token}/{found['file_path']}") as response:
        assert await response.read() == b"OggS"
    async with call.session.get(f"{sandbox.url}/file/bot{sandbox.token}/../secrets") as response:
        assert response.status == 404


async def test_a_photo_once_sent_is_sent_again_by_its_id(call: Caller, anna: Person) -> None:
    first = (await call.upload("sendPhoto", "photo", png(), "m.png", chat_id=str(anna.id)))["result"]["photo"][0]
    second = (await call("sendPhoto", chat_id=anna.id, photo=first["file_id"], caption="again"))["photo"][0]
    assert second == first
    assert anna.last.content == png()


async def test_an_edited_message_is_an_update_with_the_same_id(call: Caller, anna: Person) -> None:
    sent = await anna.send("helo")
    await anna.edit(sent, "hello")
    update = (await call.get_updates())[-1]["edited_message"]
    assert (update["text"], update["message_id"]) == ("hello", sent.id)
    assert update["edit_date"] >= update["date"]


async def test_blocking_sends_an_update_and_starting_again_unblocks(call: Caller, anna: Person) -> None:
    await anna.block()
    with pytest.raises(ValueError, match="blocked"):
        await anna.send("a")
    await anna.start()
    standings = [
        u["my_chat_member"]["new_chat_member"]["status"] for u in await call.get_updates() if "my_chat_member" in u
    ]
    assert standings == ["kicked", "member"]


async def test_menus_by_scope_and_language(call: Caller, sandbox: Sandbox, anna: Person) -> None:
    async def set_menu(name: str, **scope: object) -> None:
        await call("setMyCommands", commands=[{"command": name, "description": "a"}], **scope)

    def list_menu(person: Person) -> list[str]:
        return [each["command"] for each in sandbox.world.find_menu(person.chat, person.user)]

    await set_menu("anybody")
    assert list_menu(anna) == ["anybody"]
    await set_menu("private", scope={"type": "all_private_chats"})
    await set_menu("russian", scope={"type": "all_private_chats"}, language_code="ru")
    assert list_menu(anna) == ["russian"]
    assert list_menu(sandbox.add_person("Bob")) == ["private"]
    await set_menu("manager", scope={"type": "chat", "chat_id": anna.id})
    assert list_menu(anna) == ["manager"]
    await call("deleteMyCommands", scope={"type": "chat", "chat_id": anna.id})
    assert list_menu(anna) == ["russian"]
    assert await call("getMyCommands", scope={"type": "all_private_chats"}) == [
        {"command": "private", "description": "a"}
    ]
