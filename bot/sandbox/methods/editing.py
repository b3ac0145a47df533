"""Methods that change existing messages: edits, deletions, answers to presses."""

from datetime import timedelta
from typing import Any

from bot.sandbox import wire
from bot.sandbox.formatting import utf16_length
from bot.sandbox.methods.content import read_caption, read_media, read_text
from bot.sandbox.methods.markup import check_markup
from bot.sandbox.methods.parameters import Parameters
from bot.sandbox.records import Json, MediaKind, Message
from bot.sandbox.refusals import (
    MEDIA_NOT_EDITABLE,
    NO_CAPTION_TO_EDIT,
    NO_TEXT_TO_EDIT,
    NOT_DELETABLE,
    NOT_DELETABLE_IN_SUPERGROUP,
    NOT_EDITABLE,
    NOT_MODIFIED,
    NOTHING_TO_DELETE,
    NOTHING_TO_EDIT,
    bad_request,
)
from bot.sandbox.world.world import World

DELETABLE = timedelta(hours=48)


def edit_text(world: World, parameters: Parameters) -> Json:
    content = read_text(parameters)
    message = _find_editable(world, parameters)
    if message.text is None:
        raise bad_request(NO_TEXT_TO_EDIT)
    return _change_message(world, parameters, message, content)


def edit_caption(world: World, parameters: Parameters) -> Json:
    content = read_caption(parameters)
    message = _find_editable(world, parameters)
    if message.media is None:
        raise bad_request(NO_CAPTION_TO_EDIT)
    return _change_message(world, parameters, message, content)


def edit_reply_markup(world: World, parameters: Parameters) -> Json:
    return _change_message(world, parameters, _find_editable(world, parameters), {})


def edit_media(world: World, parameters: Parameters) -> Json:
    """Put another photo or file in place of the old one, or of a text."""
    input_media = parameters.json("media", "input media")
    if not isinstance(input_media, dict) or input_media.get("type") not in {"photo", "document"}:
        raise bad_request("can't parse InputMedia: type must be photo or document")
    kind: MediaKind = input_media["type"]
    # The caption and its formatting stand inside the `media` object.
    inner = Parameters({**input_media, "reply_markup": None}, parameters.uploads)
    content: dict[str, Any] = {"media": read_media(world, inner, kind, kind, inner.text("media"))}
    content |= read_caption(inner) | {"text": None}
    message = _find_editable(world, parameters)
    if message.media is not None and message.media.kind == "voice":
        raise bad_request(MEDIA_NOT_EDITABLE)
    return _change_message(world, parameters, message, content)


def _find_editable(world: World, parameters: Parameters) -> Message:
    number = parameters.message_id()
    message = world.reach_chat(parameters.chat_id()).messages.get(number)
    if message is None:
        raise bad_request(NOTHING_TO_EDIT)
    if message.sender.id != world.bot.id or message.service or message.forward_origin:
        raise bad_request(NOT_EDITABLE)
    return message


def _change_message(world: World, parameters: Parameters, message: Message, content: dict[str, Any]) -> Json:
    """Replace the content. An edit without a keyboard removes the old keyboard, as with Telegram."""
    markup = check_markup(parameters.json("reply_markup", "reply keyboard markup"), only_inline=True)
    rows = (markup or {}).get("inline_keyboard", [])
    # Telegram refuses an edit that changes nothing. Bots rely on it, so it is compared to the letter.
    same = all(getattr(message, name) == value for name, value in content.items())
    if same and rows == message.rows:
        raise bad_request(NOT_MODIFIED)
    # Only now: a refused edit costs nothing.
    world.count_send(message.chat, edit=True)
    for name, value in content.items():
        setattr(message, name, value)
    message.markup = markup
    # A change of the keyboard alone does not mark a message as edited.
    if content:
        message.edited_at = world.now()
    world.mark_changed(message)
    return wire.message_json(message)


def delete_message(world: World, parameters: Parameters) -> bool:
    """Delete a message.

    After 48 hours a bot may not. Telegram's documentation makes an exception for administrators with the right to
    delete, but its server TDLib makes none; `World.right_lifts_age_limit` plays the documentation.
    """
    number = parameters.message_id()
    chat = world.reach_chat(parameters.chat_id())
    message = chat.messages.get(number)
    if message is None:
        raise bad_request(NOTHING_TO_DELETE)
    # In a private chat a bot may delete what the person wrote; in a group it needs the right to.
    has_right = "can_delete_messages" in chat.bot_rights
    is_foreign = message.sender.id != world.bot.id and chat.kind != "private" and not has_right
    is_exempt = world.right_lifts_age_limit and has_right and chat.kind == "supergroup"
    if is_foreign or (world.now() - message.date > DELETABLE and not is_exempt):
        raise bad_request(NOT_DELETABLE_IN_SUPERGROUP if chat.kind == "supergroup" else NOT_DELETABLE)
    world.remove_message(message)
    return True


def answer_press(world: World, parameters: Parameters) -> bool:
    """Answer a press once, with an optional notice or alert."""
    press = world.find_waiting_press(parameters.text("callback_query_id"))
    text = parameters.text("text")
    if utf16_length(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    world.answer_press(press, {"text": text, "show_alert": parameters.flag("show_alert")})
    return True
