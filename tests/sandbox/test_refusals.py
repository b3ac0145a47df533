"""Refusals by status and sentence, over HTTP, as a bot gets them."""
# ruff: noqa: E501 (a table reads better in long lines)

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.sandbox import Person, Sandbox
from tests.sandbox.conftest import Caller, png


def key(data: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "a", "callback_data": data}]]}


NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


async def call_refused(call: Caller, method: str, **parameters: Any) -> tuple[int, str]:
    status, body = await call.call_raw(method, **parameters)
    assert body["ok"] is False
    assert body["error_code"] == status
    return status, body["description"]


async def test_wrong_tokens_are_refused(call: Caller) -> None:
    status, body = await call.call_raw("getMe", token="123456:AAAAAAAAAAAAAAAAAAAAAAAAAAA")
    assert (status, body) == (401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
    status, body = await call.call_raw("getMe", token="nonsense")
    assert (status, body["description"]) == (404, "Not Found")


async def test_unknown_methods_are_refused_and_counted(call: Caller, sandbox: Sandbox) -> None:
    assert await call_refused(call, "sendDice", chat_id=1) == (404, "Not Found: method not found")
    assert sandbox.world.refused_methods == {"sendDice": 1}


async def test_method_names_are_found_in_any_case(call: Caller) -> None:
    assert (await call("GETME"))["username"] == "tropa_bot"


async def test_unknown_parameters_are_refused(call: Caller, anna: Person) -> None:
    refusal = await call_refused(call, "sendMessage", chat_id=anna.id, text="a", colour="red")
    assert refusal == (400, "Bad Request: the sandbox does not model the parameter colour")


async def test_chats_that_cannot_be_reached(call: Caller, sandbox: Sandbox, anna: Person) -> None:
    stranger = sandbox.add_person("Stranger")
    assert await call_refused(call, "sendMessage", text="a") == (400, "Bad Request: chat_id is empty")
    for unknown in (999, stranger.id, "@nobody"):
        assert await call_refused(call, "sendMessage", chat_id=unknown, text="a") == (
            400,
            "Bad Request: chat not found",
        )
    await anna.block()
    refusal = await call_refused(call, "sendMessage", chat_id=anna.id, text="a")
    assert refusal == (403, "Forbidden: bot was blocked by the user")
    await anna.unblock()
    assert await call("sendMessage", chat_id=anna.id, text="a")


async def test_person_known_from_a_group_cannot_be_written_to_first(call: Caller, sandbox: Sandbox) -> None:
    colleague = sandbox.add_person("Colleague")
    group = sandbox.add_group("Team", colleague)
    await group.add_bot(colleague)
    refusal = await call_refused(call, "sendMessage", chat_id=colleague.id, text="a")
    assert refusal == (403, "Forbidden: bot can't initiate conversation with a user")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "<b>a", "parse_mode": "HTML"}, 'can\'t parse entities: Can\'t find end tag corresponding to start tag "b"'),
        ({"text": "<i>é</b>", "parse_mode": "HTML"}, 'can\'t parse entities: Unmatched end tag at byte offset 5, expected "</i>", found "</b>"'),
        ({"text": "a < b", "parse_mode": "HTML"}, "can't parse entities: Unclosed start tag at byte offset 2"),
        ({"text": "<h1>a</h1>", "parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "h1" at byte offset 0'),
        ({"text": "a</b>", "parse_mode": "HTML"}, "can't parse entities: Unexpected end tag at byte offset 1"),
        ({"text": "a", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ({"text": "a", "entities": [{"type": "bold", "offset": 0, "length": 9}]}, "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 9"),
        ({"text": "a", "entities": [{"type": "loud", "offset": 0, "length": 1}]}, "can't parse MessageEntity: Unsupported type specified"),
        ({"text": "a", "reply_markup": key("")}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": key("я" * 33)}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ({"text": "a", "reply_markup": {"inline_keyboard": [{"text": "a"}]}}, 'field "inline_keyboard" must be an Array of Arrays'),
        ({"text": "a", "reply_markup": {"inline_keyboard": [[{"callback_data": "a"}]]}}, "can't parse inline keyboard button: Can't find field \"text\""),
        ({"text": "a", "reply_markup": [1]}, "object expected as reply markup"),
        ({"text": "a", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"text": "a", "reply_markup": "[" * 100_000}, "can't parse reply keyboard markup JSON object"),
        ({"text": "a", "reply_parameters": {"message_id": 777}}, "message to be replied not found"),
    ],
)  # fmt: skip
async def test_text_that_cannot_be_sent_is_refused(
    call: Caller, anna: Person, more: dict[str, Any], sentence: str
) -> None:
    assert await call_refused(call, "sendMessage", chat_id=anna.id, **more) == (400, f"Bad Request: {sentence}")
    assert len(anna.messages) == 1


async def test_the_longest_text_and_data_pass(call: Caller, anna: Person) -> None:
    sent = await call("sendMessage", chat_id=anna.id, text="x" * 4096, reply_markup=key("я" * 32))
    assert len(sent["text"]) == 4096
    assert sent["reply_markup"] == key("я" * 32)


async def test_edits_that_change_nothing_or_the_wrong_thing(call: Caller, anna: Person) -> None:
    sent = await call("sendMessage", chat_id=anna.id, text="a", reply_markup=key("k"))
    here = {"chat_id": anna.id, "message_id": sent["message_id"]}
    assert await call_refused(call, "editMessageText", **here, text="a", reply_markup=key("k")) == (400, NOT_MODIFIED)
    assert (await call_refused(call, "editMessageReplyMarkup", **here, reply_markup=key("k")))[1] == NOT_MODIFIED
    caption = await call_refused(call, "editMessageCaption", **here, caption="b")
    assert caption == (400, "Bad Request: there is no caption in the message to edit")
    gone = await call_refused(call, "editMessageText", chat_id=anna.id, message_id=999, text="b")
    assert gone == (400, "Bad Request: message to edit not found")
    own = anna.messages[0]
    foreign = await call_refused(call, "editMessageText", chat_id=anna.id, message_id=own.id, text="b")
    assert foreign == (400, "Bad Request: message can't be edited")
    nameless = await call_refused(call, "editMessageText", chat_id=anna.id, text="b")
    assert nameless == (400, "Bad Request: message identifier is not specified")


async def test_an_edit_without_a_keyboard_takes_the_keyboard_away(call: Caller, anna: Person) -> None:
    sent = await call("sendMessage", chat_id=anna.id, text="a", reply_markup=key("k"))
    edited = await call("editMessageText", chat_id=anna.id, message_id=sent["message_id"], text="a")
    assert "reply_markup" not in edited
    assert anna.last.buttons == []


async def test_a_text_is_no_caption(call: Caller, anna: Person) -> None:
    sent = (await call.upload("sendPhoto", "photo", png(), "a.png", chat_id=str(anna.id)))["result"]
    refusal = await call_refused(call, "editMessageText", chat_id=anna.id, message_id=sent["message_id"], text="b")
    assert refusal == (400, "Bad Request: there is no text in the message to edit")


async def test_a_message_is_deleted_once(call: Caller, anna: Person) -> None:
    sent = await call("sendMessage", chat_id=anna.id, text="a")
    assert await call("deleteMessage", chat_id=anna.id, message_id=sent["message_id"]) is True
    again = await call_refused(call, "deleteMessage", chat_id=anna.id, message_id=sent["message_id"])
    assert again == (400, "Bad Request: message to delete not found")


async def test_nothing_older_than_two_days_is_deleted_but_everything_can_be_edited(
    call: Caller, sandbox: Sandbox, anna: Person
) -> None:
    shop, club = sandbox.add_group("Shop", anna), sandbox.add_group("Club", anna, forum=True)
    for group in (shop, club):
        await group.add_bot(anna, administrator=True)
    sent = {chat: (await call("sendMessage", chat_id=chat, text="old"))["message_id"] for chat in (shop.id, club.id)}
    photo = (await call.upload("sendPhoto", "photo", png(), "a.png", chat_id=str(anna.id), caption="old"))["result"]
    sandbox.world.now = lambda: datetime.now(UTC) + timedelta(hours=49)
    plain = await call_refused(call, "deleteMessage", chat_id=shop.id, message_id=sent[shop.id])
    assert plain == (400, "Bad Request: message can't be deleted for everyone")
    # The right to delete does not help: so says the source of Telegram's server, although its documentation reads
    # as if it did.
    large = await call_refused(call, "deleteMessage", chat_id=club.id, message_id=sent[club.id])
    assert large == (400, "Bad Request: message can't be deleted")
    await call("editMessageText", chat_id=shop.id, message_id=sent[shop.id], text="erased")
    empty = (await call.upload("sendPhoto", "photo", png(2, 2), "b.png", chat_id=str(anna.id)))["result"]["photo"][0]
    media = {"type": "photo", "media": empty["file_id"], "caption": "erased"}
    await call("editMessageMedia", chat_id=anna.id, message_id=photo["message_id"], media=media)
    shown = anna.chat.messages[photo["message_id"]]
    assert (shop.last.text, shown.caption, shown.content) == ("erased", "erased", png(2, 2))
    sandbox.world.right_lifts_age_limit = True
    assert await call("deleteMessage", chat_id=club.id, message_id=sent[club.id])


async def test_a_voice_message_keeps_its_recording(call: Caller, anna: Person) -> None:
    sent = (await call.upload("sendVoice", "voice", b"OggS", "a.ogg", chat_id=str(anna.id), caption="old"))["result"]
    here = {"chat_id": anna.id, "message_id": sent["message_id"]}
    empty = (await call.upload("sendPhoto", "photo", png(), "b.png", chat_id=str(anna.id)))["result"]["photo"][0]
    media = {"type": "photo", "media": empty["file_id"]}
    refusal = await call_refused(call, "editMessageMedia", **here, media=media)
    assert refusal == (400, "Bad Request: message media can't be edited")
    await call("editMessageCaption", **here, caption="erased")
    shown = anna.chat.messages[sent["message_id"]]
    assert (shown.caption, shown.content) == ("erased", b"OggS")


async def test_a_press_is_answered_once_and_in_time(call: Caller, sandbox: Sandbox, anna: Person) -> None:
    await call("sendMessage", chat_id=anna.id, text="a", reply_markup=key("k"))
    press = await anna.click("a")
    old = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    assert await call("answerCallbackQuery", callback_query_id=press.id, text="thanks") is True
    assert await call_refused(call, "answerCallbackQuery", callback_query_id=press.id) == old
    assert await call_refused(call, "answerCallbackQuery", callback_query_id="1") == old
    late = await anna.click("a")
    sandbox.world.press_lifetime = -1
    assert await call_refused(call, "answerCallbackQuery", callback_query_id=late.id) == old


async def test_a_notice_has_at_most_200_characters(call: Caller, anna: Person) -> None:
    await call("sendMessage", chat_id=anna.id, text="a", reply_markup=key("k"))
    press = await anna.click("a")
    refusal = await call_refused(call, "answerCallbackQuery", callback_query_id=press.id, text="x" * 201)
    assert refusal == (400, "Bad Request: MESSAGE_TOO_LONG")
    assert await call("answerCallbackQuery", callback_query_id=press.id, text="x" * 200) is True


@pytest.mark.parametrize(
    ("method", "field", "content", "sentence"),
    [
        ("sendPhoto", "photo", b"", "file must be non-empty"),
        ("sendPhoto", "photo", b"no picture", "IMAGE_PROCESS_FAILED"),
        ("sendPhoto", "photo", png(21, 1), "PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", "photo", png(9_900, 101), "PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", "photo", b"\x89PNG" + b"\0" * 10_000_000, "file is too big"),
        ("sendDocument", "document", b"", "file must be non-empty"),
    ],
    ids=["empty", "no picture", "too narrow", "too large", "too many bytes", "empty document"],
)
async def test_files_that_cannot_be_sent(
    call: Caller, anna: Person, method: str, field: str, content: bytes, sentence: str
) -> None:
    body = await call.upload(method, field, content, "a.png", chat_id=str(anna.id))
    assert (body["error_code"], body["description"]) == (400, f"Bad Request: {sentence}")


async def test_file_ids_that_lead_nowhere(call: Caller, anna: Person) -> None:
    missing = await call_refused(call, "sendPhoto", chat_id=anna.id)
    assert missing == (400, "Bad Request: there is no photo in the request")
    wrong = await call_refused(call, "sendPhoto", chat_id=anna.id, photo="AgAC")
    assert wrong[1].startswith("Bad Request: wrong remote file identifier specified")
    assert await call_refused(call, "getFile", file_id="AgAC") == (400, "Bad Request: invalid file_id")
    sent = (await call.upload("sendDocument", "document", b"x", "a.txt", chat_id=str(anna.id)))["result"]
    other = await call_refused(call, "sendPhoto", chat_id=anna.id, photo=sent["document"]["file_id"])
    assert other == (400, "Bad Request: can't use file of type Document as Photo")


async def test_captions_are_shorter_than_texts(call: Caller, anna: Person) -> None:
    body = await call.upload("sendPhoto", "photo", png(), "a.png", chat_id=str(anna.id), caption="x" * 1025)
    assert body["description"] == "Bad Request: message caption is too long"


async def test_menus_actions_and_reactions_are_checked(call: Caller, anna: Person) -> None:
    bad = [{"command": "Shout!", "description": "a"}]
    assert (await call_refused(call, "setMyCommands", commands=bad))[1] == "Bad Request: BOT_COMMAND_INVALID"
    dance = await call_refused(call, "sendChatAction", chat_id=anna.id, action="dance")
    assert dance == (400, "Bad Request: wrong parameter action in request")
    own = {"chat_id": anna.id, "message_id": anna.messages[0].id}
    sign = await call_refused(call, "setMessageReaction", **own, reaction=[{"type": "emoji", "emoji": "✅"}])
    assert sign == (400, "Bad Request: REACTION_INVALID")
    assert await call("setMessageReaction", **own, reaction=[{"type": "emoji", "emoji": "👍"}]) is True


async def test_requests_that_cannot_be_read(call: Caller, sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/bot{sandbox.token}/sendMessage"
    for body in (b"{", b"[1]", b"\xff"):
        async with call.session.post(url, data=body, headers={"Content-Type": "application/json"}) as response:
            assert response.status == 400
            assert (await response.json())["ok"] is False
