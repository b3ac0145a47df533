"""Actions of people, from which the bot's updates come. The test tools and the page use the same ones."""

import re
import secrets
from collections.abc import Sequence
from typing import Any

from bot.sandbox import formatting, wire
from bot.sandbox.pictures import guess_mime, read_dimensions
from bot.sandbox.records import INSIDE, Chat, Json, Media, Message, Press, Standing, User
from bot.sandbox.world.world import World

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")
SUPERGROUP = -1_000_000_000_000


class CannotDoError(ValueError):
    """Action that a messenger would not offer."""


def press_start(world: World, person: User, payload: str = "") -> Message:
    """Press Start, after a personal link with its payload. Unblocks the bot first if needed."""
    if not PAYLOAD.fullmatch(payload):
        raise CannotDoError(f"a start payload is up to 64 of A-Z a-z 0-9 _ -: {payload!r}")
    # As in Telegram: pressing Start unblocks.
    unblock_bot(world, person)
    return send_text(world, person, world.chats[person.id], f"/start {payload}".strip())


def send_text(
    world: World, person: User, chat: Chat, text: str, *, reply_to: Message | None = None, thread: int | None = None
) -> Message:
    """Send a text, with the entities that Telegram finds in it."""
    if not text.strip():
        raise CannotDoError("an empty message cannot be sent")
    if formatting.utf16_length(text) > 4096:
        raise CannotDoError("a message has at most 4096 characters")
    words, entities = formatting.trim_text(text, formatting.add_found_entities(text, []))
    return _send_content(world, person, chat, reply_to, thread, text=words, entities=entities)


def send_photo(
    world: World,
    person: User,
    chat: Chat,
    content: bytes,
    *,
    caption: str = "",
    reply_to: Message | None = None,
    thread: int | None = None,
    album: str | None = None,
) -> Message:
    """Send a photo, by itself or as one of an album."""
    size = read_dimensions(content)
    if size is None:
        raise CannotDoError("this file is no picture, so it cannot be sent as a photo")
    stored = world.files.store("photo", content, f"photo.{guess_mime(content).partition('/')[2]}", guess_mime(content))
    photo = Media("photo", stored, *size)
    return _send_content(world, person, chat, reply_to, thread, media=photo, album=album, **_read_caption(caption))


def send_album(
    world: World, person: User, chat: Chat, contents: Sequence[bytes], *, caption: str = ""
) -> list[Message]:
    """Send photos as an album: messages of their own, as the bot sees them; the first one has the caption."""
    if not 2 <= len(contents) <= 10:
        raise CannotDoError("an album has 2 to 10 photos")
    album = str(secrets.randbits(53))
    captions = [caption] + [""] * (len(contents) - 1)
    return [
        send_photo(world, person, chat, content, caption=words, album=album)
        for content, words in zip(contents, captions, strict=True)
    ]


def send_voice(
    world: World,
    person: User,
    chat: Chat,
    content: bytes,
    *,
    seconds: int = 1,
    mime: str = "audio/ogg",
    caption: str = "",
    reply_to: Message | None = None,
    thread: int | None = None,
) -> Message:
    """Send a voice message."""
    if not content:
        raise CannotDoError("an empty recording cannot be sent")
    ending = mime.partition("/")[2].partition(";")[0]
    stored = world.files.store("voice", content, f"voice.{ending}", mime, seconds)
    voice = Media("voice", stored, duration=seconds)
    return _send_content(world, person, chat, reply_to, thread, media=voice, **_read_caption(caption))


def send_file(
    world: World,
    person: User,
    chat: Chat,
    content: bytes,
    name: str,
    *,
    mime: str = "application/octet-stream",
    caption: str = "",
    reply_to: Message | None = None,
) -> Message:
    """Send a file as it is."""
    if not content:
        raise CannotDoError("an empty file cannot be sent")
    document = Media("document", world.files.store("document", content, name, mime))
    return _send_content(world, person, chat, reply_to, None, media=document, **_read_caption(caption))


def _read_caption(caption: str) -> Json:
    if formatting.utf16_length(caption) > 1024:
        raise CannotDoError("a caption has at most 1024 characters")
    words, entities = formatting.trim_text(caption, formatting.add_found_entities(caption, []))
    return {"caption": words or None, "entities": entities}


def _send_content(
    world: World, person: User, chat: Chat, reply_to: Message | None, thread: int | None, **content: Any
) -> Message:
    if chat.kind == "private":
        if chat.bot == "kicked":
            raise CannotDoError("the bot is blocked: unblock it first")
        chat.is_started = True
    elif chat.members.get(person.id) not in INSIDE:
        raise CannotDoError(f"{person.first_name} is not in the group {chat.title!r}")
    if chat.migrated_to is not None:
        raise CannotDoError("the group was upgraded to a supergroup: write there")
    # A reply stays in the topic of the message that it replies to.
    if thread is None and reply_to is not None:
        thread = reply_to.thread
    message = world.post_message(chat, person, reply_to=reply_to, thread=thread, **content)
    # The people in the group see every message; the bot only those that privacy lets through.
    if world.is_read_by_bot(message):
        world.queue_update("message", chat, wire.message_json(message), person)
    return message


def edit_text(world: World, person: User, message: Message, text: str) -> None:
    """Edit a text that this person sent."""
    if message.sender.id != person.id or message.text is None:
        raise CannotDoError("only one's own texts can be edited")
    message.text, message.entities = formatting.trim_text(text, formatting.add_found_entities(text, []))
    message.edited_at = world.now()
    world.mark_changed(message)
    if world.is_read_by_bot(message):
        world.queue_update("edited_message", message.chat, wire.message_json(message), person)


def press_button(world: World, person: User, message: Message, data: str) -> Press:
    """Press a button with this data. It need not be under the message: a forged press looks the same to a bot."""
    pressed = Press(str(secrets.randbits(62)), person, message, data, world.monotonic())
    world.presses[pressed.id] = pressed
    world.notify_watchers("press", message.chat, press=pressed)
    # Telegram delivers a press on a deleted message, without the message.
    gone = message.id not in message.chat.messages
    world.queue_update("callback_query", message.chat, wire.press_json(pressed, gone=gone), person)
    return pressed


def block_bot(world: World, person: User) -> None:
    world.change_standing(world.chats[person.id], person, "kicked")


def unblock_bot(world: World, person: User) -> None:
    world.change_standing(world.chats[person.id], person, "member")


def join_group(world: World, chat: Chat, newcomer: User, by: User) -> None:
    """Add a person to a group; `by` is the person who adds them, or they themselves after a link."""
    chat.members[newcomer.id] = "member"
    world.notify_watchers("chat", chat)
    _post_service_message(world, chat, by, {"new_chat_members": [wire.user_json(newcomer)]})


def add_bot(world: World, chat: Chat, by: User, standing: Standing = "member") -> None:
    world.change_standing(chat, by, standing)
    _post_service_message(world, chat, by, {"new_chat_members": [wire.user_json(world.bot)]})


def promote_bot(world: World, chat: Chat, by: User, rights: frozenset[str] | None = None) -> None:
    """Make the bot an administrator with these rights; None: with all."""
    chat.rights = rights
    world.change_standing(chat, by, "administrator")


def remove_bot(world: World, chat: Chat, by: User) -> None:
    """Remove the bot from the group; from now on it cannot write there."""
    message = world.post_message(chat, by, service={"left_chat_member": wire.user_json(world.bot)})
    world.queue_update("message", chat, wire.message_json(message), by)
    # After the service message, which the bot still gets.
    world.change_standing(chat, by, "kicked")


def open_topic(world: World, chat: Chat, by: User, title: str) -> int:
    """Open a topic of a forum and return its number, which is the id of the service message that opened it."""
    if chat.kind != "supergroup":
        raise CannotDoError("only a supergroup has topics")
    service = {"forum_topic_created": {"name": title, "icon_color": 7322096}}
    chat.topics.setdefault(0, "")  # from now on the group is a forum
    message = world.post_message(chat, by, service=service)
    message.thread = message.id
    chat.topics[message.id] = title
    if world.is_read_by_bot(message):
        world.queue_update("message", chat, wire.message_json(message), by)
    return message.id


def upgrade_group(world: World, chat: Chat, by: User) -> Chat:
    """Turn the group into a supergroup with another id. Sends to the old id are refused with the new id."""
    if chat.kind != "group" or chat.migrated_to is not None:
        raise CannotDoError("only a plain group can become a supergroup, and only once")
    supergroup = world.add_group(SUPERGROUP + chat.id, chat.title, by, super_=True)
    supergroup.members, supergroup.bot, supergroup.is_known_to_bot = dict(chat.members), chat.bot, chat.is_known_to_bot
    supergroup.rights = chat.rights
    _post_service_message(world, chat, by, {"migrate_to_chat_id": supergroup.id})
    chat.migrated_to = supergroup.id
    _post_service_message(world, supergroup, by, {"migrate_from_chat_id": chat.id})
    return supergroup


def _post_service_message(world: World, chat: Chat, by: User, service: Json) -> Message:
    message = world.post_message(chat, by, service=service)
    if world.is_read_by_bot(message):
        world.queue_update("message", chat, wire.message_json(message), by)
    return message
