"""Photos and voice messages as answers in words: a mark stands for the file where the words are read."""

from collections.abc import Mapping

FILE_MARKS: Mapping[str, str] = {"photo": "📷", "voice": "🎤"}
"""Mark of each kind of message that holds a file."""


def words_of_file(kind: str, caption: str) -> str:
    """Return the words that stand for a photo or voice message: its mark, and its caption if it has one."""
    return f"{FILE_MARKS[kind]} {caption}".strip()
