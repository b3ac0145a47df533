"""Entries of volunteer diaries: what people did, wished and were hindered by, with the part of the day."""

from dataclasses import dataclass
from datetime import date

from cjm.figures.day.parts import PartOfDay
from cjm.journeys.parts.diary_question import DiaryQuestion


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """Answer of one person to one question of their diary.

    ``part`` is the part of the day in which they wrote, by their own clock. ``text`` is without personal data
    (`cjm.blurring`). ``day`` is in the journey's zone, as the day of every answer. ``person`` is the row id of the
    writer: it serves to count people, and is shown to nobody. ``cohort_id`` is who they were then.
    """

    part: PartOfDay
    kind: DiaryQuestion
    text: str
    day: date
    person: int
    cohort_id: int = 0
