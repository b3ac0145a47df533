"""Text before it is placed: cleaned, broken into lines, cut to a width, as a ``TextMeasure`` tells it."""

import unicodedata
from collections.abc import Callable

from cjm.drawing.primitives import Weight
from cjm.drawing.theme import FontStyle

TextMeasure = Callable[[str, float, Weight], float]
"""Text, size in pixels and weight → width in pixels."""

ELLIPSIS = "…"
MOST_CHARACTERS = 400  # of a text are used: no place on a map holds more
_FIRST_SYMBOL = 0x2190  # arrows, dingbats, emoji; below it stand №, ©, ™ and °, which the typeface has
_END_OF_CYRILLIC = 0x0530  # Latin, Greek and Cyrillic stand below it
_LATIN_AND_GREEK_EXTENDED = range(0x1E00, 0x2000)


def keep_drawable_text(text: str) -> str:
    """Return typed text as one line that can be set: without control characters, line breaks and emoji.

    Letters are composed ("и" and a breve become "й"), so that the typeface's own glyph is found.
    """
    # Cut before normalizing, which costs time for each character, and far enough, as composing shortens the text.
    composed = unicodedata.normalize("NFC", text[: 4 * MOST_CHARACTERS])
    kept = "".join(_keep_letter(letter) for letter in composed)
    return " ".join(part for part in kept.split(" ") if part).strip()


def _keep_letter(letter: str) -> str:
    # Unicode's categories. Z: separators of lines and paragraphs, Cc: control characters; they separated words.
    # Other C: invisible or without a meaning, M: marks that did not compose, S: symbols and modifiers.
    category = unicodedata.category(letter)
    if category in ("Zl", "Zp", "Cc"):
        return " "
    if category in ("Cf", "Cs", "Co", "Cn", "Mn", "Me"):
        return ""
    if category in ("So", "Sk") and ord(letter) >= _FIRST_SYMBOL:
        return ""
    return letter


def is_readable(text: str) -> bool:
    """Return whether at least 60 % of the letters are Latin, Greek or Cyrillic, the only ones that the typeface has."""
    letters = [ord(letter) for letter in text if letter.isalpha()]
    known = [code for code in letters if code < _END_OF_CYRILLIC or code in _LATIN_AND_GREEK_EXTENDED]
    return bool(letters) and len(known) >= 0.6 * len(letters)


def fit_line(text: str, max_width: float, style: FontStyle, measure: TextMeasure) -> str:
    """Return one line, cut with an ellipsis where it is wider than ``max_width``; empty if not even that fits."""
    if measure(text, style.px, style.weight) <= max_width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle].rstrip(" ,.;:") + ELLIPSIS, style.px, style.weight) <= max_width:
            low = middle
        else:
            high = middle - 1
    cut = text[:low].rstrip(" ,.;:") + ELLIPSIS
    return cut if measure(cut, style.px, style.weight) <= max_width else ""


def wrap_lines(text: str, max_width: float, style: FontStyle, measure: TextMeasure, *, max_lines: int = 3) -> list[str]:
    """Break text into at most ``max_lines`` lines; the last one is cut with an ellipsis if too wide.

    Lines break at spaces; a word wider than a line breaks anywhere.
    """
    lines: list[str] = []
    rest = text[:MOST_CHARACTERS].split(" ")
    while rest and len(lines) < max_lines - 1:
        taken = _count_fitting_words(rest, max_width, style, measure)
        if taken:
            lines.append(" ".join(rest[:taken]))
            del rest[:taken]
        else:
            head, tail = _break_word(rest[0], max_width, style, measure)
            lines.append(head)
            rest[0] = tail
    if rest and " ".join(rest):
        lines.append(fit_line(" ".join(rest), max_width, style, measure))
    return lines


def _count_fitting_words(words: list[str], max_width: float, style: FontStyle, measure: TextMeasure) -> int:
    taken = 0
    while taken < len(words) and measure(" ".join(words[: taken + 1]), style.px, style.weight) <= max_width:
        taken += 1
    return taken


def _break_word(word: str, max_width: float, style: FontStyle, measure: TextMeasure) -> tuple[str, str]:
    """Break a word that is too wide for a line where the line ends; at least one letter stays in it."""
    kept = 1
    while kept < len(word) and measure(word[: kept + 1], style.px, style.weight) <= max_width:
        kept += 1
    return word[:kept], word[kept:]
