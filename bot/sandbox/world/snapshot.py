"""Chats as plain values, so that a world can be stored and come back in another process.

Invariants:
* A snapshot holds what people would see now: nothing of a deleted message, and no file that no message shows.
* Ids stay as they are, so the bot can edit what it sent before, and old buttons work.
* Nothing of a broken snapshot comes back: `restore_chats` changes the world when it has read everything.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.sandbox.records import Chat, Json, Media, Message, StoredFile, User
from bot.sandbox.world.updates import Update
from bot.sandbox.world.world import World

_PLAIN = (
    "id", "text", "caption", "entities", "markup", "thread", "album", "service", "forward_origin", "is_protected",
    "last_change",
)  # fmt: skip


@dataclass(frozen=True)
class ChatsSnapshot:
    """``values``: all chats that have messages, for JSON. ``files``: content by the name that ``values`` give it."""

    values: Json
    files: dict[str, bytes]


def take_snapshot(world: World) -> ChatsSnapshot:
    """Return the chats and the updates that the bot has not acknowledged."""
    files: dict[str, bytes] = {}
    chats = [_chat_values(chat, files) for chat in world.chats.values() if chat.messages]
    updates = [[update.id, update.chat, update.kind, update.payload] for update in world.updates.waiting]
    return ChatsSnapshot({"chats": chats, "updates": updates}, files)


def restore_chats(world: World, snapshot: ChatsSnapshot) -> None:
    """Put the chats into a world in which nothing has happened yet; its own people keep their names.

    New ids must be above those of the snapshot: `World` has ``first_id`` for it. Raises KeyError, TypeError or
    ValueError when the snapshot is not one of `take_snapshot`.
    """
    chats = [_read_chat(world, values, snapshot.files) for values in snapshot.values["chats"]]
    updates = [Update(*values) for values in snapshot.values["updates"]]
    for chat in chats:
        if chat.user is not None:
            world.people[chat.id] = chat.user
        world.chats[chat.id] = chat
    world.sequence = max((message.last_change for chat in chats for message in chat.messages.values()), default=0)
    world.updates.waiting = updates


def _chat_values(chat: Chat, files: dict[str, bytes]) -> Json:
    return {
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title,
        "user": asdict(chat.user) if chat.user else None,
        "bot": chat.bot,
        "rights": None if chat.rights is None else sorted(chat.rights),
        "is_started": chat.is_started,
        "is_known_to_bot": chat.is_known_to_bot,
        "members": list(chat.members.items()),
        "migrated_to": chat.migrated_to,
        "topics": list(chat.topics.items()),
        "keyboard": chat.keyboard,
        "messages": [_message_values(message, files) for message in chat.messages.values()],
    }


def _message_values(message: Message, files: dict[str, bytes]) -> Json:
    answered = message.reply_to
    if answered is not None and answered.id not in message.chat.messages:
        answered = None  # deleted: its words are not kept in a quotation either
    return {name: getattr(message, name) for name in _PLAIN} | {
        "sender": asdict(message.sender),
        "date": message.date.isoformat(),
        "edited_at": message.edited_at.isoformat() if message.edited_at else None,
        "media": _media_values(message.media, files) if message.media else None,
        "reply_to": answered.id if answered else None,
        "quote": message.quote if answered else None,
        "reactions": list(message.reactions.items()),
    }


def _media_values(media: Media, files: dict[str, bytes]) -> Json:
    stored = media.file
    # The id alone: the ending of a name comes from outside.
    files[stored.id] = stored.content
    fields = {"name": stored.name, "mime": stored.mime, "duration": stored.duration}
    return {
        "kind": media.kind,
        "content": stored.id,
        "file": fields,
        "width": media.width,
        "height": media.height,
        "duration": media.duration,
    }


def _read_chat(world: World, values: Json, files: Mapping[str, bytes]) -> Chat:
    fields = dict(values)
    messages, user, rights = fields.pop("messages"), fields.pop("user"), fields.pop("rights")
    fields |= {name: dict(fields[name]) for name in ("members", "topics")}
    known = world.people.get(fields["id"])
    chat = Chat(
        **fields, rights=None if rights is None else frozenset(rights), user=known or (User(**user) if user else None)
    )
    for each in messages:
        message = _read_message(world, chat, each, files)
        chat.messages[message.id] = message
    return chat


def _read_message(world: World, chat: Chat, values: Json, files: Mapping[str, bytes]) -> Message:
    fields: dict[str, Any] = dict(values)
    sender, media, answered = User(**fields.pop("sender")), fields.pop("media"), fields.pop("reply_to")
    edited_at = fields.pop("edited_at")
    return Message(
        chat,
        sender=world.bot if sender.id == world.bot.id else world.people.get(sender.id, sender),
        date=datetime.fromisoformat(fields.pop("date")),
        edited_at=datetime.fromisoformat(edited_at) if edited_at else None,
        media=_read_media(world, media, files) if media else None,
        # A reply comes after what it replies to, so that is read already.
        reply_to=None if answered is None else chat.messages[answered],
        reactions=dict(fields.pop("reactions")),
        **fields,
    )


def _read_media(world: World, values: Json, files: Mapping[str, bytes]) -> Media:
    fields = dict(values)
    content, stored = fields.pop("content"), fields.pop("file")
    file: StoredFile = world.files.store(fields["kind"], files[content], **stored)
    return Media(file=file, **fields)
