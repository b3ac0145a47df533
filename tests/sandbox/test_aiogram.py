"""An unmodified aiogram bot: its messages arrive, and every update parses without unknown fields."""

import io
from collections.abc import AsyncIterator, Iterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import SendDice
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BufferedInputFile,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyParameters,
    Update,
)
from pydantic import BaseModel

from bot.sandbox import Person, Sandbox, garbage, reset_after, server_error, too_many
from tests.sandbox.conftest import png

MARKUP = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Good", callback_data="good")]])


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(sandbox.url))
    async with Bot(sandbox.token, session=session) as running:
        yield running


def unknown_fields(value: object, path: str = "") -> Iterator[str]:
    """Yield the paths of fields that aiogram's classes do not know, so the Bot API does not have them."""
    if isinstance(value, BaseModel):
        yield from (f"{path}.{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from unknown_fields(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from unknown_fields(item, path)


async def test_messages_of_all_kinds(bot: Bot, anna: Person) -> None:
    own = anna.messages[0].id
    text = await bot.send_message(
        anna.id,
        "bold & <b>",
        entities=[MessageEntity(type="bold", offset=0, length=4)],
        reply_markup=MARKUP,
        reply_parameters=ReplyParameters(message_id=own),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        disable_notification=True,
        protect_content=True,
    )
    photo = await bot.send_photo(anna.id, BufferedInputFile(png(), "map.png"), caption="<i>map</i>", parse_mode="HTML")
    document = await bot.send_document(anna.id, BufferedInputFile(b"%PDF", "map.pdf"))
    voice = await bot.send_voice(anna.id, BufferedInputFile(b"OggS", "v.ogg"), duration=2)
    copied = await bot.copy_message(anna.id, anna.id, photo.message_id)
    forwarded = await bot.forward_message(anna.id, anna.id, own)
    asked = await bot.send_message(anna.id, "say", reply_markup=ForceReply(input_field_placeholder="a word"))
    assert await bot.send_chat_action(anna.id, "typing")
    assert await bot.set_message_reaction(anna.id, own, [ReactionTypeEmoji(emoji="👍")])
    for message in (text, photo, document, voice, forwarded, asked):
        assert list(unknown_fields(message)) == []
    assert text.reply_to_message is not None
    assert text.reply_to_message.message_id == own
    assert text.has_protected_content is True
    assert photo.photo is not None
    assert photo.caption_entities is not None
    assert (photo.photo[-1].width, photo.caption_entities[0].type) == (40, "italic")
    assert copied.message_id == voice.message_id + 1
    assert [m.words for m in anna.messages] == ["/start", "bold & <b>", "map", "", "", "map", "/start", "say"]


async def test_edits_and_deletions(bot: Bot, anna: Person) -> None:
    text = await bot.send_message(anna.id, "a")
    await bot.edit_message_text("b", chat_id=anna.id, message_id=text.message_id, reply_markup=MARKUP)
    await bot.edit_message_reply_markup(chat_id=anna.id, message_id=text.message_id, reply_markup=None)
    photo = await bot.send_photo(anna.id, BufferedInputFile(png(), "a.png"), caption="a")
    await bot.edit_message_caption(chat_id=anna.id, message_id=photo.message_id, caption="b")
    other = InputMediaPhoto(media=BufferedInputFile(png(60, 20), "b.png"), caption="<b>c</b>", parse_mode="HTML")
    edited = await bot.edit_message_media(other, chat_id=anna.id, message_id=photo.message_id, reply_markup=MARKUP)
    assert not isinstance(edited, bool)
    assert edited.photo is not None
    assert (edited.photo[-1].width, edited.caption, anna.last.buttons) == (60, "c", ["Good"])
    again = InputMediaPhoto(media=photo.photo[-1].file_id if photo.photo else "")
    await bot.edit_message_media(again, chat_id=anna.id, message_id=photo.message_id)
    assert anna.last.content == png()
    assert await bot.delete_message(anna.id, photo.message_id)
    assert [m.words for m in anna.messages] == ["/start", "b"]


async def test_a_press_from_the_update_to_its_answer(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "How was it?", reply_markup=MARKUP)
    press = await anna.click("Good")
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    assert await query.answer("Thanks").as_(bot)
    assert await anna.wait_for_answer(press) == "Thanks"


async def test_files_are_downloaded(bot: Bot, anna: Person) -> None:
    await anna.send_voice(b"OggS1234")
    message = (await bot.get_updates())[-1].message
    assert message is not None
    assert message.voice is not None
    target = io.BytesIO()
    await bot.download(message.voice, destination=target)
    assert target.getvalue() == b"OggS1234"


async def test_menus_and_descriptions_of_the_bot(bot: Bot, anna: Person) -> None:
    me = await bot.get_me()
    assert (me.is_bot, me.username) == (True, "tropa_bot")
    commands = [BotCommand(command="help", description="Help")]
    assert await bot.set_my_commands(commands, scope=BotCommandScopeAllPrivateChats(), language_code="ru")
    menu = await bot.get_my_commands(scope=BotCommandScopeAllPrivateChats(), language_code="ru")
    assert [(each.command, each.description) for each in menu] == [("help", "Help")]
    assert await bot.delete_my_commands(scope=BotCommandScopeAllPrivateChats(), language_code="ru")
    assert await bot.set_my_description("Long")
    assert await bot.set_my_short_description("Short")
    assert (await bot.get_my_description()).description == "Long"
    chat = await bot.get_chat(anna.id)
    assert (chat.type, chat.first_name, list(unknown_fields(chat))) == ("private", "Anna", [])
    member = await bot.get_chat_member(anna.id, anna.id)
    assert member.status == "member"
    assert (await bot.get_webhook_info()).url == ""


async def test_every_kind_of_update_parses_without_unknown_fields(bot: Bot, sandbox: Sandbox, anna: Person) -> None:
    sent = await bot.send_message(anna.id, "a", reply_markup=MARKUP)
    await anna.send("text 😀 https://example.org", reply_to=anna.last)
    await anna.send_photo(png(), caption="photo")
    await anna.send_voice(b"OggS")
    await anna.send_file(b"x", "x.txt")
    await anna.edit(anna.messages[2], "better")
    await anna.click("Good")
    message = anna.last
    await bot.delete_message(anna.id, sent.message_id)
    await anna.forge_callback("old", message)
    await anna.block()
    await anna.unblock()
    team = sandbox.add_group("Team", anna)
    await team.add(sandbox.add_person("Tom"))
    await team.add_bot(anna, administrator=True)
    await team.upgrade(anna)
    await team.open_topic(anna, "Complaints")
    await team.send(anna, "/map", thread=1)
    await team.remove_bot(anna)
    raw = [update.body() for update in sandbox.world.updates.waiting]
    parsed = [Update.model_validate(each) for each in raw]
    assert {update.event_type for update in parsed} == {"message", "edited_message", "callback_query", "my_chat_member"}
    assert [path for update in parsed for path in unknown_fields(update)] == []


async def test_refusals_become_the_errors_that_aiogram_knows(bot: Bot, sandbox: Sandbox, anna: Person) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(5, "a")
    with pytest.raises(TelegramNotFound, match="method not found"):
        await bot(SendDice(chat_id=anna.id))
    sandbox.plan_fault(too_many(3))
    with pytest.raises(TelegramRetryAfter) as waiting:
        await bot.send_message(anna.id, "a")
    assert waiting.value.retry_after == 3
    sandbox.plan_fault(server_error(502))
    with pytest.raises((TelegramServerError, ClientDecodeError)):
        await bot.send_message(anna.id, "a")
    sandbox.plan_fault(garbage())
    with pytest.raises(ClientDecodeError):
        await bot.send_message(anna.id, "a")
    sandbox.plan_fault(reset_after())
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(anna.id, "a")
    await anna.block()
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(anna.id, "a")
    team = sandbox.add_group("Team", anna)
    old = team.id
    await team.add_bot(anna)
    new = await team.upgrade(anna)
    with pytest.raises(TelegramMigrateToChat) as moved:
        await bot.send_message(old, "a")
    assert moved.value.migrate_to_chat_id == new


async def test_a_wrong_token(sandbox: Sandbox) -> None:
    session = AiohttpSession(api=TelegramAPIServer.from_base(sandbox.url))
    async with Bot("123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", session=session) as stranger:
        with pytest.raises(TelegramUnauthorizedError):
            await stranger.get_me()
