"""Methods that change what is already there: edits, deletions, answers to presses."""

from datetime import timedelta
from typing import Any

from bot.sandbox import wire
from bot.sandbox.methods.content import caption_of, media_of, text_of
from bot.sandbox.methods.formatting import units
from bot.sandbox.methods.markup import checked_markup
from bot.sandbox.methods.parameters import Given
from bot.sandbox.refusals import (
    MEDIA_NOT_EDITABLE,
    NO_CAPTION_TO_EDIT,
    NO_TEXT_TO_EDIT,
    NOT_DELETABLE,
    NOT_EDITABLE,
    NOT_MODIFIED,
    NOTHING_TO_DELETE,
    NOTHING_TO_EDIT,
    bad_request,
)
from bot.sandbox.world.records import Json, MediaKind, Message
from bot.sandbox.world.world import World

DELETABLE = timedelta(hours=48)


def edit_text(world: World, given: Given) -> Json:
    content = text_of(given)
    message = _editable(world, given)
    if message.text is None:
        raise bad_request(NO_TEXT_TO_EDIT)
    return _change(world, given, message, content)


def edit_caption(world: World, given: Given) -> Json:
    content = caption_of(given)
    message = _editable(world, given)
    if message.media is None:
        raise bad_request(NO_CAPTION_TO_EDIT)
    return _change(world, given, message, content)


def edit_markup(world: World, given: Given) -> Json:
    return _change(world, given, _editable(world, given), {})


def edit_media(world: World, given: Given) -> Json:
    """Another photo or file in place of the old one, or of a text."""
    wanted = given.json("media", "input media")
    if not isinstance(wanted, dict) or wanted.get("type") not in {"photo", "document"}:
        raise bad_request("can't parse InputMedia: type must be photo or document")
    kind: MediaKind = wanted["type"]
    inner = Given({**wanted, "reply_markup": None}, given.uploads)
    content: dict[str, Any] = {"media": media_of(world, inner, kind, kind, inner.text("media"))}
    content |= caption_of(inner) | {"text": None}
    message = _editable(world, given)
    if message.media is not None and message.media.kind == "voice":
        raise bad_request(MEDIA_NOT_EDITABLE)
    return _change(world, given, message, content)


def _editable(world: World, given: Given) -> Message:
    number = given.message_id()
    message = world.reach(given.chat_id()).messages.get(number)
    if message is None:
        raise bad_request(NOTHING_TO_EDIT)
    if message.sender.id != world.bot.id or message.service or message.forward_origin:
        raise bad_request(NOT_EDITABLE)
    return message


def _change(world: World, given: Given, message: Message, content: dict[str, Any]) -> Json:
    """Puts the new content in place. An edit without a keyboard takes the old keyboard away, as with Telegram."""
    markup = checked_markup(given.json("reply_markup", "reply keyboard markup"), only_inline=True)
    rows = (markup or {}).get("inline_keyboard", [])
    same = all(getattr(message, name) == value for name, value in content.items())
    if same and rows == message.rows:
        raise bad_request(NOT_MODIFIED)
    world.spend(message.chat, edit=True)
    for name, value in content.items():
        setattr(message, name, value)
    message.markup = markup
    if content:
        message.edited = world.now()
    world.touch(message)
    return wire.message(message)


def delete_message(world: World, given: Given) -> bool:
    number = given.message_id()
    place = world.reach(given.chat_id())
    message = place.messages.get(number)
    if message is None:
        raise bad_request(NOTHING_TO_DELETE)
    foreign = message.sender.id != world.bot.id and place.kind != "private" and place.bot != "administrator"
    if foreign or world.now() - message.date > DELETABLE:
        raise bad_request(NOT_DELETABLE)
    world.remove(message)
    return True


def answer_press(world: World, given: Given) -> bool:
    press = world.waiting_press(given.text("callback_query_id"))
    text = given.text("text")
    if units(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    world.answer(press, {"text": text, "show_alert": given.flag("show_alert")})
    return True
