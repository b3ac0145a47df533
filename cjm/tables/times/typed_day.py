"""Day that somebody typed in a chat: 2026-12-24, 24.12.2026, 24.12, 24/12, "24 Dec", "24 декабря", "24 grudnia 2026".

* The day stands before the month, as in the three languages of the bot, unless the year comes first.
* A day without a year is the nearest one on the side that is asked for: a due day lies ahead, a made day behind.
"""

import re
from datetime import date

from cjm.tables.times.time_names import months_by_name, plain_name

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_NUMBERS = re.compile(r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})(?:[./](?P<year>\d{4}|\d{2})?)?")
_NAMED = re.compile(r"(?P<day>\d{1,2})[.\s]\s*(?P<name>[^\W\d_]+)\.?,?(?:\s+(?P<year>\d{4}))?")
MOST_READ = 40  # characters


def read_day(text: str, today: date, *, is_past: bool) -> date | None:
    """Return the day that a text names, None if it names none; ``is_past`` puts a day without a year before today."""
    typed = " ".join(text.split())
    if len(typed) > MOST_READ or not typed.isprintable():
        return None
    for form in (_ISO, _NUMBERS, _NAMED):
        if match := form.fullmatch(typed):
            return _find_day(match.groupdict(), today, is_past=is_past)
    return None


def _find_day(parts: dict[str, str | None], today: date, *, is_past: bool) -> date | None:
    name, year = parts.get("name"), parts["year"]
    month = months_by_name(None).get(plain_name(name)) if name else int(parts["month"] or 0)
    day = int(parts["day"] or 0)
    if month is None:
        return None
    if year:
        return _make_day(int(year) + (2000 if len(year) == 2 else 0), month, day)
    step = -1 if is_past else 1
    # A leap day may be eight years away.
    tried = (_make_day(today.year + step * years, month, day) for years in range(9))
    return next((found for found in tried if found is not None and (found - today).days * step >= 0), None)


def _make_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
