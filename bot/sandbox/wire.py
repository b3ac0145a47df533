"""JSON of the Bot API for each record of the world."""

from datetime import datetime
from typing import Any

from bot.sandbox.records import (
    ADMINISTRATOR_RIGHTS,
    Chat,
    Json,
    Media,
    Message,
    Press,
    Standing,
    StoredFile,
    User,
)


def _present_fields(**fields: Any) -> Json:
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def unix_time(time: datetime) -> int:
    return int(time.timestamp())


def user_json(person: User) -> Json:
    return {
        "id": person.id,
        "is_bot": person.is_bot,
        "first_name": person.first_name,
    } | _present_fields(last_name=person.last_name, username=person.username, language_code=person.language_code)


def chat_json(chat: Chat) -> Json:
    if chat.user is not None:
        user = chat.user
        return {"id": chat.id, "type": "private", "first_name": user.first_name} | _present_fields(
            last_name=user.last_name, username=user.username
        )
    shape: Json = {"id": chat.id, "type": chat.kind, "title": chat.title}
    return shape | ({"is_forum": True} if chat.topics else {})


def file_json(stored: StoredFile, **more: Any) -> Json:
    shape = {"file_id": stored.id, "file_unique_id": stored.unique_id, "file_size": len(stored.content)}
    return shape | more


def media_json(item: Media) -> Json:
    """Return the file of a message. A photo has one size, its own: the sandbox does not recompress."""
    if item.kind == "photo":
        return {"photo": [file_json(item.file, width=item.width, height=item.height)]}
    if item.kind == "voice":
        return {"voice": file_json(item.file, duration=item.duration, mime_type=item.file.mime)}
    return {"document": file_json(item.file, file_name=item.file.name, mime_type=item.file.mime)}


def message_json(message: Message, *, with_reply: bool = True) -> Json:
    shape: Json = {
        "message_id": message.id,
        "from": user_json(message.sender),
        "chat": chat_json(message.chat),
        "date": unix_time(message.date),
    }
    if message.thread is not None:
        shape |= {"message_thread_id": message.thread, "is_topic_message": True}
    shape |= _present_fields(text=message.text, caption=message.caption, forward_origin=message.forward_origin)
    shape |= _present_fields(media_group_id=message.album)
    shape |= _present_fields(edit_date=unix_time(message.edited_at) if message.edited_at else None, quote=message.quote)
    if message.entities:
        shape["caption_entities" if message.media else "entities"] = message.entities
    if message.media:
        shape |= media_json(message.media)
    if message.rows:
        shape["reply_markup"] = {"inline_keyboard": message.rows}
    if message.is_protected:
        shape["has_protected_content"] = True
    if message.reply_to is not None and with_reply:
        # One level only, as with Telegram: the quoted message comes without the one it replies to.
        shape["reply_to_message"] = message_json(message.reply_to, with_reply=False)
    return shape | message.service


def press_json(press: Press, *, gone: bool = False) -> Json:
    """Return a callback query. A deleted message is "inaccessible": only its chat and id are sent, with date 0."""
    message = press.message
    shape = {"chat": chat_json(message.chat), "message_id": message.id, "date": 0} if gone else message_json(message)
    return {
        "id": press.id,
        "from": user_json(press.person),
        "message": shape,
        # Any constant per chat will do: bots use it only to tell chats apart.
        "chat_instance": str(-7_000_000_000 - message.chat.id),
        "data": press.data,
    }


def member_json(user: User, standing: Standing, rights: frozenset[str] = ADMINISTRATOR_RIGHTS) -> Json:
    """Return the standing of somebody in a chat; ``rights`` are those of an administrator."""
    shape: Json = {"user": user_json(user), "status": standing}
    if standing == "administrator":
        shape |= {"can_be_edited": False, "is_anonymous": False}
        shape |= {right: right in rights for right in sorted(ADMINISTRATOR_RIGHTS)}
    elif standing == "creator":
        shape["is_anonymous"] = False
    elif standing == "kicked":
        shape["until_date"] = 0
    return shape


def standing_change(chat: Chat, by: User, bot: User, old: Standing, now: datetime) -> Json:
    """Return a `my_chat_member`: the bot was blocked, added, promoted or removed."""
    return {
        "chat": chat_json(chat),
        "from": user_json(by),
        "date": unix_time(now),
        "old_chat_member": member_json(bot, old),
        "new_chat_member": member_json(bot, chat.bot, chat.bot_rights),
    }
