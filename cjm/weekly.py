"""Weekly times by the wall clock: the moment of a digest, and a team's working hours."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from cjm.wall_clock import parse_span, parse_time, wall_to_utc


class Weekday(StrEnum):
    """Day of the week, as files spell it."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WEEKDAYS = tuple(Weekday)
"""Days of the week in the order of `date.weekday`: the first is Monday."""


def _parse_weekday(text: str) -> int:
    if text.lower()[:3] not in WEEKDAYS or not text.isalpha():
        raise ValueError(f"a day of the week is one of {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(Weekday(text.lower()[:3]))


@dataclass(frozen=True, slots=True)
class WeeklyMoment:
    """Day and time of day in every week, by the wall clock of a zone. ``weekday`` is 0 for Monday."""

    weekday: int
    at: time

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parse "mon 09:00"; an empty text means never and gives None. Raises ValueError."""
        words = text.split()
        if not words:
            return None
        if len(words) != 2:
            raise ValueError('a weekly moment is a day and a time, such as "mon 09:00"')
        return cls(_parse_weekday(words[0]), parse_time(words[1]))

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} {self.at:%H:%M}"

    def latest_before(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return the latest weekly moment at or before ``now`` (aware), in UTC; clock changes as in `wall_to_utc`."""
        return self._find_latest(now, zone)[1]

    def next_after(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return the first weekly moment after ``now`` (aware), in UTC."""
        # By the calendar, not by 168 hours: across a clock change the wall clock shows the same time.
        day = self._find_latest(now, zone)[0] + timedelta(weeks=1)
        return wall_to_utc(datetime.combine(day, self.at), zone)

    def period_key(self, now: datetime, zone: ZoneInfo) -> str:
        """Return the name of the week that ``now`` belongs to: the day of its weekly moment, such as "2026-11-23".

        It is the same for every ``now`` from one weekly moment to the next, across clock changes too, so it can be
        part of a unique key.
        """
        return self._find_latest(now, zone)[0].isoformat()

    def _find_latest(self, now: datetime, zone: ZoneInfo) -> tuple[date, datetime]:
        """Return the day of the latest weekly moment by the calendar, and its time in UTC."""
        if now.tzinfo is None:
            raise ValueError("now must be aware")
        # Start at tomorrow: where a country skipped a whole day, that day's moment is the jump, on the day before.
        tomorrow = now.astimezone(zone).date() + timedelta(days=1)
        day = tomorrow - timedelta(days=(tomorrow.weekday() - self.weekday) % 7)
        while True:
            moment = wall_to_utc(datetime.combine(day, self.at), zone)
            if moment <= now:
                return day, moment.astimezone(UTC)
            day -= timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Working hours of a team: days of the week (0 is Monday), from ``start`` to ``end`` (excluded) of the same day."""

    days: frozenset[int]
    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parse "mon-fri 09:00-18:00" or "mon,wed,sat-sun 10:00-14:00"; empty gives None: always. Raises ValueError."""
        if not text.strip():
            return None
        found = re.fullmatch(r"([^0-9]+)\s+([0-9].*)", text.strip())
        if found is None:
            raise ValueError('working hours are days and hours, such as "mon-fri 09:00-18:00"')
        start, end = parse_span(found[2])
        if end < start:
            raise ValueError("working hours begin and end on the same day, so the second time must be later")
        return cls(_parse_days(found[1]), start, end)

    def __str__(self) -> str:
        return f"{','.join(WEEKDAYS[d] for d in sorted(self.days))} {self.start:%H:%M}-{self.end:%H:%M}"

    def covers(self, local: datetime) -> bool:
        """Return whether the team works at this wall time."""
        return local.weekday() in self.days and self.start <= local.time() < self.end


def _parse_days(text: str) -> frozenset[int]:
    days: set[int] = set()
    for part in re.sub(r"\s*-\s*", "-", text.replace("–", "-")).replace(",", " ").split():
        first, _, last = part.partition("-")
        begin = _parse_weekday(first)
        length = (_parse_weekday(last) - begin) % 7 if last else 0  # "sat-mon" goes across the end of the week
        days |= {(begin + offset) % 7 for offset in range(length + 1)}
    return frozenset(days)
