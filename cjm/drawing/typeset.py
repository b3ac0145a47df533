"""Text before it is placed: cleaned, broken into lines, cut to a room. A ``TextMeasure`` tells the widths."""

import unicodedata
from collections.abc import Callable

from cjm.drawing.primitives import Weight
from cjm.drawing.theme import FontStyle

TextMeasure = Callable[[str, float, Weight], float]
"""Text, size in pixels and weight → width in pixels."""

ELLIPSIS = "…"
LONGEST = 400  # letters of a text that are used: no room on a map holds more
_FIRST_SYMBOL = 0x2190  # arrows, dingbats, emoji; below it stand №, ©, ™ and °, which the typeface has


def clean_text(text: str) -> str:
    """Return typed text as one line that can be set: without control characters, line breaks and emoji.

    Letters are composed ("и" and a breve become "й"), so that the typeface's own glyph is found.
    """
    composed = unicodedata.normalize("NFC", text[: 4 * LONGEST])
    kept = "".join(_keep_letter(letter) for letter in composed)
    return " ".join(part for part in kept.split(" ") if part).strip()


def _keep_letter(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in ("Zl", "Zp", "Cc"):
        return " "  # a line break or a tab separated words
    if category in ("Cf", "Cs", "Co", "Cn", "Mn", "Me"):
        return ""
    if category in ("So", "Sk") and ord(letter) >= _FIRST_SYMBOL:
        return ""
    return letter


def is_readable(text: str) -> bool:
    """Return whether most letters are Latin, Greek or Cyrillic, the only ones that the typeface has."""
    letters = [ord(letter) for letter in text if letter.isalpha()]
    return bool(letters) and sum(code < 0x0530 or 0x1E00 <= code < 0x2000 for code in letters) >= 0.6 * len(letters)


def fit_line(text: str, room: float, style: FontStyle, measure: TextMeasure) -> str:
    """Return one line, cut with an ellipsis where it is too wide; empty where there is no room even for that."""
    if measure(text, style.px, style.weight) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle].rstrip(" ,.;:") + ELLIPSIS, style.px, style.weight) <= room:
            low = middle
        else:
            high = middle - 1
    cut = text[:low].rstrip(" ,.;:") + ELLIPSIS
    return cut if measure(cut, style.px, style.weight) <= room else ""


def wrap_lines(text: str, room: float, style: FontStyle, measure: TextMeasure, *, most: int = 3) -> list[str]:
    """Break text into at most ``most`` lines; the last one is cut with an ellipsis.

    Lines break at spaces; a word wider than a line breaks anywhere.
    """
    lines: list[str] = []
    rest = text[:LONGEST].split(" ")
    while rest and len(lines) < most - 1:
        taken = _count_fitting_words(rest, room, style, measure)
        if taken:
            lines.append(" ".join(rest[:taken]))
            del rest[:taken]
        else:
            head, tail = _break_word(rest[0], room, style, measure)
            lines.append(head)
            rest[0] = tail
    if rest and " ".join(rest):
        lines.append(fit_line(" ".join(rest), room, style, measure))
    return lines


def _count_fitting_words(words: list[str], room: float, style: FontStyle, measure: TextMeasure) -> int:
    taken = 0
    while taken < len(words) and measure(" ".join(words[: taken + 1]), style.px, style.weight) <= room:
        taken += 1
    return taken


def _break_word(word: str, room: float, style: FontStyle, measure: TextMeasure) -> tuple[str, str]:
    """Break a word that is too wide for a line where the line ends; at least one letter stays in it."""
    kept = 1
    while kept < len(word) and measure(word[: kept + 1], style.px, style.weight) <= room:
        kept += 1
    return word[:kept], word[kept:]
