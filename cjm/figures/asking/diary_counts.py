"""Numbers of volunteer diaries."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiaryCounts:
    """People who keep a diary now, and messages of diaries about days of the period that were answered."""

    volunteers: int
    answered: int
