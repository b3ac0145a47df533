"""Messages as values, for every messenger: words, a picture or file, buttons.

Invariants:

* Words are pieces with a style, so nothing that people typed is ever taken for markup.
* Limits are counted in UTF-16 units, as messengers count them; ``len`` of a Prose counts characters.
* A message knows no limits. A letter that fits its words to them asks the messenger; the messenger's port
  cuts what is still too long.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.messages.callbacks import Action


class TextStyle(StrEnum):
    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class TextPiece:
    text: str
    style: TextStyle = TextStyle.PLAIN


@dataclass(frozen=True, slots=True)
class Prose:
    """Styled words, such as ``bold("Case 12") + "\\n" + quote(text)``."""

    pieces: tuple[TextPiece, ...] = ()

    def __add__(self, other: Prose | str) -> Prose:
        return Prose(self.pieces + (other if isinstance(other, Prose) else plain(other)).pieces)

    def __str__(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    def __len__(self) -> int:
        return len(str(self))

    def split_to_fit(self, units: int) -> tuple[Prose, Prose]:
        """Return the first part, at most ``units`` long, and the rest.

        It is cut at the end of a line, else of a word; in the middle of a word if that would leave less than half.
        """
        whole = str(self)
        if utf16_length(whole) <= units:
            return self, Prose()
        end = _count_fitting_characters(whole, units)
        breaks = (whole.rfind(sign, 0, end + 1) for sign in "\n ")
        cut = next((place for place in breaks if place > end // 2), end)
        return self._slice(0, cut), self._slice(cut + (whole[cut] in "\n "), len(whole))

    def strip(self) -> Prose:
        """Return the words without the white space around them."""
        whole = str(self)
        return self._slice(len(whole) - len(whole.lstrip()), len(whole.rstrip()))

    def _slice(self, start: int, end: int) -> Prose:
        pieces, place = [], 0
        for piece in self.pieces:
            text = piece.text[max(0, start - place) : max(0, end - place)]
            place += len(piece.text)
            if text:
                pieces.append(replace(piece, text=text))
        return Prose(tuple(pieces))


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 units; most emoji take two."""
    return len(text) + sum(character > "\uffff" for character in text)


def _count_fitting_characters(text: str, units: int) -> int:
    """Return how many of the first characters fit into so many UTF-16 units."""
    taken = 0
    for index, character in enumerate(text):
        taken += 1 + (character > "\uffff")
        if taken > units:
            return index
    return len(text)


def plain(text: str) -> Prose:
    return Prose((TextPiece(text),)) if text else Prose()


def bold(text: str) -> Prose:
    return Prose((TextPiece(text, TextStyle.BOLD),))


def italic(text: str) -> Prose:
    return Prose((TextPiece(text, TextStyle.ITALIC),))


def quote(text: str) -> Prose:
    """Return a person's own words, set apart from ours."""
    return Prose((TextPiece(text, TextStyle.QUOTE),))


def join_lines(parts: Iterable[Prose | str], between: str = "\n") -> Prose:
    """Return the parts under each other; empty ones leave no gap."""
    joined = Prose()
    for part in parts:
        if len(part):
            joined = joined + (between if joined.pieces else "") + part
    return joined


@dataclass(frozen=True, slots=True)
class Button:
    """Label with an action or, instead, a link."""

    label: str
    action: Action | None = None
    url: str | None = None


ButtonRow = tuple[Button, ...]
"""Buttons side by side."""


@dataclass(frozen=True, slots=True)
class Upload:
    """Picture, voice message or file: bytes of our own, or the messenger's lasting id of one that it has.

    ``as_file`` keeps a picture from being recompressed. Under ``cache_key`` the messenger's id is kept, so that equal
    bytes are uploaded once.
    """

    name: str
    data: bytes | None = field(default=None, repr=False)
    file_id: str | None = None
    as_file: bool = False
    kind: str = "photo"  # photo | voice | document
    cache_key: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """Message to one chat. With an upload the words are its caption.

    ``quotes`` are the ids of the customers whose words or files it shows: it is taken away when one of them is
    forgotten. An empty set says that it shows none any more; None, that it is a message that never does.
    """

    text: Prose
    buttons: tuple[tuple[Button, ...], ...] = ()
    upload: Upload | None = None
    reply_to: str | None = None  # a message id in the same chat
    thread: int | None = None
    silent: bool = False
    force_reply: bool = False  # invites the reader to answer this very message
    quotes: frozenset[int] | None = None
