"""What somebody said in a message: words, a photo or a voice message. Other kinds are not taken."""

from aiogram.types import Message

from cjm.cases.case import CaseText, cleaned


def find_case_text(message: Message) -> CaseText | None:
    """None for what cannot be passed on: stickers, files, places, and what has no words in it."""
    if message.photo:
        return CaseText("photo", cleaned(message.caption), message.photo[-1].file_id)
    if message.voice:
        return CaseText("voice", cleaned(message.caption), message.voice.file_id)
    words = cleaned(message.text)
    return CaseText("text", words) if words else None
