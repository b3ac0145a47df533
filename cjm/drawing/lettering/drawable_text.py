"""Drawable text: what typed text becomes on a picture, and which of its letters no font has.

Nothing is ever drawn as a box: a letter that no font has becomes "…", a sign or emoji that no font has is left out.
"""

import re
import unicodedata

from cjm.drawing.lettering.clusters import IGNORABLE, is_mark, split_clusters
from cjm.drawing.lettering.typefaces import find_typeface, is_letter, is_plain

MOST_CHARACTERS = 400  # of a typed text are used: no place on a map holds more
GAP = "…"
_MOST_MARKS = 4  # on one letter: no script needs more, and a tower of them would cover the lines above
_END_OF_CYRILLIC = 0x0530  # Latin, Greek and Cyrillic stand below it: their marks compose, or are no letters


def keep_drawable_text(text: str) -> str:
    """Return typed text as one line that can be set: without control characters and line breaks.

    Letters are composed ("и" and a breve become "й"), so that the typeface's own glyph is found.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text[:MOST_CHARACTERS].split())
    # Cut before normalizing, which costs time for each character, and far enough, as composing shortens the text.
    composed = unicodedata.normalize("NFC", text[: 4 * MOST_CHARACTERS])
    kept = composed if is_plain(composed) else _keep_clusters(composed)
    kept = re.sub(f"{GAP}(?:[ {GAP}]*{GAP})+", GAP, kept)
    return " ".join(part for part in kept.split(" ") if part).strip()


def find_undrawable_letters(text: str) -> str:
    """Return the letters of a text that no font has, each once: a picture shows "…" in their place."""
    composed = unicodedata.normalize("NFC", text)
    if is_plain(composed):
        return ""
    clusters = split_clusters(composed)
    missing = (c for c in clusters if is_letter(c) and find_typeface(_limit_marks(c)) is None)
    return "".join(dict.fromkeys(missing))


def has_letters(text: str) -> bool:
    """Return whether the text has a letter: digits, signs and emoji alone are no words."""
    return any(letter.isalpha() for letter in text)


def is_drawable(text: str) -> bool:
    """Return whether fonts have all letters of a text."""
    return not find_undrawable_letters(text)


def _keep_clusters(text: str) -> str:
    visible = "".join(_keep_character(character) for character in text)
    return "".join(_keep_cluster(cluster) for cluster in split_clusters(visible))


def _keep_character(character: str) -> str:
    # Unicode's categories. Z: separators of lines and paragraphs, Cc: control characters; they separated words.
    # Other C: invisible or without a meaning, but for the joiners inside of words and emoji.
    category = unicodedata.category(character)
    if category in ("Zl", "Zp", "Cc"):
        return " "
    if category in ("Cf", "Cs", "Co", "Cn") and character not in IGNORABLE and not _is_tag(character):
        return ""
    return character


def _is_tag(character: str) -> bool:
    return 0xE0020 <= ord(character) < 0xE0080  # spells a flag


def _keep_cluster(cluster: str) -> str:
    cluster = _limit_marks(cluster)
    if not cluster or cluster[0] in IGNORABLE or is_mark(cluster[0]):
        return ""
    if find_typeface(cluster):
        return cluster
    return GAP if is_letter(cluster) else ""


def _limit_marks(cluster: str) -> str:
    marks = [c for c in cluster[1:] if is_mark(c)]
    if ord(cluster[0]) < _END_OF_CYRILLIC and cluster[0].isalpha():
        return cluster[0]
    return cluster if len(marks) <= _MOST_MARKS else cluster[0] + "".join(marks[:_MOST_MARKS])
