"""What a call wants to show: its text with formatting, its file, the message that it answers."""

from typing import Any

from bot.sandbox.methods import formatting
from bot.sandbox.methods.parameters import Given, Upload
from bot.sandbox.methods.pictures import dimensions, mime_of
from bot.sandbox.refusals import (
    CAPTION_TOO_LONG,
    FILE_EMPTY,
    FILE_TOO_BIG,
    FILE_UNKNOWN,
    NOTHING_TO_REPLY_TO,
    PHOTO_DIMENSIONS,
    PHOTO_UNREADABLE,
    TEXT_EMPTY,
    TEXT_TOO_LONG,
    THREAD_NOT_FOUND,
    bad_request,
    not_modelled,
)
from bot.sandbox.world.files import LARGEST_PHOTO, LARGEST_UPLOAD
from bot.sandbox.world.records import Chat, Json, Media, MediaKind, Message, StoredFile
from bot.sandbox.world.world import World

TEXT, CAPTION = 4096, 1024
KIND_NAMES = {"photo": "Photo", "document": "Document", "voice": "VoiceNote"}


def formatted(given: Given, field: str, entities: str) -> tuple[str, list[Json]]:
    """A text and its entities, from HTML or from a list, with what Telegram finds in it by itself."""
    text, mode = given.text(field), given.text("parse_mode").lower()
    found: list[Json] = []
    if mode == "html":
        text, found = formatting.read_html(text)
    elif mode in {"markdown", "markdownv2"}:
        raise not_modelled(f"the parse mode {mode}")
    elif mode not in {"", "none"}:
        raise bad_request("unsupported parse_mode")
    else:
        listed = given.json(entities, "MessageEntity")
        found = formatting.checked(text, listed) if isinstance(listed, list) else []
    text, found = formatting.trimmed(text, found)
    return text, formatting.with_found(text, found)


def text_of(given: Given) -> Json:
    text, entities = formatted(given, "text", "entities")
    if not text:
        raise bad_request(TEXT_EMPTY)
    if formatting.units(text) > TEXT:
        raise bad_request(TEXT_TOO_LONG)
    return {"text": text, "entities": entities}


def caption_of(given: Given) -> Json:
    caption, entities = formatted(given, "caption", "caption_entities")
    if formatting.units(caption) > CAPTION:
        raise bad_request(CAPTION_TOO_LONG)
    return {"caption": caption or None, "entities": entities}


def media_of(world: World, given: Given, kind: MediaKind, field: str, named: str | None = None) -> Media:
    """The file of a call: uploaded in the part that `attach://NAME` points to, or sent before and named by its id."""
    source = named if named is not None else given.text(field)
    upload = given.uploads.get(source.removeprefix("attach://") if source.startswith("attach://") else field)
    if upload is None and source.startswith(("http://", "https://")):
        raise not_modelled("files by URL")
    if upload is None and (not source or source.startswith("attach://")):
        raise bad_request(f"there is no {kind} in the request")
    stored = _uploaded(world, kind, upload) if upload is not None else _sent_before(world, kind, source)
    return _media(kind, stored, given.integer("duration"))


def _uploaded(world: World, kind: MediaKind, upload: Upload) -> StoredFile:
    if not upload.content:
        raise bad_request(FILE_EMPTY)
    if len(upload.content) > (LARGEST_PHOTO if kind == "photo" else LARGEST_UPLOAD):
        raise bad_request(FILE_TOO_BIG)
    mime = mime_of(upload.content) if kind == "photo" and dimensions(upload.content) else upload.mime
    return world.files.keep(kind, upload.content, upload.name or kind, mime)


def _sent_before(world: World, kind: MediaKind, file_id: str) -> StoredFile:
    stored = world.files.get(file_id)
    if stored is None:
        raise bad_request(FILE_UNKNOWN)
    was = next(name for name in KIND_NAMES if file_id.startswith(name[:2].upper()))
    if was != kind:
        raise bad_request(f"can't use file of type {KIND_NAMES[was]} as {KIND_NAMES[kind]}")
    return stored


def _media(kind: MediaKind, stored: StoredFile, duration: int) -> Media:
    if kind != "photo":
        return Media(kind, stored, duration=max(0, duration))
    size = dimensions(stored.content)
    if size is None:
        raise bad_request(PHOTO_UNREADABLE)
    width, height = size
    if min(size) < 1 or width + height > 10_000 or max(size) > 20 * min(size):
        raise bad_request(PHOTO_DIMENSIONS)
    return Media(kind, stored, width=width, height=height)


def thread_of(given: Given, place: Chat) -> int | None:
    """The topic. Chats without topics have none, whatever was asked for, as Telegram does it."""
    thread = given.integer("message_thread_id")
    if not thread or not place.topics:
        return None
    if thread not in place.topics:
        raise bad_request(THREAD_NOT_FOUND)
    return thread


def reply_of(given: Given, place: Chat) -> Json:
    """The message that is answered and the part of it that is quoted."""
    parameters: Any = given.json("reply_parameters", "reply parameters")
    if parameters is None and "reply_to_message_id" in given:
        lenient = given.flag("allow_sending_without_reply")
        number = given.integer("reply_to_message_id")
        parameters = {"message_id": number, "allow_sending_without_reply": lenient}
    if parameters is None:
        return {}
    if not isinstance(parameters, dict):
        raise bad_request("object expected as reply parameters")
    if parameters.get("chat_id") not in (None, place.id):
        raise not_modelled("replies to another chat")
    answered: Message | None = place.messages.get(parameters.get("message_id", 0))
    if answered is None:
        if parameters.get("allow_sending_without_reply"):
            return {}
        raise bad_request(NOTHING_TO_REPLY_TO)
    return {"reply_to": answered} | _quote(parameters, answered)


def _quote(parameters: Json, answered: Message) -> Json:
    wanted = parameters.get("quote")
    if not wanted:
        return {}
    if wanted not in answered.words:
        raise bad_request("QUOTE_TEXT_INVALID")
    position = formatting.units(answered.words[: answered.words.index(wanted)])
    return {"quote": {"text": wanted, "position": position, "is_manual": True}}
