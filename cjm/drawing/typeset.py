"""Text before it is placed: broken into lines, cut to a width, as a ``TextMeasure`` tells it."""

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

from cjm.drawing.lettering.breaks import find_word_breaks, has_phrases, split_units
from cjm.drawing.lettering.clusters import split_clusters
from cjm.drawing.primitives import Weight
from cjm.drawing.theme import FontStyle

TextMeasure = Callable[[str, float, Weight], float]
"""Text, size in pixels and weight → width in pixels."""

ELLIPSIS = "…"
MOST_CHARACTERS = 1_000  # of a text are looked at: a legend is the longest
_CUT_AT_A_WORD = 0.6  # of what fits: a line is cut at the end of a word if that keeps so much of it
_LOOSE_END = " ,.;:…"
_USUAL_LETTER = 0.5  # of the size: the width of a letter, on average


def fit_line(text: str, max_width: float, style: FontStyle, measure: TextMeasure, language: str = "en") -> str:
    """Return one line, cut with an ellipsis where it is wider than ``max_width``; empty if not even that fits.

    It is cut behind a word or, where that loses too much, behind a syllable.
    """
    if measure(text, style.px, style.weight) <= max_width:
        return text
    clusters = split_clusters(text[:MOST_CHARACTERS])
    low, high = 0, len(clusters)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(_cut("".join(clusters[:middle]), len(text)), style.px, style.weight) <= max_width:
            low = middle
        else:
            high = middle - 1
    shown = "".join(clusters[:low])
    cut = _cut(text, _find_cut(text, len(shown), language))
    return cut if measure(cut, style.px, style.weight) <= max_width else ""


def _cut(text: str, length: int) -> str:
    return text[:length].rstrip(_LOOSE_END) + ELLIPSIS


def _find_cut(text: str, length: int, language: str) -> int:
    """Return the end of a word or of a syllable shortly before ``length`` characters, or ``length``."""
    if text[length : length + 1] in ("", " "):
        return length
    start = text.rfind(" ", 0, length) + 1
    if start > _CUT_AT_A_WORD * length:
        return start
    word, *_ = text[start:].split(" ", 1)
    places = [start + place for place, _ in find_word_breaks(word, language) if start + place <= length]
    return max(places, default=start if start > length / 2 else length)


def wrap_lines(
    text: str,
    max_width: float,
    style: FontStyle,
    measure: TextMeasure,
    *,
    max_lines: int = 3,
    language: str = "en",
) -> list[str]:
    """Break text into at most ``max_lines`` lines; the last one is cut with an ellipsis if too wide.

    A word wider than a line is broken at a syllable of its language; one that has none there is cut.
    """
    text = text[:MOST_CHARACTERS]
    lines = _fill_lines(split_units(text), max_width, style, measure, max_lines, language)
    if has_phrases(text) and lines and lines[-1].endswith(ELLIPSIS):  # closer set, more of it can be read
        units = split_units(text, by_phrases=False)
        return _fill_lines(units, max_width, style, measure, max_lines, language)
    return lines


def balance_lines(
    text: str,
    max_width: float,
    style: FontStyle,
    measure: TextMeasure,
    *,
    max_lines: int = 3,
    language: str = "en",
) -> list[str]:
    """Break text as `wrap_lines` does, into as many lines, which are about equally wide: for titles.

    Text that is cut, or whose words are broken, stays as `wrap_lines` breaks it.
    """

    def wrap(width: float) -> list[str]:
        return wrap_lines(text, width, style, measure, max_lines=max_lines, language=language)

    lines = wrap(max_width)
    if len(lines) < 2 or " ".join(lines) != text:
        return lines
    # The widest line is at least as wide as the average one; seven halvings find the narrowest room to a few pixels.
    low, high = max_width / len(lines) / 2, max_width
    for _ in range(7):
        middle = (low + high) / 2
        narrower = wrap(middle)
        if len(narrower) == len(lines) and " ".join(narrower) == text:
            lines, high = narrower, middle
        else:
            low = middle
    return lines


def _fill_lines(
    rest: list[str], max_width: float, style: FontStyle, measure: TextMeasure, max_lines: int, language: str
) -> list[str]:
    lines: list[str] = []
    while rest and len(lines) < max_lines - 1:
        taken = _count_fitting_units(rest, max_width, style, measure)
        if taken:
            lines.append("".join(rest[:taken]).strip(" "))
            del rest[:taken]
        else:
            head, tail = _break_word(rest[0], max_width, style, measure, language)
            lines.append(head)
            rest[:1] = [tail] if tail else []
    if last := "".join(rest).strip(" "):
        lines.append(fit_line(last, max_width, style, measure, language))
    return lines


def _count_fitting_units(units: list[str], max_width: float, style: FontStyle, measure: TextMeasure) -> int:
    """Return how many units a line holds: as many as usual letters would be, then one more or less at a time.

    From the first unit on, each line would be measured as often as it has words.
    """

    def fits(count: int) -> bool:
        return measure("".join(units[:count]).strip(" "), style.px, style.weight) <= max_width

    taken = bisect_right(list(accumulate(map(len, units))), max_width / (_USUAL_LETTER * style.px))
    if not fits(taken):
        return next((count for count in range(taken - 1, 0, -1) if fits(count)), 0)
    return next((count for count in range(taken, len(units)) if not fits(count + 1)), len(units))


def _break_word(word: str, max_width: float, style: FontStyle, measure: TextMeasure, language: str) -> tuple[str, str]:
    """Break a word too wide for a line at a place that fits; without one it is cut and nothing is left."""
    places = find_word_breaks(word.strip(" "), language)
    fitting = [(at, sign) for at, sign in places if measure(word[:at] + sign, style.px, style.weight) <= max_width]
    if not fitting:
        return fit_line(word.strip(" "), max_width, style, measure, language), ""
    # Behind a hyphen that is there already, unless that leaves the line half empty.
    behind_signs = [place for place in fitting if not place[1] and 2 * place[0] >= fitting[-1][0]]
    at, sign = (behind_signs or fitting)[-1]
    return word[:at] + sign, word[at:]
