"""The shapes of the Bot API: how each thing of the world looks as JSON to a bot."""

from datetime import datetime
from typing import Any

from bot.sandbox.world.records import Chat, Json, Media, Message, Press, Standing, StoredFile, User

RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
    "can_delete_stories", "can_pin_messages", "can_manage_topics", "can_send_welcome_messages",
)  # fmt: skip


def _given(**fields: Any) -> Json:
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def stamp(moment: datetime) -> int:
    return int(moment.timestamp())


def user(person: User) -> Json:
    return {
        "id": person.id,
        "is_bot": person.is_bot,
        "first_name": person.first_name,
    } | _given(last_name=person.last_name, username=person.username, language_code=person.language_code)


def chat(place: Chat) -> Json:
    if place.user is not None:
        who = place.user
        return {"id": place.id, "type": "private", "first_name": who.first_name} | _given(
            last_name=who.last_name, username=who.username
        )
    shape: Json = {"id": place.id, "type": place.kind, "title": place.title}
    return shape | ({"is_forum": True} if place.topics else {})


def file(stored: StoredFile, **more: Any) -> Json:
    shape = {"file_id": stored.id, "file_unique_id": stored.unique_id, "file_size": len(stored.content)}
    return shape | more


def media(item: Media) -> Json:
    """A photo has one size, its own: the sandbox does not recompress."""
    if item.kind == "photo":
        return {"photo": [file(item.file, width=item.width, height=item.height)]}
    if item.kind == "voice":
        return {"voice": file(item.file, duration=item.duration, mime_type=item.file.mime)}
    return {"document": file(item.file, file_name=item.file.name, mime_type=item.file.mime)}


def message(shown: Message, *, with_reply: bool = True) -> Json:
    shape: Json = {
        "message_id": shown.id,
        "from": user(shown.sender),
        "chat": chat(shown.chat),
        "date": stamp(shown.date),
    }
    if shown.thread is not None:
        shape |= {"message_thread_id": shown.thread, "is_topic_message": True}
    shape |= _given(text=shown.text, caption=shown.caption, forward_origin=shown.forward_origin)
    shape |= _given(edit_date=stamp(shown.edited) if shown.edited else None, quote=shown.quote)
    if shown.entities:
        shape["caption_entities" if shown.media else "entities"] = shown.entities
    if shown.media:
        shape |= media(shown.media)
    if shown.rows:
        shape["reply_markup"] = {"inline_keyboard": shown.rows}
    if shown.protected:
        shape["has_protected_content"] = True
    if shown.reply_to is not None and with_reply:
        shape["reply_to_message"] = message(shown.reply_to, with_reply=False)
    return shape | shown.service


def press(pressed: Press, *, gone: bool = False) -> Json:
    """A callback query. A message that is gone is "inaccessible": only its place is told, with the date 0."""
    about = pressed.message
    place = {"chat": chat(about.chat), "message_id": about.id, "date": 0} if gone else message(about)
    return {
        "id": pressed.id,
        "from": user(pressed.person),
        "message": place,
        "chat_instance": str(-7_000_000_000 - about.chat.id),
        "data": pressed.data,
    }


def member(who: User, standing: Standing) -> Json:
    shape: Json = {"user": user(who), "status": standing}
    if standing == "administrator":
        shape |= {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(RIGHTS, True)
    elif standing == "creator":
        shape["is_anonymous"] = False
    elif standing == "kicked":
        shape["until_date"] = 0
    return shape


def standing_changed(place: Chat, by: User, bot: User, old: Standing, now: datetime) -> Json:
    """`my_chat_member`: the bot was blocked, added, promoted or removed."""
    return {
        "chat": chat(place),
        "from": user(by),
        "date": stamp(now),
        "old_chat_member": member(bot, old),
        "new_chat_member": member(bot, place.bot),
    }
