"""The relational pulse: on which days a survey without any event asks whom.

Invariants:

* A person's days are ``every_days`` apart and follow from who they are and from the survey alone: the same on every
  replica, in every year, however many people there are.
* People are spread evenly over the days of a period, over the days of the week, and over the hours of a day.
* Nobody is asked who has not been a customer for half a period, or was not there in the last `ACTIVE`.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cjm.asking.occasions import pulse_occasion

ACTIVE = timedelta(days=365)
"""Time since the last visit within which somebody is a customer of the journey."""

CATCH_UP = timedelta(days=2)
"""Time for which a moment that was missed, while nothing ran, is caught up with."""

_FIRST_HOUR, _LAST_HOUR = 10, 18  # by the journey's clock
_MINUTES = (_LAST_HOUR - _FIRST_HOUR) * 60


@dataclass(frozen=True, slots=True)
class PulseMoment:
    """Moment at which a person's pulse is due (aware, UTC), and what names it among all others."""

    at: datetime
    occasion: str


def find_pulse(
    journey: str, survey: str, every_days: int, customer_id: int, zone: ZoneInfo, now: datetime
) -> PulseMoment | None:
    """Return the person's last moment if it came within `CATCH_UP`, else None. ``zone`` is the journey's."""
    last = find_last_moment(journey, survey, every_days, customer_id, zone, now)
    return last if now - last.at < CATCH_UP else None


def find_last_moment(
    journey: str, survey: str, every_days: int, customer_id: int, zone: ZoneInfo, now: datetime
) -> PulseMoment:
    """Return the person's last moment up to ``now``, however long ago it was."""
    number = _hash_person(journey, survey, customer_id)
    offset, minute = number % every_days, number // every_days % _MINUTES
    today = now.astimezone(zone).date()
    day = today - timedelta(days=(today.toordinal() - offset) % every_days)
    if _moment_of(day, minute, zone) > now:  # today's is still to come
        day -= timedelta(days=every_days)
    return PulseMoment(_moment_of(day, minute, zone), pulse_occasion(journey, survey, customer_id, day))


def is_pulsed(first_visit: datetime, last_visit: datetime, every_days: int, at: datetime) -> bool:
    """Return whether somebody with these visits takes part at ``at``: known for long enough, and there of late."""
    return at - first_visit >= timedelta(days=every_days) / 2 and at - last_visit <= ACTIVE


def _hash_person(journey: str, survey: str, customer_id: int) -> int:
    digest = hashlib.blake2b(f"pulse\0{journey}\0{survey}\0{customer_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _moment_of(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(_FIRST_HOUR + minute // 60, minute % 60), zone).astimezone(UTC)
