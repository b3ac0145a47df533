"""Methods that put something new into a chat."""

from typing import Any

from bot.sandbox import wire
from bot.sandbox.methods.content import read_caption, read_media, read_reply, read_text, read_thread
from bot.sandbox.methods.markup import check_markup
from bot.sandbox.methods.parameters import Parameters
from bot.sandbox.records import Chat, Json, MediaKind, Message
from bot.sandbox.refusals import bad_request
from bot.sandbox.world.world import World

ACTIONS = {
    *("typing", "choose_sticker", "find_location", "upload_document", "upload_photo"),
    *(f"{act}_{what}" for act in ("record", "upload") for what in ("video", "voice", "audio", "video_note")),
}
REACTIONS = set(
    "👍👎🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡❤"
) | {"❤\u200d🔥", "👨\u200d💻", "🤷\u200d♂", "🤷\u200d♀"}
"""Emoji that a bot may react with; any other is refused."""


def send_message(world: World, parameters: Parameters) -> Json:
    return _send_content(world, parameters, read_text(parameters))


def send_photo(world: World, parameters: Parameters) -> Json:
    return _send_file(world, parameters, "photo")


def send_document(world: World, parameters: Parameters) -> Json:
    return _send_file(world, parameters, "document")


def send_voice(world: World, parameters: Parameters) -> Json:
    return _send_file(world, parameters, "voice")


def _send_file(world: World, parameters: Parameters, kind: MediaKind) -> Json:
    media = read_media(world, parameters, kind, kind)
    return _send_content(world, parameters, {"media": media} | read_caption(parameters))


def _send_content(world: World, parameters: Parameters, content: dict[str, Any]) -> Json:
    markup = check_markup(parameters.json("reply_markup", "reply keyboard markup"))
    chat = world.reach_chat(parameters.chat_id())
    # Everything is checked before it is counted: a refused call costs nothing.
    content |= {"thread": read_thread(parameters, chat), "markup": markup} | read_reply(parameters, chat)
    world.count_send(chat)
    _set_keyboard(chat, markup)
    message = world.post_message(chat, world.bot, is_protected=parameters.flag("protect_content"), **content)
    return wire.message_json(message)


def _set_keyboard(chat: Chat, markup: Json | None) -> None:
    """Keep a reply keyboard: it stays below the composer until another one or a removal comes."""
    if markup and "inline_keyboard" not in markup:
        chat.keyboard = None if markup.get("remove_keyboard") else markup


def _find_original(world: World, parameters: Parameters, purpose: str) -> Message:
    source = world.reach_chat(parameters.chat_id("from_chat_id"), write=False)
    message = source.messages.get(parameters.message_id())
    if message is None:
        raise bad_request(f"message to {purpose} not found")
    if message.is_protected or message.service:
        raise bad_request(f"the message can't be {'forwarded' if purpose == 'forward' else 'copied'}")
    return message


def forward_message(world: World, parameters: Parameters) -> Json:
    """Post the message again with its origin."""
    message = _find_original(world, parameters, "forward")
    chat = world.reach_chat(parameters.chat_id())
    thread = read_thread(parameters, chat)
    world.count_send(chat)
    # A forwarded forward names the first sender.
    origin = {"type": "user", "sender_user": wire.user_json(message.sender), "date": wire.unix_time(message.date)}
    forwarded = world.post_message(
        chat,
        world.bot,
        text=message.text,
        caption=message.caption,
        entities=list(message.entities),
        media=message.media,
        thread=thread,
        forward_origin=message.forward_origin or origin,
        is_protected=parameters.flag("protect_content"),
    )
    return wire.message_json(forwarded)


def copy_message(world: World, parameters: Parameters) -> Json:
    """Send the same content without its origin; the caption may be replaced."""
    message = _find_original(world, parameters, "copy")
    content: dict[str, Any] = {"text": message.text, "media": message.media}
    content |= {"caption": message.caption, "entities": list(message.entities)}
    # A text cannot be replaced by a caption, so it is ignored, as with Telegram.
    if message.media and "caption" in parameters:
        content |= read_caption(parameters)
    return {"message_id": _send_content(world, parameters, content)["message_id"]}


def send_chat_action(world: World, parameters: Parameters) -> bool:
    """Show "typing…" and the like to the people in the chat; nothing is stored."""
    action = parameters.text("action").lower()
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = world.reach_chat(parameters.chat_id())
    read_thread(parameters, chat)
    world.notify_watchers("action", chat, action=action)
    return True


def set_message_reaction(world: World, parameters: Parameters) -> bool:
    """Set the reaction of the bot, at most one; an empty list removes it."""
    reaction = parameters.json("reaction", "reaction types") or []
    if not isinstance(reaction, list):
        raise bad_request("expected an Array of ReactionType")
    chat = world.reach_chat(parameters.chat_id())
    message = chat.messages.get(parameters.message_id())
    if message is None:
        raise bad_request("message to react not found")
    if len(reaction) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(not isinstance(each, dict) or each.get("emoji") not in REACTIONS for each in reaction):
        raise bad_request("REACTION_INVALID")
    message.reactions[world.bot.id] = reaction
    world.mark_changed(message)
    return True
