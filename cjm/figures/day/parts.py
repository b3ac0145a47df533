"""Parts of a day. Importing it is cheap: pictures, texts and conversations need it."""

from datetime import time
from enum import StrEnum


class PartOfDay(StrEnum):
    """Part of a day by somebody's clock, in the order of the hours; the values are names of counters and texts."""

    NIGHT = "night"
    MORNING = "morning"
    MIDDAY = "midday"
    AFTERNOON = "afternoon"
    EVENING = "evening"


FIRST_HOURS = {
    PartOfDay.NIGHT: 0,
    PartOfDay.MORNING: 6,
    PartOfDay.MIDDAY: 11,
    PartOfDay.AFTERNOON: 14,
    PartOfDay.EVENING: 18,
}
"""Hour at which each part begins. It ends where the next one begins; the evening ends at midnight."""


def part_of(clock: time) -> PartOfDay:
    """Return the part of the day that a time of somebody's clock is in."""
    return [part for part, first in FIRST_HOURS.items() if first <= clock.hour][-1]


def hours_of(part: PartOfDay) -> range:
    """Return the hours of a part of the day."""
    ends = [*list(FIRST_HOURS.values())[1:], 24]
    return range(FIRST_HOURS[part], ends[list(PartOfDay).index(part)])
