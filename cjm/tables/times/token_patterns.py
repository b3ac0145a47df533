"""Regular expressions of formats: one group for each directive, named by its letter.

White space in a format is any white space in a cell, and letters may be of any case. A number may be written without
its zeros, except where it touches another number: "1112026" may be 1 November or 11 January.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from cjm.tables.times.format_parts import FormatToken
from cjm.tables.times.zone_text import ZONE

_YEAR_WORD = r"(?:\s*(?:г\.?|года|r\.?|roku))?"  # "2026 г.", "2026 r."


def compile_tokens(tokens: Sequence[FormatToken], words: Mapping[str, Iterable[str]]) -> re.Pattern[str]:
    """Return the pattern of a format. ``words`` holds the names of months and weekdays, and more names of zones."""
    return re.compile("".join(_token_pattern(tokens, place, words) for place in range(len(tokens))), re.IGNORECASE)


def _token_pattern(tokens: Sequence[FormatToken], place: int, words: Mapping[str, Iterable[str]]) -> str:
    token = tokens[place]
    if not token.letter:
        # Between a time and its am or zone the space is optional: programs differ in it.
        is_before_word = place + 1 < len(tokens) and tokens[place + 1].letter in ("p", "z", "Z")
        return _literal_pattern(token.text, is_optional=is_before_word)
    name = f"(?P<{token.letter}>"
    if token.digits:
        return f"{name}{_digits_pattern(tokens, place)}){_YEAR_WORD if token.part == 'year' else ''}"
    return f"{name}{_word_pattern(token.part, words)})"


def _word_pattern(part: str, words: Mapping[str, Iterable[str]]) -> str:
    if part == "half of the day":
        return r"[ap]\.?\s?m\.?"
    if part == "time zone":
        names = [r"\s+".join(map(re.escape, name.split())) for name in words[part]]
        return "|".join((*sorted(names, key=len, reverse=True), ZONE))
    return rf"(?:{_any_of(words[part])})\.?"


def _literal_pattern(text: str, *, is_optional: bool) -> str:
    escaped = re.sub(r"\s+", " ", text)
    last = r"\s*" if is_optional and escaped.endswith(" ") else ""
    body = escaped.rstrip(" ") if last else escaped
    return r"\s+".join(map(re.escape, body.split(" "))) + last


def _digits_pattern(tokens: Sequence[FormatToken], place: int) -> str:
    """Return the pattern of a number: of exactly so many digits where another number follows it or comes before."""
    token = tokens[place]
    before = tokens[place - 1] if place else FormatToken("")
    after = tokens[place + 1] if place + 1 < len(tokens) else FormatToken("")
    is_in_run = before.digits or before.text[-1:].isdigit() or after.digits or after.text[:1].isdigit()
    if token.letter == "f":  # more than microseconds are cut
        return "[0-9]{6}" if after.digits or after.text[:1].isdigit() else "[0-9]{1,9}"
    if is_in_run or token.part.startswith("year"):
        return f"[0-9]{{{token.digits}}}"
    ordinal = "(?:st|nd|rd|th)?" if token.letter == "d" and any(t.letter in ("b", "B") for t in tokens) else ""
    return f"[0-9]{{1,{token.digits}}}" if not ordinal else f"[0-9]{{1,2}})(?:{ordinal}"


def _any_of(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
