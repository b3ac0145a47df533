"""Things that come by the week: the moment of a digest, and a team's working hours."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from cjm.wall_clock import parse_span, parse_time, wall_to_utc

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _weekday(text: str) -> int:
    if text.lower()[:3] not in WEEKDAYS or not text.isalpha():
        raise ValueError(f"a day of the week is one of {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(text.lower()[:3])


@dataclass(frozen=True, slots=True)
class WeeklyMoment:
    """A moment of every week, by the wall clock of whoever waits for it. ``weekday`` is 0 for Monday."""

    weekday: int
    at: time

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Reads "mon 09:00"; an empty text means never. Raises ValueError."""
        words = text.split()
        if not words:
            return None
        if len(words) != 2:
            raise ValueError('a weekly moment is a day and a time, such as "mon 09:00"')
        return cls(_weekday(words[0]), parse_time(words[1]))

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} {self.at:%H:%M}"

    def latest_before(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The most recent of these moments at or before ``now`` (aware), in UTC; clock changes as in ``moment_of``."""
        return self._latest(now, zone)[1]

    def next_after(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The first of these moments after ``now`` (aware), in UTC."""
        day = self._latest(now, zone)[0] + timedelta(weeks=1)
        return wall_to_utc(datetime.combine(day, self.at), zone)

    def period_key(self, now: datetime, zone: ZoneInfo) -> str:
        """The name of the week that ``now`` belongs to: the day its moment stood for, "2026-11-23".

        It is the same for every ``now`` from one moment to the next, whatever clocks do in between.
        """
        return self._latest(now, zone)[0].isoformat()

    def _latest(self, now: datetime, zone: ZoneInfo) -> tuple[date, datetime]:
        if now.tzinfo is None:
            raise ValueError("a moment needs its zone")
        # From tomorrow on: where a whole day was skipped, its moment is the jump, and stands before its date.
        tomorrow = now.astimezone(zone).date() + timedelta(days=1)
        day = tomorrow - timedelta(days=(tomorrow.weekday() - self.weekday) % 7)
        while True:
            moment = wall_to_utc(datetime.combine(day, self.at), zone)
            if moment <= now:
                return day, moment.astimezone(UTC)
            day -= timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When a team works: days of the week (0 is Monday), from ``start`` to ``end`` of the same day."""

    days: frozenset[int]
    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Reads "mon-fri 09:00-18:00" or "mon,wed,sat-sun 10:00-14:00"; empty means always. Raises ValueError."""
        if not text.strip():
            return None
        found = re.fullmatch(r"([^0-9]+)\s+([0-9].*)", text.strip())
        if found is None:
            raise ValueError('working hours are days and hours, such as "mon-fri 09:00-18:00"')
        start, end = parse_span(found[2])
        if end < start:
            raise ValueError("working hours begin and end on the same day: the second time must be later")
        return cls(_days(found[1]), start, end)

    def __str__(self) -> str:
        return f"{','.join(WEEKDAYS[d] for d in sorted(self.days))} {self.start:%H:%M}-{self.end:%H:%M}"

    def covers(self, local: datetime) -> bool:
        """Whether the team works at this wall time."""
        return local.weekday() in self.days and self.start <= local.time() < self.end


def _days(text: str) -> frozenset[int]:
    days: set[int] = set()
    for part in re.sub(r"\s*-\s*", "-", text.replace("–", "-")).replace(",", " ").split():
        first, _, last = part.partition("-")
        begin = _weekday(first)
        length = (_weekday(last) - begin) % 7 if last else 0
        days |= {(begin + more) % 7 for more in range(length + 1)}
    return frozenset(days)
