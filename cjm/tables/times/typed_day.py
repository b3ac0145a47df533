"""Day that somebody typed in a chat: 2026-12-24, 24.12.2026, 24.12, 24/12, "24 Dec", "24 декабря", "24 grudnia 2026".

* The day stands before the month, as in the three languages of the bot, unless the year comes first.
* A day without a year is this year's where that lies on the side asked for: a due day ahead, a made day behind.
  Else it is that of the year before or after, where that is near. Where it is not, as "30.12" in November for a change
  that was made, it is a slip: it stays this year's, which the caller refuses.

It is in this room because it reads the names of months as the cells of tables are read.
"""

import re
from datetime import date, timedelta

from cjm.tables.times.time_names import months_by_name, plain_name

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_NUMBERS = re.compile(r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})(?:[./](?P<year>\d{4}|\d{2})?)?")
_NAMED = re.compile(r"(?P<day>\d{1,2})[.\s]\s*(?P<name>[^\W\d_]+)\.?,?(?:\s+(?P<year>\d{4}))?")
MOST_READ = 40  # characters
NEAR_BEHIND, NEAR_AHEAD = timedelta(days=60), timedelta(days=183)
"""How near a day of another year lies that is named without its year."""


def read_day(text: str, today: date, *, is_past: bool) -> date | None:
    """Return the day that a text names, None if it names none; ``is_past`` asks for one that is not ahead."""
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
    this_year, nearest = _make_day(today.year, month, day), _find_nearest(month, day, today, is_past=is_past)
    if nearest is None or this_year is None:
        return nearest
    is_near = today - NEAR_BEHIND <= nearest <= today + NEAR_AHEAD
    return nearest if is_near or nearest.year == today.year else this_year


def _find_nearest(month: int, day: int, today: date, *, is_past: bool) -> date | None:
    """Return the nearest such day on one side of today, which it may be itself."""
    step = -1 if is_past else 1
    # A leap day may be eight years away.
    tried = (_make_day(today.year + step * years, month, day) for years in range(9))
    return next((found for found in tried if found is not None and (found - today).days * step >= 0), None)


def _make_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
