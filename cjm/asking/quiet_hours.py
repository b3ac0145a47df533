"""Quiet hours: when nobody wants to be asked, by the clock on the customer's own wall."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Self

from cjm.wall_clock import parse_span, wall_to_utc


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` (included) to ``end`` (not included) of every day; across midnight when ``end`` is earlier."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("quiet hours that last all day would mean that nobody is ever asked")

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Reads "21:00-09:00"; an empty text means that there are none. Raises ValueError."""
        return cls(*parse_span(text)) if text.strip() else None

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def covers(self, local: datetime | time) -> bool:
        """Whether it is quiet at this wall time."""
        now = local.time() if isinstance(local, datetime) else local.replace(tzinfo=None)
        if self.start < self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end

    def end_after(self, local: datetime) -> datetime:
        """The first moment from ``local`` on (aware, in the customer's zone) at which it is not quiet, in that zone.

        When the end is a time that a clock change skips, it is the moment of the jump; when clocks show it twice, the
        first time that is still to come.
        """
        zone = local.tzinfo
        if zone is None:
            raise ValueError("quiet hours need to know the zone")
        if not self.covers(local):
            return local
        for days in (0, 1, 2):
            wall = datetime.combine(local.date() + timedelta(days=days), self.end)
            for second in (False, True):
                found = wall_to_utc(wall, zone, second=second).astimezone(zone)
                # Aware datetimes of one zone compare by wall time: a repeated hour would be told wrongly.
                if found.timestamp() > local.timestamp() and not self.covers(found):
                    return found
        raise AssertionError("quiet hours end every day")
