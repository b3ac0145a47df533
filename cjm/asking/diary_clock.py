"""Clock of a volunteer diary: when its messages are due.

Invariants:

* A diary has ``days`` times ``times_a_day`` moments, numbered from 0, and never another one: each number is used once.
* The first day is the one after joining, by the volunteer's clock.
* The moments of a day are spread over its waking hours: one in each of ``times_a_day`` equal blocks, at least
  `LEAST_BETWEEN` apart. From day to day they move within their block, so that a diary sees different hours.
* Waking hours are those outside the quiet hours, at most from `FIRST_HOUR` to `LAST_HOUR`. Where too few are left, they
  are these: the rules of asking then hold a message until the quiet hours end, or give it up.
* A moment that is missed for longer than `LATEST_MESSAGE` is passed over, not made up for.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cjm.asking.quiet_hours import QuietHours
from cjm.journeys.diary.diary_plan import LATEST_MESSAGE
from cjm.wall_clock import wall_to_utc

FIRST_HOUR, LAST_HOUR = 9, 21
LEAST_BETWEEN = timedelta(hours=2)
ANSWER_TIME = timedelta(hours=3)
"""Time to answer the last message; any other can be answered until the next one is due."""

_GOLDEN = 0.6180339887  # multiples of it fall evenly over a block, however many there are
_HOUR = 60  # minutes
_LEAST_MINUTES = int(LEAST_BETWEEN.total_seconds()) // _HOUR


@dataclass(frozen=True, slots=True)
class DiaryTerms:
    """Promise made to a volunteer before they joined. ``seed`` decides at which minutes of the day they are asked."""

    days: int
    times_a_day: int
    first_day: date
    seed: int

    @property
    def messages(self) -> int:
        """Number of messages that are sent at most."""
        return self.days * self.times_a_day


@dataclass(frozen=True, slots=True)
class DiaryMoment:
    """Moment of the message ``number``, from 0 (aware, UTC)."""

    number: int
    at: datetime


def find_first_day(joined_at: datetime, zone: ZoneInfo) -> date:
    """Return the day after joining, by the volunteer's clock."""
    return joined_at.astimezone(zone).date() + timedelta(days=1)


def find_next_moment(
    terms: DiaryTerms, number: int, zone: ZoneInfo, quiet_hours: QuietHours | None, now: datetime
) -> DiaryMoment | None:
    """Return the first moment from ``number`` on that is not missed by now; None if the diary has no more."""
    for each in range(max(0, number), terms.messages):
        at = find_moment(terms, each, zone, quiet_hours)
        if now < at + LATEST_MESSAGE:
            return DiaryMoment(each, at)
    return None


def find_moment(terms: DiaryTerms, number: int, zone: ZoneInfo, quiet_hours: QuietHours | None) -> datetime:
    """Return when the message ``number`` is due (aware, UTC)."""
    day, block = divmod(number, terms.times_a_day)
    first, last = _find_waking_minutes(quiet_hours, terms.times_a_day)
    length = (last - first) // terms.times_a_day
    span = length - _LEAST_MINUTES
    place = (terms.seed * _GOLDEN + day * _GOLDEN + block / terms.times_a_day) % 1
    minute = first + block * length + int(place * span)
    wall = datetime.combine(terms.first_day + timedelta(days=day), time(minute // _HOUR, minute % _HOUR))
    return wall_to_utc(wall, zone)


def find_end(last: datetime) -> datetime:
    """Return when a diary is over whose last message was due at ``last``."""
    return last + LATEST_MESSAGE + ANSWER_TIME


def _find_waking_minutes(quiet_hours: QuietHours | None, times_a_day: int) -> tuple[int, int]:
    """Return between which minutes of a day messages are due."""
    first, last = FIRST_HOUR * _HOUR, LAST_HOUR * _HOUR
    if quiet_hours is None or quiet_hours.start < quiet_hours.end:
        return first, last
    awake, asleep = max(first, _minute_of(quiet_hours.end)), min(last, _minute_of(quiet_hours.start))
    needed = times_a_day * (_LEAST_MINUTES + 1)
    return (awake, asleep) if asleep - awake >= needed else (first, last)


def _minute_of(clock: time) -> int:
    return clock.hour * _HOUR + clock.minute
