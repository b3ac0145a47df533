"""Words for messages that are taken away: what stands in place of theirs, and who is told what remains.

Invariants:

* A message that cannot be deleted is emptied: no word, photo or file of the person stays in it. Of a voice message no
  messenger lets us replace the recording, so it says that people are to delete it.
* Reports name numbers, cases and links, and nobody.
"""

import struct
import zlib
from collections.abc import Callable, Mapping, Sequence

from bot.db.delivery.recalls import RecallTarget
from bot.db.delivery.states import ErasureCause, MessageCarrier, RecallState
from bot.messages.message import Message, Prose, Upload, bold, join_lines, plain
from bot.texts import Words
from cjm.address import Address

MessageLink = Callable[[Address, str], str | None]
MOST_LISTED = 25  # messages that remain; more would not fit a message
PICTURE_SIZE, PICTURE_SHADE = (640, 160), 0xD8  # wide and low: it takes little room in a chat


def empty_message(
    carrier: MessageCarrier | None, cause: ErasureCause, words: Words, *, is_own: bool = False
) -> Message:
    """Return what a message that cannot be deleted becomes.

    A photo becomes an empty picture, a document an empty file. ``is_own``: it is in the chat of the person themself.
    ``carrier`` None fits a text, and changes only the words under anything else.
    """
    if carrier is MessageCarrier.VOICE:
        return Message(plain(words(f"recall.voice.{cause}")), quotes=frozenset())
    is_about_reader = is_own and cause in (ErasureCause.WISH, ErasureCause.GONE)
    text = words(f"recall.empty.{cause}.own" if is_about_reader else f"recall.empty.{cause}")
    upload = _EMPTY_FILES.get(carrier) if carrier is not None else None
    return Message(plain(text), upload=upload, quotes=frozenset())


def remaining_report(
    remaining: Sequence[RecallTarget], cause: ErasureCause, words: Words, link: MessageLink
) -> Message:
    """Ask those who see a chat to delete what could be neither deleted nor emptied in it."""
    lines = [_place_text(each, words, link) for each in remaining[:MOST_LISTED]]
    more = len(remaining) - MOST_LISTED
    rest = words("recall.more", n=more) if more > 0 else ""
    head = bold(words(f"recall.remains.{cause}", n=len(remaining)))
    return Message(join_lines([head, join_lines([*lines, rest])], "\n\n"))


def _place_text(recall: RecallTarget, words: Words, link: MessageLink) -> str:
    """Return "Voice message · case 12 · https://…", as far as it is known."""
    case = words("recall.case", number=recall.case_number) if recall.case_number is not None else ""
    url = link(recall.to, recall.message_id) or ""
    return "• " + " · ".join(filter(None, (words(f"recall.what.{recall.carrier or MessageCarrier.TEXT}"), case, url)))


def erasure_report(counts: Mapping[RecallState, int], words: Words) -> Message:
    """Tell a person who was forgotten what became of the messages in other chats that showed their words."""
    deleted, emptied, remaining = (
        counts.get(state, 0) for state in (RecallState.DELETED, RecallState.EMPTIED, RecallState.REMAINS)
    )
    if not remaining and not emptied:
        return Message(_with_end(bold(words("recall.report.gone", n=deleted)), words))
    parts = (("deleted", deleted), ("emptied", emptied), ("remains", remaining))
    lines = [words(f"recall.report.{key}", n=n) for key, n in parts if n]
    return Message(_with_end(join_lines([bold(words("recall.report.head")), *lines]), words))


def _with_end(text: Prose, words: Words) -> Prose:
    return join_lines([text, words("recall.report.end")], "\n\n")


def recall_lines(recalled: int, lasting: Sequence[RecallTarget], in_doubt: int, words: Words) -> str:
    """Return what happens now to messages that show the words of a person who was just forgotten."""
    parts = [("now", recalled), ("lasting", len(lasting)), ("in_doubt", in_doubt)]
    return " ".join(words(f"recall.{key}", n=n) for key, n in parts if n) or words("recall.none")


def _draw_empty_picture() -> bytes:
    """Return a PNG of one shade."""
    width, height = PICTURE_SIZE

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    pixels = (b"\0" + bytes([PICTURE_SHADE]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)  # 8 bits of grey
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(pixels, 9)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


_EMPTY_FILES = {
    MessageCarrier.PHOTO: Upload("erased.png", _draw_empty_picture(), cache_key="erased photo"),
    # One space: messengers take no file without any bytes.
    MessageCarrier.DOCUMENT: Upload("erased.txt", b" ", kind="document", cache_key="erased document"),
}
