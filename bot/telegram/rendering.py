"""A message of ours as Telegram wants it: text with entities (so nothing needs escaping), keyboards, files."""

from dataclasses import replace

from aiogram.types import (
    BufferedInputFile,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    ReplyParameters,
)

from bot.messages.callbacks import pack_action
from bot.messages.message import Button, Message, Prose, TextStyle, Upload, utf16_length

ENTITIES = {TextStyle.BOLD: "bold", TextStyle.ITALIC: "italic", TextStyle.QUOTE: "blockquote"}
# Telegram itself turns control characters into spaces and drops these; what it drops would shift our offsets.
_CLEANED = {code: " " for code in range(32) if chr(code) != "\n"} | {
    ord("\r"): None,
    **dict.fromkeys(range(0x2028, 0x202F)),
}


def render_text(prose: Prose, most: int) -> tuple[str, list[MessageEntity]]:
    """At most ``most`` units of it, with an ellipsis for what does not fit."""
    clean = Prose(tuple(replace(piece, text=_clean_text(piece.text)) for piece in prose.pieces)).strip()
    if utf16_length(str(clean)) > most:
        clean = clean.split_to_fit(most - 1)[0].strip() + "…"
    found, offset = [], 0
    for piece in clean.pieces:
        length = utf16_length(piece.text)
        if piece.style in ENTITIES and piece.text.strip():
            found.append(MessageEntity(type=ENTITIES[piece.style], offset=offset, length=length))
        offset += length
    return str(clean), found


def _clean_text(text: str) -> str:
    """Half a surrogate pair cannot be sent; Telegram would cut such a name into one."""
    return text.translate(_CLEANED).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def render_keyboard(message: Message) -> InlineKeyboardMarkup | None:
    if not message.buttons:
        return None
    return InlineKeyboardMarkup(inline_keyboard=[[_render_button(button) for button in row] for row in message.buttons])


def _render_button(button: Button) -> InlineKeyboardButton:
    """Raises ValueError for a button that could do nothing."""
    if button.url is not None:
        return InlineKeyboardButton(text=button.label, url=button.url)
    if button.action is None:
        raise ValueError("a button without action and link")
    return InlineKeyboardButton(text=button.label, callback_data=pack_action(button.action))


def render_markup(message: Message) -> InlineKeyboardMarkup | ForceReply | None:
    return render_keyboard(message) or (ForceReply(selective=True) if message.force_reply else None)


def render_reply(message: Message) -> ReplyParameters | None:
    """The message answered to may be gone; ours is sent all the same."""
    if message.reply_to is None:
        return None
    return ReplyParameters(message_id=int(message.reply_to), allow_sending_without_reply=True)


def render_file(upload: Upload) -> str | BufferedInputFile:
    """Telegram's own id where there is one, else the bytes."""
    if upload.file_id is not None:
        return upload.file_id
    return BufferedInputFile(upload.data or b"", filename=upload.name)
