"""Refuse formats that lose part of a time, and say what to write instead.

Invariants:

* A format that is accepted names a whole day, and a time of day without gaps; each part once.
* What a format of these tokens writes, it reads back.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from cjm.tables.times.format_parts import TIME_PARTS, FormatToken, join_tokens
from cjm.time_zones import ABBREVIATIONS

_ZONE_WORDS = "|".join(("Z", "UTC", "GMT", *ABBREVIATIONS))
_ZONE_WORD = re.compile(rf"(?<![A-Za-z])(?:{_ZONE_WORDS})(?![A-Za-z])|[+-]\d\d:?\d\d\b")
_HALF_WORD = re.compile(r"(?<![A-Za-z])[AP]\.?M\.?(?![A-Za-z])", re.IGNORECASE)
_NEEDED = (("minute", "hour", "%H"), ("second", "minute", "%M"), ("fraction of a second", "second", "%S"))


def find_loss(tokens: Sequence[FormatToken]) -> str | None:
    """Return what is wrong with a format of these tokens, as a sentence without subject; None if nothing is lost."""
    letters = {token.part: token.letter for token in tokens if token.letter}
    problems = chain(
        _find_repeated(tokens),
        _find_day_loss(letters),
        _find_hour_loss(letters),
        _find_gap(letters),
        _find_text_loss(tokens, letters),
        _find_open_zone(tokens),
    )
    return next(problems, None)


def _find_repeated(tokens: Sequence[FormatToken]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for token in tokens:
        if token.letter and token.part in seen:
            yield f"has the {token.part} twice, as %{seen[token.part]} and %{token.letter}; leave one out"
        seen[token.part] = token.letter
    if "year" in seen and "year of the week" in seen:
        yield f"has two years, %{seen['year']} and %G; leave one out"


def _find_day_loss(parts: dict[str, str]) -> Iterator[str]:
    """Yield why these parts, with their directives, do not name one day."""
    if "year of the week" in parts or parts.get("week") == "V":
        yield from _find_iso_week_loss(parts)
    elif "year" not in parts:
        yield "has no year; add %Y"
    elif "week" in parts:
        yield from _find_week_loss(parts)
    elif "day of the year" in parts:
        yield from (
            f"has the day of the year, %j, and the {part}; leave one of them out"
            for part in ("month", "day")
            if part in parts
        )
    elif "month" not in parts:
        yield "has no month; add %m, or %j for the day of the year"
    elif "day" not in parts:
        yield "has no day; add %d"


def _find_iso_week_loss(parts: dict[str, str]) -> Iterator[str]:
    if "year of the week" not in parts:
        yield "has the week %V, whose year is %G; write %G-W%V-%u"
    elif parts.get("week") != "V":
        yield "has %G, the year that a week %V belongs to; write %Y for the year of a day"
    elif "weekday" not in parts:
        yield "has a week without its day; add the day of the week, %u or %a"
    else:
        yield from _find_second_day(parts)


def _find_week_loss(parts: dict[str, str]) -> Iterator[str]:
    if "weekday" not in parts:
        yield "has a week without its day; add the day of the week, %w or %a"
    yield from _find_second_day(parts)


def _find_second_day(parts: dict[str, str]) -> Iterator[str]:
    for part in ("month", "day", "day of the year"):
        if part in parts:
            yield f"has the week, %{parts['week']}, and the {part}; leave one of them out"


def _find_hour_loss(parts: dict[str, str]) -> Iterator[str]:
    if "half of the day" in parts and parts.get("hour") != "I":
        yield "has am or pm, %p, without a 12-hour clock; write %I for the hour"
    if parts.get("hour") == "I" and "half of the day" not in parts:
        yield "has the hour of a 12-hour clock, %I, without %p, am or pm; write %H for a 24-hour clock"
    if "time zone" in parts and "hour" not in parts:
        yield "has a time zone without a time of day; leave it out"


def _find_gap(parts: dict[str, str]) -> Iterator[str]:
    for part, larger, directive in _NEEDED:
        if part in parts and larger not in parts:
            yield f"has the {part} without the {larger}; add {directive}"


def _find_text_loss(tokens: Sequence[FormatToken], parts: dict[str, str]) -> Iterator[str]:
    """Yield what is written as plain text but would be a part of the time."""
    if not TIME_PARTS & parts.keys():
        return
    for place, token in enumerate(tokens):
        if not token.letter and "half of the day" not in parts and (word := _HALF_WORD.search(token.text)):
            yield f"has {word[0]} as plain text, so that am and pm are one; write %I with %p"
        if not token.letter and "time zone" not in parts and (word := _ZONE_WORD.search(token.text)):
            changed = FormatToken("", token.text[: word.start()] + "%z" + token.text[word.end() :])
            right = join_tokens((*tokens[:place], changed, *tokens[place + 1 :])).replace("%%z", "%z")
            yield f'has {word[0]} as plain text, so that the time zone would be lost; write "{right}"'


def _find_open_zone(tokens: Sequence[FormatToken]) -> Iterator[str]:
    """Yield that a zone has no end: 14 may be a part of "+02:0014" or not."""
    for token, after in pairwise(tokens):
        if token.part == "time zone" and (after.letter or after.text[0] not in " \t,;|)]"):
            yield f"has %{token.letter} without an end; put a space after it"
