"""Clean names that people give themselves, before anybody else sees them.

A messenger lets anybody call themselves anything: marks that turn the direction of the text around them, towers of
accents that cover other lines, names that cannot be seen, or lines that look like the program's own.
"""

import unicodedata

from cjm.text import cut_text

MOST_NAME = 64
"""UTF-16 units of a name that others see."""

MOST_MARKS = 2
"""Accents on one letter that are kept: real names need no more, once letters and accents are composed."""

MOST_READ = 4 * MOST_NAME  # characters looked at; the rest could only be cut

# These count as letters or accents for Unicode, and show nothing.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def clean_given_name(name: str | None) -> str:
    """Return the name on one line, without what is invisible, turns text or piles up; "" if nothing is left."""
    shown = "".join(map(_shown_as, (name or "")[:MOST_READ]))
    return cut_text(" ".join(drop_needless_accents(unicodedata.normalize("NFC", shown)).split()), MOST_NAME)


def _shown_as(character: str) -> str:
    kind = unicodedata.category(character)
    if kind[0] == "Z" or character in "\t\n\r":
        return " "
    is_variant_sign = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return "" if kind[0] == "C" or character in _BLANK or is_variant_sign else character


def drop_needless_accents(text: str) -> str:
    """Drop accents that stand on no letter, and those beyond `MOST_MARKS` on one."""
    kept: list[str] = []
    marks = MOST_MARKS
    for character in text:
        if unicodedata.category(character)[0] != "M":
            marks = MOST_MARKS if character == " " else 0
        elif marks == MOST_MARKS:
            continue
        else:
            marks += 1
        kept.append(character)
    return "".join(kept)
