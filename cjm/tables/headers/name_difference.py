"""Find the name that was meant, and show two names so that their difference is seen.

Headers of surveys hold whole questions: two of them may be equal for a hundred letters, or differ only by a sign that
no screen shows.
"""

import unicodedata
from collections.abc import Iterable
from itertools import takewhile

from cjm.mistake_wording import find_similar, quote_name

_LONG = 40  # letters: longer names are cut by quote_name, and are shown around their difference here
_BEFORE = 16  # letters that are shown before the difference
_LEAST_COMMON = 0.6  # share of two long names that is equal at their beginning and end
_SPOKEN = {
    "\u00a0": "a no-break space",
    "\u00ad": "a soft hyphen",
    "\u200b": "a zero-width space",
    "\u200c": "a zero-width non-joiner",
    "\u200d": "a zero-width joiner",
    "\u200e": "a left-to-right mark",
    "\u200f": "a right-to-left mark",
    "\u2060": "a word joiner",
    "\ufeff": "a byte order mark",
    "\n": "a line break",
    "\t": "a tab",
}


def normalize_name(name: str) -> str:
    """Return a name without what people do not see or mean: case, kinds of white space, and forms of letters."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def find_meant_name(name: str, names: Iterable[str]) -> str | None:
    """Return the one of ``names`` that was probably meant, or None."""
    by_plain = {_without_invisible(each): each for each in reversed(list(names)) if each}
    plain = _without_invisible(name)
    if plain in by_plain:
        return by_plain[plain]
    if len(plain) <= _LONG:
        found = find_similar(plain, by_plain)
        return by_plain[found] if found else None
    shares = {each: _common_share(plain, each) for each in by_plain}
    best = max(shares, key=lambda each: shares[each], default=None)
    return by_plain[best] if best is not None and shares[best] >= _LEAST_COMMON else None


def quote_apart(name: str, other: str) -> tuple[str, str]:
    """Return both names in quotes; long ones are cut around the place where they differ."""
    if min(len(name), len(other)) <= _LONG:
        return quote_name(name), quote_name(other)
    start = max(0, _common_start(name, other) - _BEFORE)
    return _quote_from(name, start), _quote_from(other, start)


def name_invisible_difference(name: str, other: str) -> str | None:
    """Return the invisible character that one of two names has and the other has not: "a zero-width space"."""
    if _without_invisible(name) != _without_invisible(other):
        return None
    only = [c for c in _invisible(name) + _invisible(other) if name.count(c) != other.count(c)]
    if not only:
        return None
    return _SPOKEN.get(only[0]) or f"the invisible character U+{ord(only[0]):04X}"


def _without_invisible(name: str) -> str:
    return normalize_name("".join(c for c in name if not _is_invisible(c)))


def _invisible(name: str) -> list[str]:
    return [c for c in name if _is_invisible(c)]


def _is_invisible(sign: str) -> bool:
    return unicodedata.category(sign) == "Cf"


def _common_start(name: str, other: str) -> int:
    return sum(1 for _ in takewhile(_is_same_sign, zip(name, other, strict=False)))


def _is_same_sign(pair: tuple[str, str]) -> bool:
    one, other = pair
    return one.casefold() == other.casefold() or (one.isspace() and other.isspace())


def _common_share(name: str, other: str) -> float:
    start = _common_start(name, other)
    end = _common_start(name[start:][::-1], other[start:][::-1])
    return (start + end) / max(len(name), len(other))


def _quote_from(name: str, start: int) -> str:
    cut = name[start : start + _LONG]
    before, after = "…" if start else "", "…" if start + _LONG < len(name) else ""
    return quote_name(cut).replace('"', f'"{before}', 1)[:-1] + f'{after}"'
