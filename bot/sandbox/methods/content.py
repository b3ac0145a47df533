"""Content of a message, read from a call: text with formatting, file, topic, and the message it replies to."""

from typing import Any

from bot.sandbox import formatting
from bot.sandbox.methods.parameters import Parameters, Upload
from bot.sandbox.pictures import guess_mime, read_dimensions
from bot.sandbox.records import Chat, Json, Media, MediaKind, Message, StoredFile
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
from bot.sandbox.world.world import World

TEXT, CAPTION = 4096, 1024
KIND_NAMES = {"photo": "Photo", "document": "Document", "voice": "VoiceNote"}


def read_formatted_text(parameters: Parameters, field: str, entities_field: str) -> tuple[str, list[Json]]:
    """Return a text and its entities, from HTML or a list, with those that Telegram finds by itself."""
    text, mode = parameters.text(field), parameters.text("parse_mode").lower()
    entities: list[Json] = []
    if mode == "html":
        text, entities = formatting.read_html(text)
    elif mode in {"markdown", "markdownv2"}:
        raise not_modelled(f"the parse mode {mode}")
    elif mode not in {"", "none"}:
        raise bad_request("unsupported parse_mode")
    else:
        listed = parameters.json(entities_field, "MessageEntity")
        entities = formatting.check_entities(text, listed) if isinstance(listed, list) else []
    text, entities = formatting.trim_text(text, entities)
    return text, formatting.add_found_entities(text, entities)


def read_text(parameters: Parameters) -> Json:
    """Return text and entities for a message. Raises Telegram's refusal of an empty or too long text."""
    text, entities = read_formatted_text(parameters, "text", "entities")
    if not text:
        raise bad_request(TEXT_EMPTY)
    if formatting.utf16_length(text) > TEXT:
        raise bad_request(TEXT_TOO_LONG)
    return {"text": text, "entities": entities}


def read_caption(parameters: Parameters) -> Json:
    """Return caption and entities; a caption may be empty."""
    caption, entities = read_formatted_text(parameters, "caption", "caption_entities")
    if formatting.utf16_length(caption) > CAPTION:
        raise bad_request(CAPTION_TOO_LONG)
    return {"caption": caption or None, "entities": entities}


def read_media(world: World, parameters: Parameters, kind: MediaKind, field: str, source: str | None = None) -> Media:
    """Return the file: uploaded in the part that `attach://NAME` names, or sent before and known by its id."""
    source = parameters.text(field) if source is None else source
    upload = parameters.uploads.get(source.removeprefix("attach://") if source.startswith("attach://") else field)
    if upload is None and source.startswith(("http://", "https://")):
        raise not_modelled("files by URL")
    if upload is None and (not source or source.startswith("attach://")):
        raise bad_request(f"there is no {kind} in the request")
    stored = _store_upload(world, kind, upload) if upload is not None else _find_sent_file(world, kind, source)
    return _make_media(kind, stored, parameters.integer("duration"))


def _store_upload(world: World, kind: MediaKind, upload: Upload) -> StoredFile:
    if not upload.content:
        raise bad_request(FILE_EMPTY)
    if len(upload.content) > (LARGEST_PHOTO if kind == "photo" else LARGEST_UPLOAD):
        raise bad_request(FILE_TOO_BIG)
    # The type that a client names for a photo is often wrong, so the bytes decide.
    mime = guess_mime(upload.content) if kind == "photo" and read_dimensions(upload.content) else upload.mime
    return world.files.store(kind, upload.content, upload.name or kind, mime)


def _find_sent_file(world: World, kind: MediaKind, file_id: str) -> StoredFile:
    stored = world.files.find(file_id)
    if stored is None:
        raise bad_request(FILE_UNKNOWN)
    # An id tells its kind by its first letters; a photo cannot be sent again as a document.
    sent_as = next(name for name in KIND_NAMES if file_id.startswith(name[:2].upper()))
    if sent_as != kind:
        raise bad_request(f"can't use file of type {KIND_NAMES[sent_as]} as {KIND_NAMES[kind]}")
    return stored


def _make_media(kind: MediaKind, stored: StoredFile, duration: int) -> Media:
    if kind != "photo":
        return Media(kind, stored, duration=max(0, duration) or stored.duration)
    size = read_dimensions(stored.content)
    if size is None:
        raise bad_request(PHOTO_UNREADABLE)
    width, height = size
    # Telegram's rule: the sides sum up to 10,000 pixels at most, and differ at most 20 times.
    if min(size) < 1 or width + height > 10_000 or max(size) > 20 * min(size):
        raise bad_request(PHOTO_DIMENSIONS)
    return Media(kind, stored, width=width, height=height)


def read_thread(parameters: Parameters, chat: Chat) -> int | None:
    """Return the topic. A chat without topics ignores the parameter, as with Telegram."""
    thread = parameters.integer("message_thread_id")
    if not thread or not chat.topics:
        return None
    if thread not in chat.topics:
        raise bad_request(THREAD_NOT_FOUND)
    return thread


def read_reply(parameters: Parameters, chat: Chat) -> Json:
    """Return the message that this one replies to, and the quoted part of it."""
    reply: Any = parameters.json("reply_parameters", "reply parameters")
    if reply is None and "reply_to_message_id" in parameters:
        lenient = parameters.flag("allow_sending_without_reply")
        # The old name of the parameter, which libraries still send.
        number = parameters.integer("reply_to_message_id")
        reply = {"message_id": number, "allow_sending_without_reply": lenient}
    if reply is None:
        return {}
    if not isinstance(reply, dict):
        raise bad_request("object expected as reply parameters")
    if reply.get("chat_id") not in (None, chat.id):
        raise not_modelled("replies to another chat")
    answered: Message | None = chat.messages.get(reply.get("message_id", 0))
    if answered is None:
        if reply.get("allow_sending_without_reply"):
            return {}
        raise bad_request(NOTHING_TO_REPLY_TO)
    return {"reply_to": answered} | _read_quote(reply, answered)


def _read_quote(reply: Json, answered: Message) -> Json:
    quote = reply.get("quote")
    if not quote:
        return {}
    if quote not in answered.words:
        raise bad_request("QUOTE_TEXT_INVALID")
    position = formatting.utf16_length(answered.words[: answered.words.index(quote)])
    return {"quote": {"text": quote, "position": position, "is_manual": True}}
