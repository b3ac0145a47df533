"""Tokens of a text: its numbers, words, emoticons and other characters, each with its place in the text.

Invariants:

* Only the first `MOST_TOKENS` tokens are read: an answer stands at the beginning, and so the time has a bound.
* ``key`` is how a token is compared: without case, accents of Polish and the two dots of "ё". The text itself stays.
"""

import re
from dataclasses import dataclass
from enum import Enum
from itertools import islice

MOST_TOKENS = 60

_PATTERN = re.compile(
    r"(?P<number>[0-9]+)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)"
    r"|(?P<smile>[:;=]-?[()D](?![^\W\d_]))"
    r"|(?P<line>\n)"
    r"|(?P<other>[^\s])"
)
# Invisible parts of emoji: the choice of a coloured form, joiners, key caps, tones of skin; and what web pages leave.
_UNSEEN = frozenset("\ufe0e\ufe0f\u200d\u20e3\u200b\u2060\ufeff\u00ad") | {
    chr(tone) for tone in range(0x1F3FB, 0x1F400)
}
_FOLDED = str.maketrans("ąćęłńóśźżё’", "acelnoszzе'")


class TokenKind(Enum):
    NUMBER = "number"
    WORD = "word"
    SMILE = "smile"
    LINE = "line"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Token:
    """Part of a text from ``start`` to ``end``. ``is_glued``: it follows the part before it without a space."""

    kind: TokenKind
    key: str
    start: int
    end: int
    is_glued: bool


def fold_text(text: str) -> str:
    """Return the text as it is compared: "Piątka" and "piatka" are the same."""
    return text.casefold().translate(_FOLDED)


def read_tokens(text: str) -> list[Token]:
    """Return the first tokens of a text in their order."""
    found: list[Token] = []
    for match in islice(_PATTERN.finditer(text), MOST_TOKENS):
        key = fold_text(match.group())
        if key not in _UNSEEN:
            is_glued = match.start() > 0 and not text[match.start() - 1].isspace()
            found.append(Token(TokenKind(match.lastgroup), key, match.start(), match.end(), is_glued))
    return found
