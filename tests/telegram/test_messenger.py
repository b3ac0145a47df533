"""Telegram as the messenger, over HTTP: messages as people see them, and an error for each way of failing."""

import asyncio
import itertools
import logging
import socket
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from aiogram import Bot
from PIL import Image

from bot.messages.callbacks import Action, ConversationVerb
from bot.messages.message import Button, Message, Prose, Upload, bold, italic, plain, quote, utf16_length
from bot.outbox.messenger import ChatMoved, NeverLeft, Rejected, Throttled, Uncertain, Unreachable
from bot.sandbox import faults
from bot.sandbox.people import Group, Person
from bot.sandbox.refusals import Refusal
from bot.sandbox.server import TOKEN, Sandbox
from bot.telegram.api_errors import DEFAULT_PAUSE, LONGEST_PAUSE, SHORTEST_PAUSE
from bot.telegram.connection import TokenError, check_token, make_bot
from bot.telegram.limits import TELEGRAM_LIMITS
from bot.telegram.messenger import TelegramMessenger
from cjm.address import Address

_shades = itertools.count(1)


def png() -> bytes:
    """Return a small picture of a colour of its own."""
    found = BytesIO()
    Image.new("RGB", (40, 30), (next(_shades) % 256, 80, 120)).save(found, "PNG")
    return found.getvalue()


def picture(text: str = "map", **more: object) -> Message:
    upload = Upload("map.png", png(), cache_key="key")
    return replace(Message(plain(text)), upload=replace(upload, **more))  # type: ignore[arg-type]  # fields by name


@pytest.fixture
def telegram(bot: Bot) -> TelegramMessenger:
    return TelegramMessenger(bot)


@pytest.fixture
async def anna(sandbox: Sandbox) -> Person:
    person = sandbox.add_person("Anna")
    await person.start()
    return person


@pytest.fixture
async def team(sandbox: Sandbox, anna: Person) -> Group:
    group = sandbox.add_group("Shop", anna)
    await group.add_bot(anna)
    return group


def at(who: Person | Group) -> Address:
    return Address("telegram", str(who.id))


BUTTONS = ((Button("Good", Action.of(ConversationVerb.ANSWER, 1, 5)), Button("Site", url="https://example.com")),)


async def test_words_arrive_as_they_were_meant_and_nothing_typed_is_markup(
    telegram: TelegramMessenger, anna: Person
) -> None:
    said = bold("Case 😀 12") + "\n" + quote("<b>5 & 6</b> _x_") + italic(" bye")
    sent = await telegram.send(at(anna), Message(said, BUTTONS))
    assert sent.message_id == str(anna.last.id)
    assert anna.last.text == "Case 😀 12\n<b>5 & 6</b> _x_ bye"
    marked = [(one["type"], one["offset"], one["length"]) for one in anna.last.entities if one["type"] != "bot_command"]
    assert marked == [("bold", 0, 10), ("blockquote", 11, 16), ("italic", 27, 4)]
    assert anna.last.rows == [
        [{"text": "Good", "callback_data": "aa:1:5"}, {"text": "Site", "url": "https://example.com"}]
    ]


async def test_control_characters_and_half_characters_do_not_shift_what_is_bold(
    telegram: TelegramMessenger, anna: Person
) -> None:
    await telegram.send(at(anna), Message(plain(" \r\x01\u202e x\ud83d\r ") + bold("bold") + "  \n"))
    text = anna.last.text or ""
    (entity,) = anna.last.entities
    assert text[entity["offset"] :] == "bold"


async def test_too_long_texts_are_cut_and_a_caption_goes_on_in_a_second_message(
    telegram: TelegramMessenger, anna: Person
) -> None:
    await telegram.send(at(anna), Message(plain("😀" * 5000)))
    assert utf16_length(anna.last.text or "") <= 4096
    assert (anna.last.text or "").endswith("…")
    whole = "\n".join(f"line {number} of the digest" for number in range(80))
    shown, rest = plain(whole).split_to_fit(TELEGRAM_LIMITS.caption_units)
    await telegram.send(at(anna), picture(str(shown)))
    caption = anna.last.caption or ""
    assert utf16_length(caption) <= TELEGRAM_LIMITS.caption_units
    await telegram.send(at(anna), Message(rest))
    assert f"{caption}\n{anna.last.text}" == whole
    assert not len(plain("short").split_to_fit(TELEGRAM_LIMITS.caption_units)[1])


async def test_a_picture_is_changed_in_place_and_its_id_can_be_sent_again(
    telegram: TelegramMessenger, anna: Person
) -> None:
    sent = await telegram.send(at(anna), replace(picture("first"), buttons=BUTTONS))
    assert sent.file_id
    old = anna.last.media
    changed = await telegram.edit(at(anna), sent.message_id, picture("second"))
    assert (anna.last.caption, anna.last.rows) == ("second", [])
    assert anna.last.media != old
    assert changed.file_id not in {None, sent.file_id}
    again = await telegram.send(at(anna), picture("again", file_id=sent.file_id))
    assert again.message_id != sent.message_id
    assert anna.last.caption == "again"


async def test_files_and_voices_arrive_as_what_they_are(telegram: TelegramMessenger, anna: Person) -> None:
    await telegram.send(at(anna), picture("file", as_file=True))
    assert anna.last.media is not None
    assert (anna.last.media.kind, anna.last.media.file.name) == ("document", "map.png")
    await telegram.send(at(anna), Message(Prose(), upload=Upload("v.ogg", b"OggS\x00voice", kind="voice")))
    assert anna.last.media.kind == "voice"


async def test_words_under_a_picture_can_change_without_the_picture(telegram: TelegramMessenger, anna: Person) -> None:
    sent = await telegram.send(at(anna), picture("open"))
    before = anna.last.media
    for _twice in range(2):
        await telegram.edit(at(anna), sent.message_id, Message(plain("taken"), BUTTONS))
    assert (anna.last.caption, anna.last.media) == ("taken", before)
    assert len(anna.last.rows) == 1


async def test_edits_may_be_repeated_and_buttons_taken_away(telegram: TelegramMessenger, anna: Person) -> None:
    sent = await telegram.send(at(anna), Message(plain("question"), BUTTONS))
    for _twice in range(2):
        await telegram.edit(at(anna), sent.message_id, Message(Prose()))
        assert (anna.last.text, anna.last.rows) == ("question", [])
    for _twice in range(2):
        assert (await telegram.edit(at(anna), sent.message_id, Message(plain("thanks")))).message_id == sent.message_id
    assert anna.last.text == "thanks"


async def test_deleting_what_is_gone_is_success_and_editing_it_is_refused(
    telegram: TelegramMessenger, anna: Person
) -> None:
    sent = await telegram.send(at(anna), Message(plain("x")))
    await telegram.delete(at(anna), sent.message_id)
    await telegram.delete(at(anna), sent.message_id)
    with pytest.raises(Rejected, match="message to edit not found"):
        await telegram.edit(at(anna), sent.message_id, Message(plain("y")))


async def test_what_is_too_old_to_be_deleted_can_be_emptied(
    telegram: TelegramMessenger, sandbox: Sandbox, anna: Person
) -> None:
    text = await telegram.send(at(anna), Message(quote("words")))
    photo = await telegram.send(at(anna), picture("words"))
    voice = await telegram.send(at(anna), Message(plain("words"), upload=Upload("v.ogg", b"OggS", kind="voice")))
    sandbox.world.now = lambda: datetime.now(UTC) + timedelta(days=3)
    for each in (text, photo, voice):
        with pytest.raises(Rejected, match="can't be deleted"):
            await telegram.delete(at(anna), each.message_id)
    before = anna.chat.messages[int(photo.message_id)].content
    await telegram.edit(at(anna), text.message_id, Message(plain("erased")))
    await telegram.edit(at(anna), photo.message_id, picture("erased"))
    await telegram.edit(at(anna), voice.message_id, Message(plain("erased")))
    shown = [anna.chat.messages[int(each.message_id)] for each in (text, photo, voice)]
    assert [message.words for message in shown] == ["erased"] * 3
    assert (shown[1].content != before, shown[2].content) == (True, b"OggS")


async def test_the_right_to_delete_is_known_and_is_no_question_in_private(
    telegram: TelegramMessenger, anna: Person, team: Group
) -> None:
    assert await telegram.may_delete(at(anna))
    assert not await telegram.may_delete(at(team))
    await team.promote_bot(anna, frozenset({"can_manage_chat"}))
    assert not await telegram.may_delete(at(team))
    await team.promote_bot(anna)
    assert await telegram.may_delete(at(team))
    with pytest.raises(Unreachable):
        await telegram.may_delete(Address("telegram", "-424242"))


def test_links_lead_to_messages_of_supergroups_only(telegram: TelegramMessenger) -> None:
    links = [telegram.message_link(Address("telegram", chat), "12") for chat in ("-1001234567890", "-4567", "77")]
    assert links == ["https://t.me/c/1234567890/12", None, None]


async def test_a_reply_names_its_message_and_is_sent_even_when_that_is_gone(
    telegram: TelegramMessenger, anna: Person
) -> None:
    asked = await anna.send("where is it?")
    await telegram.send(at(anna), Message(plain("here"), reply_to=str(asked.id)))
    assert anna.last.reply_to is not None
    assert anna.last.reply_to.id == asked.id
    await telegram.send(at(anna), Message(plain("gone"), reply_to="999999", force_reply=True))
    assert anna.last.text == "gone"
    assert anna.last.reply_to is None


async def test_a_topic_of_a_forum_gets_what_is_meant_for_it(
    telegram: TelegramMessenger, sandbox: Sandbox, anna: Person
) -> None:
    forum = sandbox.add_group("Forum", anna, forum=True)
    await forum.add_bot(anna)
    topic = await forum.open_topic(anna, "Tropa")
    await telegram.send(at(forum), Message(plain("digest"), thread=topic))
    assert forum.last.thread == topic


async def test_who_cannot_be_written_to_is_unreachable(
    telegram: TelegramMessenger, sandbox: Sandbox, anna: Person, team: Group
) -> None:
    stranger = sandbox.add_person("Zoe")
    await anna.block()
    await team.remove_bot(anna)
    for who in (at(stranger), at(anna), at(team), Address("telegram", "424242")):
        with pytest.raises(Unreachable):
            await telegram.send(who, Message(plain("x")))


async def test_a_group_that_became_a_supergroup_tells_where_it_is(
    telegram: TelegramMessenger, anna: Person, team: Group
) -> None:
    old = at(team)
    new = await team.upgrade(anna)
    with pytest.raises(ChatMoved) as moved:
        await telegram.send(old, Message(plain("x")))
    assert moved.value.to == Address("telegram", str(new))


@pytest.mark.parametrize(
    ("fault", "error", "arrives"),
    [
        (faults.too_many(7), Throttled, False),
        (faults.refusal(400, "Bad Request: message text is empty"), Rejected, False),
        (faults.refusal(403, "Forbidden: bot was blocked by the user"), Unreachable, False),
        (faults.refusal(400, "Bad Request: user is deactivated"), Unreachable, False),
        (faults.refusal(403, "Forbidden: MESSAGE_DELETE_FORBIDDEN"), Rejected, False),
        (faults.refusal(401, "Unauthorized"), NeverLeft, False),
        (faults.refusal(413, "Request Entity Too Large"), Rejected, False),
        (faults.refusal(500, "Internal Server Error: restart"), Uncertain, False),
        (faults.server_error(502), Uncertain, False),
        (faults.server_error(502, processed=True), Uncertain, True),
        (faults.garbage(), Uncertain, True),
        (faults.wrong_json(), Uncertain, True),
        (faults.wrong_json(b"[]", processed=False), Uncertain, False),
        (faults.wrong_json(b'{"ok": false}', processed=False), Uncertain, False),
        (faults.reset_before(), Uncertain, False),
        (faults.reset_after(), Uncertain, True),
        (faults.hang(processed=True), Uncertain, True),
    ],
    ids=lambda value: getattr(value, "name", None),
)
async def test_each_way_of_failing_has_its_error(
    sandbox: Sandbox, anna: Person, fault: faults.Fault, error: type[Exception], arrives: bool
) -> None:
    # A busy machine may take a second for a call that is to arrive; only the one that hangs is waited out.
    bot = make_bot(TOKEN, sandbox.url, seconds=3.0 if fault.end == "hang" else 60.0)
    sandbox.plan_fault(fault, "sendMessage")
    with pytest.raises(error) as raised:
        await TelegramMessenger(bot).send(at(anna), Message(plain("canary")))
    await bot.session.close()
    told = f"{raised.value!r} {raised.value.__cause__!r}"
    assert TOKEN.partition(":")[2] not in told
    assert "canary" not in told
    assert any(message.text == "canary" for message in anna.messages) is arrives


@pytest.mark.parametrize(
    ("parameters", "seconds"),
    [
        ({"retry_after": 7}, 7),
        ({"retry_after": 0}, DEFAULT_PAUSE),  # aiogram takes it for none
        ({"retry_after": -30}, SHORTEST_PAUSE),
        ({"retry_after": 10**40}, LONGEST_PAUSE),
        ({"retry_after": "12"}, 12),
        ({"retry_after": 2.5}, 2.5),
        ({"retry_after": "soon"}, DEFAULT_PAUSE),
        ({"retry_after": None}, DEFAULT_PAUSE),
        ({}, DEFAULT_PAUSE),
        (None, DEFAULT_PAUSE),
        ("none", DEFAULT_PAUSE),
    ],
)
async def test_a_wait_that_cannot_be_kept_is_brought_within_bounds(
    sandbox: Sandbox, anna: Person, telegram: TelegramMessenger, parameters: Any, seconds: float
) -> None:
    refusal = Refusal(429, "Too Many Requests: later", parameters)
    sandbox.plan_fault(faults.Fault("forged", "answer", refusal=refusal), "sendMessage")
    with pytest.raises(Throttled) as raised:
        await telegram.send(at(anna), Message(plain("x")))
    assert raised.value.seconds == seconds


async def test_a_connection_that_is_not_made_in_time_never_left() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, ExitStack() as fillers:
        for _ in range(4):  # nobody accepts them, so the server's queue is full
            filler = fillers.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
        bot = make_bot(TOKEN, f"http://127.0.0.1:{server.getsockname()[1]}", connect_seconds=0.2)
        with pytest.raises(NeverLeft):
            await TelegramMessenger(bot).send(Address("telegram", "1"), Message(plain("x")))
        await bot.session.close()


async def test_call_that_never_left_differs_from_one_that_may_have_arrived(unused_tcp_port: int) -> None:
    bot = make_bot(TOKEN, f"http://127.0.0.1:{unused_tcp_port}")
    telegram = TelegramMessenger(bot)
    with pytest.raises(NeverLeft):
        await telegram.send(Address("telegram", "1"), Message(plain("x")))
    with pytest.raises(NeverLeft):
        await telegram.ping()
    await bot.session.close()


async def test_message_that_cannot_be_rendered_is_rejected_before_it_leaves(
    telegram: TelegramMessenger, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for wrong in (
        Button("x", Action.of(ConversationVerb.ANSWER, "x" * 80)),
        Button("x"),
        Button("x", Action.of(ConversationVerb.ANSWER, "1:2")),
    ):
        with pytest.raises(Rejected):
            await telegram.send(at(anna), Message(plain("x"), ((wrong,),)))
    with pytest.raises(Rejected):
        await telegram.send(Address("telegram", "not-a-number"), Message(plain("x")))
    for chat, message_id in ((at(anna), "not-a-number"), (Address("telegram", "not-a-number"), "1")):
        with pytest.raises(Rejected):
            await telegram.edit(chat, message_id, Message(plain("x")))
        with pytest.raises(Rejected):
            await telegram.delete(chat, message_id)
    with pytest.raises(Rejected):
        await telegram.edit(at(anna), "1", Message(plain("x"), ((Button("x"),),)))


async def test_links_carry_only_what_telegram_takes(telegram: TelegramMessenger) -> None:
    assert await telegram.start_link("abc_-9") == "https://t.me/tropa_bot?start=abc_-9"
    with pytest.raises(Rejected):
        await telegram.start_link("a b")


async def test_a_wrong_token_is_one_clear_sentence(sandbox: Sandbox) -> None:
    with pytest.raises(TokenError, match="BotFather"):
        make_bot("rubbish")
    bot = make_bot("7000000001:another-token-of-the-right-shape-000", sandbox.url)
    with pytest.raises(TokenError, match="does not know") as raised:
        await check_token(bot)
    assert "another-token" not in str(raised.value)
    await bot.session.close()


async def test_several_calls_at_once_do_not_disturb_each_other(telegram: TelegramMessenger, anna: Person) -> None:
    await asyncio.gather(*[telegram.send(at(anna), Message(plain(f"{number}"))) for number in range(8)])
    said = {message.text for message in anna.messages}
    assert {str(number) for number in range(8)} <= said
