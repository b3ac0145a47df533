"""Quiet hours: hours of every day, by the customer's own clock, in which no survey is begun and no reminder is sent."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Self

from cjm.wall_clock import parse_span, wall_to_utc


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours from ``start`` (included) to ``end`` (excluded) of every day; across midnight when ``end`` is earlier."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("quiet hours must leave a part of the day, or no question is ever sent")

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parse "21:00-09:00"; an empty text means that there are none (None). Raises ValueError."""
        return cls(*parse_span(text)) if text.strip() else None

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def covers(self, local: datetime | time) -> bool:
        """Return whether it is quiet at this wall time."""
        now = local.time() if isinstance(local, datetime) else local.replace(tzinfo=None)
        if self.start < self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end

    def end_after(self, local: datetime) -> datetime:
        """Return the first time from ``local`` on (aware, in the customer's zone) that is not quiet, in that zone.

        If a clock change skips the end, it is the time of the jump. If clocks show the end twice, it is the first of
        the two that is still to come. Raises ValueError if ``local`` is naive.
        """
        zone = local.tzinfo
        if zone is None:
            raise ValueError("local must be aware")
        if not self.covers(local):
            return local
        for days in (0, 1, 2):
            wall = datetime.combine(local.date() + timedelta(days=days), self.end)
            for second in (False, True):
                found = wall_to_utc(wall, zone, second=second).astimezone(zone)
                # Timestamps, because aware datetimes of one zone compare by wall time: wrong in a repeated hour.
                if found.timestamp() > local.timestamp() and not self.covers(found):
                    return found
        raise AssertionError("quiet hours end within two days")
