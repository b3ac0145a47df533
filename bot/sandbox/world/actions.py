"""What people do: the acts from which the bot's updates come. Used by the test tools and by the page alike."""

import re
import secrets
from typing import Any

from bot.sandbox import wire
from bot.sandbox.methods import formatting
from bot.sandbox.methods.pictures import dimensions, mime_of
from bot.sandbox.world.records import INSIDE, Chat, Json, Media, Message, Press, Standing, User
from bot.sandbox.world.world import World

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")
SUPERGROUP = -1_000_000_000_000


class CannotDoError(ValueError):
    """A person tried what a messenger would not offer."""


def start(world: World, person: User, payload: str = "") -> Message:
    """Presses Start, after a personal link with its payload. Unblocks the bot first if need be."""
    if not PAYLOAD.fullmatch(payload):
        raise CannotDoError(f"a start payload is up to 64 of A-Z a-z 0-9 _ -: {payload!r}")
    unblock(world, person)
    return say(world, person, world.chats[person.id], f"/start {payload}".strip())


def say(
    world: World, person: User, place: Chat, text: str, *, reply_to: Message | None = None, thread: int | None = None
) -> Message:
    if not text.strip():
        raise CannotDoError("an empty message cannot be sent")
    if formatting.units(text) > 4096:
        raise CannotDoError("a message has at most 4096 characters")
    words, found = formatting.trimmed(text, formatting.with_found(text, []))
    return _send(world, person, place, reply_to, thread, text=words, entities=found)


def show(
    world: World,
    person: User,
    place: Chat,
    content: bytes,
    *,
    caption: str = "",
    reply_to: Message | None = None,
    thread: int | None = None,
) -> Message:
    """Sends a photo."""
    size = dimensions(content)
    if size is None:
        raise CannotDoError("this is no picture that could be sent as a photo")
    stored = world.files.keep("photo", content, f"photo.{mime_of(content).partition('/')[2]}", mime_of(content))
    photo = Media("photo", stored, *size)
    return _send(world, person, place, reply_to, thread, media=photo, **_caption(caption))


def speak(
    world: World,
    person: User,
    place: Chat,
    content: bytes,
    *,
    seconds: int = 1,
    mime: str = "audio/ogg",
    caption: str = "",
    reply_to: Message | None = None,
    thread: int | None = None,
) -> Message:
    """Sends a voice message."""
    if not content:
        raise CannotDoError("an empty recording cannot be sent")
    ending = mime.partition("/")[2].partition(";")[0]
    stored = world.files.keep("voice", content, f"voice.{ending}", mime)
    voice = Media("voice", stored, duration=seconds)
    return _send(world, person, place, reply_to, thread, media=voice, **_caption(caption))


def attach(
    world: World,
    person: User,
    place: Chat,
    content: bytes,
    name: str,
    *,
    mime: str = "application/octet-stream",
    caption: str = "",
    reply_to: Message | None = None,
) -> Message:
    """Sends a file as it is."""
    if not content:
        raise CannotDoError("an empty file cannot be sent")
    document = Media("document", world.files.keep("document", content, name, mime))
    return _send(world, person, place, reply_to, None, media=document, **_caption(caption))


def _caption(caption: str) -> Json:
    if formatting.units(caption) > 1024:
        raise CannotDoError("a caption has at most 1024 characters")
    words, found = formatting.trimmed(caption, formatting.with_found(caption, []))
    return {"caption": words or None, "entities": found}


def _send(
    world: World, person: User, place: Chat, reply_to: Message | None, thread: int | None, **content: Any
) -> Message:
    if place.kind == "private":
        if place.bot == "kicked":
            raise CannotDoError("the bot is blocked: unblock it first")
        place.started = True
    elif place.members.get(person.id) not in INSIDE:
        raise CannotDoError(f"{person.first_name} is not in the group {place.title!r}")
    if place.migrated_to is not None:
        raise CannotDoError("the group was upgraded to a supergroup: write there")
    if thread is None and reply_to is not None:
        thread = reply_to.thread
    message = world.post(place, person, reply_to=reply_to, thread=thread, **content)
    if world.bot_reads(message):
        world.tell_bot("message", place, wire.message(message), person)
    return message


def correct(world: World, person: User, message: Message, text: str) -> None:
    """Edits one's own text."""
    if message.sender.id != person.id or message.text is None:
        raise CannotDoError("only one's own texts can be edited")
    message.text, message.entities = formatting.trimmed(text, formatting.with_found(text, []))
    message.edited = world.now()
    world.touch(message)
    if world.bot_reads(message):
        world.tell_bot("edited_message", message.chat, wire.message(message), person)


def press(world: World, person: User, message: Message, data: str) -> Press:
    """Presses a button with this data, which need not be under the message: a forged press looks the same to a bot."""
    pressed = Press(str(secrets.randbits(62)), person, message, data, world.monotonic())
    world.presses[pressed.id] = pressed
    world.tell("press", message.chat, press=pressed)
    gone = message.id not in message.chat.messages
    world.tell_bot("callback_query", message.chat, wire.press(pressed, gone=gone), person)
    return pressed


def block(world: World, person: User) -> None:
    world.change_standing(world.chats[person.id], person, "kicked")


def unblock(world: World, person: User) -> None:
    world.change_standing(world.chats[person.id], person, "member")


def enter(world: World, place: Chat, newcomer: User, by: User) -> None:
    """Somebody joins a group, by a link or by another's hand."""
    place.members[newcomer.id] = "member"
    world.tell("chat", place)
    _announce(world, place, by, {"new_chat_members": [wire.user(newcomer)]})


def add_bot(world: World, place: Chat, by: User, standing: Standing = "member") -> None:
    world.change_standing(place, by, standing)
    _announce(world, place, by, {"new_chat_members": [wire.user(world.bot)]})


def promote_bot(world: World, place: Chat, by: User) -> None:
    world.change_standing(place, by, "administrator")


def remove_bot(world: World, place: Chat, by: User) -> None:
    message = world.post(place, by, service={"left_chat_member": wire.user(world.bot)})
    world.tell_bot("message", place, wire.message(message), by)
    world.change_standing(place, by, "kicked")


def open_topic(world: World, place: Chat, by: User, title: str) -> int:
    """A new topic of a forum. Its number is that of the service message that opened it."""
    if place.kind != "supergroup":
        raise CannotDoError("only a supergroup has topics")
    service = {"forum_topic_created": {"name": title, "icon_color": 7322096}}
    place.topics.setdefault(0, "")  # from now on the group is a forum
    message = world.post(place, by, service=service)
    message.thread = message.id
    place.topics[message.id] = title
    if world.bot_reads(message):
        world.tell_bot("message", place, wire.message(message), by)
    return message.id


def migrate(world: World, place: Chat, by: User) -> Chat:
    """The group becomes a supergroup with another id. What is sent to the old one is refused with the new id."""
    if place.kind != "group" or place.migrated_to is not None:
        raise CannotDoError("only a plain group can become a supergroup, and only once")
    above = world.add_group(SUPERGROUP + place.id, place.title, by, super_=True)
    above.members, above.bot, above.met = dict(place.members), place.bot, place.met
    _announce(world, place, by, {"migrate_to_chat_id": above.id})
    place.migrated_to = above.id
    _announce(world, above, by, {"migrate_from_chat_id": place.id})
    return above


def _announce(world: World, place: Chat, by: User, service: Json) -> Message:
    message = world.post(place, by, service=service)
    if world.bot_reads(message):
        world.tell_bot("message", place, wire.message(message), by)
    return message
