"""Read a date or time of a format: digits and names become a wall-clock time, or a CellError with its reason."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property

from cjm.tables.cell import CellError
from cjm.tables.times.cell_time import CellTime, FormatMismatchError
from cjm.tables.times.format_parts import TIME_PARTS, FormatToken, join_tokens
from cjm.tables.times.time_names import NameLanguage, months_by_name, plain_name, weekdays_by_name
from cjm.tables.times.token_patterns import compile_tokens

_SAMPLE = datetime(2026, 10, 31, 14, 30)  # noqa: DTZ001 - only shows how a format looks
_NO_DAY = "has a day that its month does not have"
_NO_WEEK = "has a week that its year does not have"


class TimePattern:
    """Reader of times of one format, whose tokens lose nothing (`find_loss`).

    ``language`` is the language of names, by default any of ours. With ``is_joined`` the text may be a day without the
    time of day that the format has: of two columns, the cell of the time is empty.
    """

    def __init__(
        self,
        tokens: Sequence[FormatToken],
        language: NameLanguage | None = None,
        zone_names: Iterable[str] = (),
        *,
        is_joined: bool = False,
    ) -> None:
        self._tokens, self._zone_names, self._language = list(tokens), tuple(zone_names), language
        self._months, self._weekdays = months_by_name(language), weekdays_by_name(language)
        words = {"month": self._months, "weekday": self._weekdays, "time zone": self._zone_names}
        self._patterns = [compile_tokens(self._tokens, words)]
        day = _day_tokens(self._tokens)
        if is_joined and len(day) < len(self._tokens):
            self._patterns.append(compile_tokens(day, words))

    def matches(self, text: str) -> bool:
        """Return whether ``text`` has the form of this format, also where it is no date."""
        return any(pattern.fullmatch(text) for pattern in self._patterns)

    def parse(self, text: str) -> CellTime:
        """Return what a cell says. Raises CellError, which names the reason and never the cell."""
        for pattern in self._patterns:
            if found := pattern.fullmatch(text):
                parts = {name: value for name, value in found.groupdict().items() if value is not None}
                return self._read_parts(parts)
        if self._language and TimePattern(self._tokens, None, self._zone_names).matches(text):
            raise CellError(f'has names of another language than "{self._language}"; leave language out')
        raise FormatMismatchError(f"is not a date of the format {self.text}{self._example}")

    @cached_property
    def text(self) -> str:
        """The format as it is written in a mapping."""
        return join_tokens(self._tokens)

    @property
    def _example(self) -> str:
        has_words = any(token.letter and not token.digits and token.letter != "p" for token in self._tokens)
        return "" if has_words else f", such as {_SAMPLE.strftime(self.text)}"

    def _read_parts(self, parts: Mapping[str, str]) -> CellTime:
        day = self._read_day(parts)
        if not TIME_PARTS & {FormatToken(letter).part for letter in parts}:
            return CellTime(datetime.combine(day, time()), is_day=True)
        hour, microseconds = _read_hour(parts), int(parts.get("f", "0")[:6].ljust(6, "0"))
        try:
            clock = time(hour, int(parts.get("M", 0)), int(parts.get("S", 0)), microseconds)
        except ValueError:
            raise CellError("has a time of day that does not exist") from None
        return CellTime(datetime.combine(day, clock), zone=parts.get("z") or parts.get("Z") or "")

    def _read_day(self, parts: Mapping[str, str]) -> date:
        weekday = self._read_weekday(parts)
        try:
            if "G" in parts:
                assert weekday is not None
                return _date_of_iso_week(parts, weekday)
            year = _read_year(parts)
            if "j" in parts:
                day = date(year, 1, 1) + timedelta(days=int(parts["j"]) - 1)
                if day.year != year:
                    raise CellError("has a day of the year that does not exist")
            elif "U" in parts or "W" in parts:
                assert weekday is not None
                return _date_of_week(parts, year, weekday)
            else:
                day = self._read_calendar_day(parts, year)
        except (ValueError, OverflowError) as error:
            raise error if isinstance(error, CellError) else CellError("is outside of the calendar") from None
        if weekday is not None and weekday != day.weekday():
            raise CellError(f"has a day of the week that is not the date's{self._exchange_hint(parts, weekday)}")
        return day

    def _read_calendar_day(self, parts: Mapping[str, str], year: int) -> date:
        month, day = self._read_month(parts), int(parts["d"])
        if month > 12:
            raise CellError(f"has a month above 12{self._exchange_hint(parts)}")
        if year == 0:
            raise CellError("is outside of the calendar")
        try:
            return date(year, month, day)
        except ValueError:
            raise CellError(_NO_DAY) from None

    def _read_month(self, parts: Mapping[str, str]) -> int:
        return int(parts["m"]) if "m" in parts else self._months[plain_name(parts.get("b") or parts["B"])]

    def _read_weekday(self, parts: Mapping[str, str]) -> int | None:
        """Return the day of the week, Monday is 0."""
        if name := parts.get("a") or parts.get("A"):
            return self._weekdays[plain_name(name)]
        for letter, days in (("w", range(7)), ("u", range(1, 8))):
            if letter in parts:
                if int(parts[letter]) not in days:
                    raise CellError(f"has a day of the week that is not {days[0]} to {days[-1]}")
                return (int(parts[letter]) - 1) % 7
        return None

    def _exchange_hint(self, parts: Mapping[str, str], weekday: int | None = None) -> str:
        """Return "; perhaps …" where the cell is a date if its day and month change places."""
        if "m" not in parts:
            return ""
        try:
            day = date(_read_year(parts), int(parts["d"]), int(parts["m"]))
        except ValueError:
            return ""
        if weekday is not None and day.weekday() != weekday:
            return ""
        exchanged = {"m": "d", "d": "m"}
        right = join_tokens(
            FormatToken(exchanged.get(token.letter, token.letter), token.text) for token in self._tokens
        )
        return f"; perhaps day and month are exchanged: {right}"


def _day_tokens(tokens: Sequence[FormatToken]) -> list[FormatToken]:
    """Return the part of a format that is its day; the whole where the time of day stands inside of the day."""
    places = [place for place, token in enumerate(tokens) if token.letter and token.part not in TIME_PARTS]
    day = list(tokens[places[0] : places[-1] + 1])
    return list(tokens) if any(token.part in TIME_PARTS for token in day) else day


def _read_year(parts: Mapping[str, str]) -> int:
    if "Y" in parts:
        return int(parts["Y"])
    year = int(parts["y"])
    return year + (2000 if year < 69 else 1900)  # as strptime and POSIX do


def _read_hour(parts: Mapping[str, str]) -> int:
    if "I" not in parts:
        return int(parts.get("H", 0))
    hour, is_afternoon = int(parts["I"]), parts["p"].casefold().startswith("p")
    if not 1 <= hour <= 12:
        raise CellError("has an hour that a 12-hour clock does not have")
    return hour % 12 + 12 * is_afternoon


def _date_of_iso_week(parts: Mapping[str, str], weekday: int) -> date:
    try:
        return date.fromisocalendar(int(parts["G"]), int(parts["V"]), weekday + 1)
    except ValueError:
        raise CellError(_NO_WEEK) from None


def _date_of_week(parts: Mapping[str, str], year: int, weekday: int) -> date:
    """Return the day of a week that is counted from the year's first Sunday (%U) or Monday (%W)."""
    letter = "U" if "U" in parts else "W"
    week, first_weekday = int(parts[letter]), 6 if letter == "U" else 0
    new_year = date(year, 1, 1)
    first = new_year + timedelta(days=(first_weekday - new_year.weekday()) % 7)  # the first day of week 1
    day = first + timedelta(days=7 * (week - 1) + (weekday - first_weekday) % 7)
    if day.year != year:
        raise CellError(_NO_WEEK)
    return day
