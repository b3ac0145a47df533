"""Methods by which something new reaches a chat."""

from typing import Any

from bot.sandbox import wire
from bot.sandbox.methods.content import caption_of, media_of, reply_of, text_of, thread_of
from bot.sandbox.methods.markup import checked_markup
from bot.sandbox.methods.parameters import Given
from bot.sandbox.refusals import bad_request
from bot.sandbox.world.records import Chat, Json, MediaKind, Message
from bot.sandbox.world.world import World

ACTIONS = {
    *("typing", "choose_sticker", "find_location", "upload_document", "upload_photo"),
    *(f"{act}_{what}" for act in ("record", "upload") for what in ("video", "voice", "audio", "video_note")),
}
REACTIONS = set(
    "👍👎🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡❤"
) | {"❤\u200d🔥", "👨\u200d💻", "🤷\u200d♂", "🤷\u200d♀"}
"""All that a bot may react with; any other sign is refused."""


def send_message(world: World, given: Given) -> Json:
    return _deliver(world, given, text_of(given))


def send_photo(world: World, given: Given) -> Json:
    return _with_file(world, given, "photo")


def send_document(world: World, given: Given) -> Json:
    return _with_file(world, given, "document")


def send_voice(world: World, given: Given) -> Json:
    return _with_file(world, given, "voice")


def _with_file(world: World, given: Given, kind: MediaKind) -> Json:
    media = media_of(world, given, kind, kind)
    return _deliver(world, given, {"media": media} | caption_of(given))


def _deliver(world: World, given: Given, content: dict[str, Any]) -> Json:
    markup = checked_markup(given.json("reply_markup", "reply keyboard markup"))
    place = world.reach(given.chat_id())
    content |= {"thread": thread_of(given, place), "markup": markup} | reply_of(given, place)
    world.spend(place)
    _set_keyboard(place, markup)
    message = world.post(place, world.bot, protected=given.flag("protect_content"), **content)
    return wire.message(message)


def _set_keyboard(place: Chat, markup: Json | None) -> None:
    """A reply keyboard stays under the composer until another one or a removal comes."""
    if markup and "inline_keyboard" not in markup:
        place.keyboard = None if markup.get("remove_keyboard") else markup


def _original(world: World, given: Given, purpose: str) -> Message:
    source = world.reach(given.chat_id("from_chat_id"), write=False)
    message = source.messages.get(given.message_id())
    if message is None:
        raise bad_request(f"message to {purpose} not found")
    if message.protected or message.service:
        raise bad_request(f"the message can't be {'forwarded' if purpose == 'forward' else 'copied'}")
    return message


def forward_message(world: World, given: Given) -> Json:
    message = _original(world, given, "forward")
    place = world.reach(given.chat_id())
    thread = thread_of(given, place)
    world.spend(place)
    origin = {"type": "user", "sender_user": wire.user(message.sender), "date": wire.stamp(message.date)}
    shown = world.post(
        place,
        world.bot,
        text=message.text,
        caption=message.caption,
        entities=list(message.entities),
        media=message.media,
        thread=thread,
        forward_origin=message.forward_origin or origin,
        protected=given.flag("protect_content"),
    )
    return wire.message(shown)


def copy_message(world: World, given: Given) -> Json:
    """The same content without a trace of where it came from; a caption may be replaced."""
    message = _original(world, given, "copy")
    content: dict[str, Any] = {"text": message.text, "media": message.media}
    content |= {"caption": message.caption, "entities": list(message.entities)}
    if message.media and "caption" in given:
        content |= caption_of(given)
    return {"message_id": _deliver(world, given, content)["message_id"]}


def send_chat_action(world: World, given: Given) -> bool:
    action = given.text("action").lower()
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    place = world.reach(given.chat_id())
    thread_of(given, place)
    world.tell("action", place, action=action)
    return True


def set_message_reaction(world: World, given: Given) -> bool:
    wanted = given.json("reaction", "reaction types") or []
    if not isinstance(wanted, list):
        raise bad_request("expected an Array of ReactionType")
    place = world.reach(given.chat_id())
    message = place.messages.get(given.message_id())
    if message is None:
        raise bad_request("message to react not found")
    if len(wanted) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(not isinstance(each, dict) or each.get("emoji") not in REACTIONS for each in wanted):
        raise bad_request("REACTION_INVALID")
    message.reactions[world.bot.id] = wanted
    world.touch(message)
    return True
