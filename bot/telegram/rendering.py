"""Messages of the product as Telegram takes them: text with entities, keyboards, files.

Text is sent with entities and never with markup, so nothing that people typed can be taken for markup.
"""

from dataclasses import replace

from aiogram import types

from bot.messages.callbacks import pack_action
from bot.messages.message import Button, Message, Prose, TextStyle, Upload, utf16_length

ENTITIES = {TextStyle.BOLD: "bold", TextStyle.ITALIC: "italic", TextStyle.QUOTE: "blockquote"}
# Telegram turns control characters into spaces and drops some others. We do it first, because whatever Telegram
# dropped would shift the offsets of our entities.
_CLEANED = {code: " " for code in range(32) if chr(code) != "\n"} | {
    ord("\r"): None,
    **dict.fromkeys(range(0x2028, 0x202F)),
}


def render_text(prose: Prose, most_units: int) -> tuple[str, list[types.MessageEntity]]:
    """Return the text with its entities, at most ``most_units`` UTF-16 units of it; an ellipsis stands for the rest."""
    clean = Prose(tuple(replace(piece, text=_clean_text(piece.text)) for piece in prose.pieces)).strip()
    if utf16_length(str(clean)) > most_units:
        clean = clean.split_to_fit(most_units - 1)[0].strip() + "…"
    entities, offset = [], 0
    for piece in clean.pieces:
        length = utf16_length(piece.text)
        # Telegram refuses an entity over white space alone.
        if piece.style in ENTITIES and piece.text.strip():
            entities.append(types.MessageEntity(type=ENTITIES[piece.style], offset=offset, length=length))
        offset += length
    return str(clean), entities


def _clean_text(text: str) -> str:
    """Remove or replace what Telegram would, and put � for half a surrogate pair, which cannot be sent as UTF-8."""
    return text.translate(_CLEANED).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def render_keyboard(message: Message) -> types.InlineKeyboardMarkup | None:
    if not message.buttons:
        return None
    return types.InlineKeyboardMarkup(
        inline_keyboard=[[_render_button(button) for button in row] for row in message.buttons]
    )


def _render_button(button: Button) -> types.InlineKeyboardButton:
    """Return a button with its link or its action. Raises ValueError for one that has neither."""
    if button.url is not None:
        return types.InlineKeyboardButton(text=button.label, url=button.url)
    if button.action is None:
        raise ValueError("a button needs an action or a link")
    return types.InlineKeyboardButton(text=button.label, callback_data=pack_action(button.action))


def render_markup(message: Message) -> types.InlineKeyboardMarkup | types.ForceReply | None:
    """Return the buttons, or the invitation to reply: Telegram takes one of them."""
    # Selective, so that in a group only the addressed person's input field opens.
    return render_keyboard(message) or (types.ForceReply(selective=True) if message.force_reply else None)


def render_reply(message: Message) -> types.ReplyParameters | None:
    """Return what this message replies to; it is sent also when that message was deleted meanwhile."""
    if message.reply_to is None:
        return None
    return types.ReplyParameters(message_id=int(message.reply_to), allow_sending_without_reply=True)


def render_file(upload: Upload) -> str | types.BufferedInputFile:
    """Return Telegram's id of a file that it has already, else the bytes to upload."""
    if upload.file_id is not None:
        return upload.file_id
    return types.BufferedInputFile(upload.data or b"", filename=upload.name)
