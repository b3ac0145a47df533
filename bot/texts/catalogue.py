"""Read the catalogues, fill their texts in, and write numbers, days and durations in each language."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone_location
from babel.lists import format_list
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = ("en", "ru", "pl")
DEFAULT_LANGUAGE = "en"
THIN = "\u202f"
_CITY_NAMES = {("Europe/Kyiv", "ru"): "Киев", ("Europe/Kyiv", "pl"): "Kijów"}  # names that the locale data lack


@dataclass(frozen=True, slots=True)
class Words:
    """Texts of one language, and its way of writing numbers, dates and durations. It can be pickled."""

    language: str

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of ``key`` with ``{name}`` filled from ``values``; ``n`` chooses the plural form.

        Raises:
            KeyError: No text has this key (a house test looks for such keys), or a value of the text is missing.
        """
        entry = _entries(self.language)[key]
        if isinstance(entry, tuple):
            n = values["n"]
            assert isinstance(n, int)
            text = entry[_plural_rule(self.language)(abs(n))]
            values["n"] = self.number(n)
        else:
            text = entry
        return text.format(**values) if values else text

    @property
    def locale(self) -> Locale:
        return _parse_locale(self.language)

    def number(self, value: float, digits: int = 0) -> str:
        """Return 1234 as "1 234" (thin space), with a real minus sign and the language's decimal mark."""
        return _format_number(round(value, digits) + 0.0, digits, self.language)

    def percent(self, fraction: float, digits: int = 0) -> str:
        """Return 0.47 as "47%" or "47 %", as the language writes it."""
        return self.number(100 * fraction, digits) + (THIN + "%" if self.language == "ru" else "%")

    def day(self, value: date, *, year: bool = False) -> str:
        """Return "22 Nov", with ``year`` "22 Nov 2026"."""
        return format_date(value, "d MMM y" if year else "d MMM", locale=self.locale).replace(".", "")

    def weekday(self, value: date) -> str:
        return str(format_date(value, "EEEE", locale=self.locale))

    def days(self, first: date, last: date, *, now: date | None = None) -> str:
        """Return "26 Oct – 22 Nov", "2–8 Nov" within a month, "2 Nov" for one day.

        Years stand where the two differ, and where the days are of another year than ``now``.
        """
        is_other_year = first.year != last.year or (now is not None and last.year != now.year)
        end = self.day(last, year=is_other_year)
        if first == last:
            return end
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{end}"  # not Babel's: its dash differs from version to version
        return f"{self.day(first, year=first.year != last.year)}\u2009–\u2009{end}"

    def moment(self, value: datetime) -> str:
        """Return "22 Nov, 09:00"; ``value`` must be in the reader's zone already."""
        return f"{self.day(value.date())}, {format_datetime(value, 'HH:mm', locale=self.locale)}"

    def near_moment(self, value: datetime, beside: datetime) -> str:
        """Return a moment as short as its distance in days from another one allows: "09:00", "Sat 09:00".

        A week away and more it is "22 Nov, 09:00". Both must be in the reader's zone already.
        """
        days = abs((value.date() - beside.date()).days)
        return format_datetime(value, "HH:mm", locale=self.locale) if days == 0 else self.recent_moment(value, beside)

    def recent_moment(self, value: datetime, beside: datetime) -> str:
        """Return the same, with the day of the week also on the same day: "Sat 09:00"."""
        if abs((value.date() - beside.date()).days) >= 7:
            return self.moment(value)
        weekday = format_date(value, "EEE", locale=self.locale).removesuffix(".")
        return f"{weekday} {format_datetime(value, 'HH:mm', locale=self.locale)}"

    def duration(self, value: float | timedelta) -> str:
        """Return a length of time, rounded: "8 minutes", "5 дней". Days and hours are used from one and a half on."""
        seconds = value.total_seconds() if isinstance(value, timedelta) else value
        for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
            if seconds >= 1.5 * size or (unit == "minute" and seconds >= 45):
                return self(f"unit.{unit}", n=round(seconds / size))
        return self("unit.second", n=round(seconds))

    def short_duration(self, seconds: float) -> str:
        """Return a time in at most two units: "1 h 40 min", "2 d 3 h", "31 min". Ten of a unit stand alone."""
        rest = max(0, round(seconds))
        units = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
        for place, (unit, size) in enumerate(units):
            if rest >= size or size == 1:
                # Rounded to the smallest unit that is printed: 59 min 59 s is "1 h", not "60 min".
                least = size if rest >= 10 * size or size == 1 else units[place + 1][1]
                rounded = round(rest / least) * least
                if rounded != rest and place and rounded >= units[place - 1][1]:
                    return self.short_duration(rounded)
                parts = [self(f"unit.short.{unit}", count=self.number(rounded // size))]
                if rounded % size and rounded < 10 * size:
                    parts.append(self(f"unit.short.{units[place + 1][0]}", count=self.number(rounded % size // least)))
                return " ".join(parts)
        raise AssertionError("a second is the smallest unit")

    def list(self, items: list[str]) -> str:
        return format_list(items, locale=self.locale)

    def city(self, zone: str) -> str:
        """Return a zone's city, such as "Варшава" for Europe/Warsaw; "UTC" stays as it is written."""
        if "/" not in zone:
            return zone
        if (zone, self.language) in _CITY_NAMES:
            return _CITY_NAMES[zone, self.language]
        return str(get_timezone_location(zone, locale=self.locale, return_city=True))

    def has(self, key: str) -> bool:
        return key in _entries(self.language)


def supported_language(code: str | None) -> str | None:
    """Return the language of a code such as "pl" or "pl-PL", or None when there is no catalogue for it."""
    short = (code or "").replace("_", "-").split("-")[0].lower()
    return short if short in LANGUAGES else None


def words_in(language: str | None) -> Words:
    """Return the texts of a language ("pl", "pl-PL"); English when there is no catalogue for it."""
    return Words(supported_language(language) or DEFAULT_LANGUAGE)


def catalogue_entries(language: str) -> Mapping[str, str | tuple[str, ...]]:
    """Return every key of a language with its text or its plural forms."""
    return _entries(language)


@functools.cache
def _entries(language: str) -> dict[str, str | tuple[str, ...]]:
    entries: dict[str, str | tuple[str, ...]] = {}
    # Read once per language: changed catalogues need a restart.
    for file in sorted((files("bot.texts") / language).iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".po"):
            continue
        for message in read_po(BytesIO(file.read_bytes()), locale=language):
            if not message.id:
                continue
            key = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
            if key in entries:
                raise ValueError(f"{language}/{file.name}: {key} is there twice; remove one of the two")
            entries[key] = tuple(message.string) if isinstance(message.string, (tuple, list)) else str(message.string)
    return entries


@functools.lru_cache(4096)
def _format_number(value: float, digits: int, language: str) -> str:
    """Return a number as `Words.number` does; a picture names the same few numbers again and again."""
    decimals = "." + "0" * digits if digits else ""
    text = format_decimal(value, format=f"#,##0{decimals}", locale=_parse_locale(language))
    if language == "en":
        text = text.replace(",", THIN)
    return text.replace("\u00a0", THIN).replace("-", "−")


@functools.cache
def _parse_locale(language: str) -> Locale:
    # British English: days before months, and a 24-hour clock.
    return Locale.parse("en_GB" if language == "en" else language)


@functools.cache
def _plural_rule(language: str) -> Callable[[int], int]:
    """Return the function from a number to the index of its plural form, by gettext's rules for each language."""
    if language == "en":
        return lambda n: 0 if n == 1 else 1
    if language == "ru":
        return lambda n: (
            0 if n % 10 == 1 and n % 100 != 11 else 1 if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else 2
        )
    return lambda n: 0 if n == 1 else 1 if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else 2
