"""Breaks: where a line may end, in the ways of the scripts.

* Words end at spaces. Japanese and Thai write none: a model finds the ends of their phrases and words (BudouX). In
  Chinese, Lao, Khmer and Burmese a line may end between letters, but for signs that must not begin or end a line.
* A word wider than a line is broken behind a sign inside of it, or at a syllable by the rules of its language; a phrase
  without spaces between any letters.
"""

import functools
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from cjm.drawing.lettering.clusters import split_clusters

if TYPE_CHECKING:
    import budoux

HYPHEN = "-"
_NOT_FIRST = frozenset(
    "、。，．・：；？！ー々ゝヽぁぃぅぇぉっゃゅょァィゥェォッャュョ）］｝」』】〉》”’…‥%％ๆฯ,.;:!?)]}\"'»”"
)
_NOT_LAST = frozenset("（［｛「『【〈《“‘([{«„")
_SIGNS_INSIDE = re.compile(r"(?<=[-/_.@?&=–—])(?=\w)")
_WORD_PART = re.compile(r"[^\W\d_]{4,}")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_CYRILLIC_LANGUAGES = frozenset(("ru", "uk", "bg", "be", "mn", "sr", "mk"))
_KANA, _THAI = re.compile("[\u3040-\u30ff]"), re.compile("[\u0e00-\u0e7f]")
_UNSPACED = (
    range(0x0E00, 0x0F00),  # Thai, Lao
    range(0x1000, 0x10A0),  # Burmese
    range(0x1780, 0x1800),  # Khmer
    range(0x2E80, 0xA4D0),  # Chinese, kana
    range(0xF900, 0xFB00),
    range(0xFF00, 0xFFF0),  # full width
    range(0x20000, 0x32000),
)


def split_units(text: str, *, by_phrases: bool = True) -> list[str]:
    """Return the parts of a text, each with a place behind it where a line may end; joined again they are the text.

    Without ``by_phrases`` a Japanese or Thai line may end inside of a phrase: more of the text fits.
    """
    units: list[str] = []
    for word in re.split(r"(?<= )", text):
        units += _split_word(word, by_phrases=by_phrases)
    return units


def has_phrases(text: str) -> bool:
    """Return whether lines of this text end between phrases that no space divides."""
    return not text.isascii() and bool(_THAI.search(text) or _KANA.search(text))


def _split_word(word: str, *, by_phrases: bool) -> list[str]:
    if not any(_is_unspaced(letter) for letter in word):
        return [word] if word else []
    if by_phrases and has_phrases(word):
        parts = _phrase_parser("thai" if _THAI.search(word) else "japanese").parse(word)
    else:
        parts = [word[a:b] for a, b in pairwise((0, *_ends_between_letters(word), len(word)))]
    return _join_signs(parts)


def _join_signs(parts: list[str]) -> list[str]:
    """Join parts between which a line must not end."""
    units = [""]
    for part in parts:
        stays = part[:1] in _NOT_FIRST or part.isspace() or units[-1][-1:] in _NOT_LAST
        if units[-1] and not stays:
            units.append("")
        units[-1] += part
    return units


def _ends_between_letters(word: str) -> Iterator[int]:
    """Yield the places between two clusters where one of them belongs to a script that writes no spaces."""
    if not any(map(_is_unspaced, word)):
        return
    at = 0
    for before, cluster in pairwise(split_clusters(word)):
        at += len(before)
        is_open = _is_unspaced(before[0]) or _is_unspaced(cluster[0])
        if is_open and cluster[0] not in _NOT_FIRST and before[-1] not in _NOT_LAST and not cluster.isspace():
            yield at


@functools.cache
def _phrase_parser(language: str) -> "budoux.Parser":
    import budoux

    return budoux.load_default_thai_parser() if language == "thai" else budoux.load_default_japanese_parser()


def _is_unspaced(letter: str) -> bool:
    code = ord(letter)
    return code >= 0x0E00 and any(code in letters for letters in _UNSPACED)


def find_word_breaks(word: str, language: str) -> list[tuple[int, str]]:
    """Return the places at which a word may be broken, with the sign that the line then ends with, or none.

    ``language`` is that of the picture; a word in another alphabet is broken by the rules of one that is written in it.
    """
    places = {found.start(): "" for found in _SIGNS_INSIDE.finditer(word)}
    places |= dict.fromkeys(_ends_between_letters(word), "")
    for part in _WORD_PART.finditer(word):
        for place in _syllables(part.group(), _word_language(part.group(), language)):
            places.setdefault(part.start() + place, HYPHEN)
    return sorted(places.items())


def _word_language(word: str, language: str) -> str:
    if _CYRILLIC.search(word):
        return language if language in _CYRILLIC_LANGUAGES else "ru"
    return "en" if language in _CYRILLIC_LANGUAGES else language


@functools.lru_cache(2048)
def _syllables(word: str, language: str) -> tuple[int, ...]:
    import pyphen

    known = pyphen.language_fallback(language)
    return tuple(pyphen.Pyphen(lang=known).positions(word)) if known else ()
