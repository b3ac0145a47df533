"""Clusters: what a reader sees as one letter, though it is stored as several characters.

A text is cut and broken between clusters only. "กำ", "क्ष" and "👩‍👩‍👧" are one cluster each.
"""

import unicodedata

JOINER, NON_JOINER = "\u200d", "\u200c"
EMOJI_LOOK, TEXT_LOOK = "\ufe0f", "\ufe0e"  # selectors: the character before is meant as an emoji, or as a sign
IGNORABLE = frozenset((JOINER, NON_JOINER, EMOJI_LOOK, TEXT_LOOK))  # they choose a glyph and have none themselves

_VOWELS_BEFORE = range(0x0E40, 0x0E45), range(0x0EC0, 0x0EC5)  # Thai and Lao: written before their consonant
_VOWELS_AFTER = ("\u0e32", "\u0e33", "\u0eb2", "\u0eb3")  # aa and am: never the first letter of a line
# Signs of Indic scripts that join two consonants. (Tamil's stays visible, and joins nothing.)
_JOINING_SIGNS = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)  # two of them are a flag
_FIRST_MARK = "\u0300"  # all characters before it stand alone
_TAGS = range(0xE0020, 0xE0080)  # spell the flags of parts of a country


def split_clusters(text: str) -> list[str]:
    """Return the clusters of a text in their order; put together again they are the text."""
    if max(text, default="") < _FIRST_MARK:
        return list(text)
    clusters: list[str] = []
    for character in text:
        if clusters and _belongs_to(clusters[-1], character):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def is_mark(character: str) -> bool:
    """Return whether the character is drawn on or around the one before it."""
    return unicodedata.category(character) in ("Mn", "Mc", "Me")


def _belongs_to(cluster: str, character: str) -> bool:
    if (character < _FIRST_MARK and cluster[-1] != JOINER) or cluster[-1].isspace() or character.isspace():
        return False
    code, last = ord(character), ord(cluster[-1])
    if is_mark(character) or character in IGNORABLE or character in _VOWELS_AFTER:
        return True
    if code in _SKIN_TONES or code in _TAGS or cluster[-1] == JOINER:
        return True
    if cluster[-1] in _JOINING_SIGNS:
        return character.isalpha()
    if code in _FLAG_LETTERS:
        return len(cluster) == 1 and last in _FLAG_LETTERS
    return any(last in vowels for vowels in _VOWELS_BEFORE) and character.isalpha()
