"""What can be said in a chat, whichever messenger carries it: words, a picture, buttons.

Words are pieces with a style, so nothing that people typed is ever taken for markup.
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
    """Styled words. ``Prose.of("Case 12", bold=True) + "\\n" + quote(text)``"""

    pieces: tuple[TextPiece, ...] = ()

    def __add__(self, other: Prose | str) -> Prose:
        return Prose(self.pieces + (other if isinstance(other, Prose) else plain(other)).pieces)

    def __str__(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    def __len__(self) -> int:
        return len(str(self))

    def cut(self, most: int) -> tuple[Prose, Prose]:
        """At most ``most`` units of it (see `units`), cut at a line's or word's end where one is near; the rest."""
        whole = str(self)
        if units(whole) <= most:
            return self, Prose()
        end = _fitting(whole, most)
        breaks = (whole.rfind(sign, 0, end + 1) for sign in "\n ")
        at = next((place for place in breaks if place > end // 2), end)
        return self._slice(0, at), self._slice(at + (whole[at] in "\n "), len(whole))

    def stripped(self) -> Prose:
        """Without the white space around it."""
        whole = str(self)
        return self._slice(len(whole) - len(whole.lstrip()), len(whole.rstrip()))

    def _slice(self, start: int, end: int) -> Prose:
        found, place = [], 0
        for piece in self.pieces:
            text = piece.text[max(0, start - place) : max(0, end - place)]
            place += len(piece.text)
            if text:
                found.append(replace(piece, text=text))
        return Prose(tuple(found))


def units(text: str) -> int:
    """Length as messengers count it: in UTF-16, where most emoji take two."""
    return len(text) + sum(character > "\uffff" for character in text)


def _fitting(text: str, most: int) -> int:
    """How many of the first characters take at most so many units."""
    taken = 0
    for index, character in enumerate(text):
        taken += 1 + (character > "\uffff")
        if taken > most:
            return index
    return len(text)


def plain(text: str) -> Prose:
    return Prose((TextPiece(text),)) if text else Prose()


def bold(text: str) -> Prose:
    return Prose((TextPiece(text, TextStyle.BOLD),))


def italic(text: str) -> Prose:
    return Prose((TextPiece(text, TextStyle.ITALIC),))


def quote(text: str) -> Prose:
    """A customer's own words."""
    return Prose((TextPiece(text, TextStyle.QUOTE),))


def lines(parts: Iterable[Prose | str], between: str = "\n") -> Prose:
    """Parts under each other; empty ones leave no gap."""
    found = Prose()
    for part in parts:
        if len(part):
            found = found + (between if found.pieces else "") + part
    return found


@dataclass(frozen=True, slots=True)
class Button:
    """A label with an action or, instead, a link."""

    label: str
    action: Action | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture or file: bytes of our own, or the messenger's lasting id of one it has.

    ``as_file`` keeps a picture from being recompressed. ``remember`` is the key under which the id that the messenger
    gives back is kept in `picture`.
    """

    name: str
    data: bytes | None = field(default=None, repr=False)
    file_id: str | None = None
    as_file: bool = False
    kind: str = "photo"  # photo | voice | document
    remember: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message. With an upload the words are its caption."""

    text: Prose
    buttons: tuple[tuple[Button, ...], ...] = ()
    upload: Upload | None = None
    reply_to: str | None = None  # a message id in the same chat
    thread: int | None = None
    silent: bool = False
    force_reply: bool = False  # invites to answer to this very message


MOST_TEXT = 4096
MOST_CAPTION = 1024
