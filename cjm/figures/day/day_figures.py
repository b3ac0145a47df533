"""Figures of a day in the life on a map: by the part of the day of the visits."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cjm.figures.day.parts import PartOfDay, hours_of
from cjm.figures.map_parts.voice import Voice
from cjm.figures.score import Score
from cjm.journeys.parts.diary_question import DiaryQuestion


@dataclass(frozen=True, slots=True)
class VisitedPlace:
    """Touchpoint or stage, and how many visits it had in a part of the day."""

    key: str
    title: str
    visits: int


@dataclass(frozen=True, slots=True)
class DayPart:
    """Part of the day: visits in it, complaints about these, and the headline score of the answers about them.

    ``score`` is None without answers. ``places`` are the most visited, the first has most visits. ``quotes`` are from
    volunteers' diaries, one of each question at most; ``writers`` are the people who wrote in this part, None where
    they are fewer than the minimum.
    """

    part: PartOfDay
    visits: int = 0
    complaints: int = 0
    score: Score | None = None
    places: tuple[VisitedPlace, ...] = ()
    quotes: Mapping[DiaryQuestion, Voice] = field(default_factory=dict)
    writers: int | None = 0

    @property
    def hours(self) -> int:
        """Length of the part in hours."""
        return len(hours_of(self.part))

    @property
    def visits_an_hour(self) -> float:
        """Visits of all days in one hour of the part: parts differ in length."""
        return self.visits / self.hours


@dataclass(frozen=True, slots=True)
class BestHour:
    """Hour of the customers' clocks at which they answer most often beyond noise: its share, and that of the others.

    ``n`` are the questions of that hour whose time is over.
    """

    hour: int
    share: float
    others: float
    n: int


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Day in the life: all parts of the day, in order.

    ``unknown`` visits have a day and no time. ``busiest`` is the part with most visits an hour, ``weakest`` the one
    with the lowest score; each is named only beyond noise. ``is_scored`` is False in an anonymous journey: the
    part of the day would tell the hour of an answer. ``asked`` are the questions whose hour is known and whose time is
    over.
    """

    parts: tuple[DayPart, ...]
    unknown: int = 0
    busiest: PartOfDay | None = None
    weakest: PartOfDay | None = None
    best_hour: BestHour | None = None
    asked: int = 0
    is_scored: bool = True

    @property
    def timed_visits(self) -> int:
        """Visits whose part of the day is known."""
        return sum(part.visits for part in self.parts)

    @property
    def voices(self) -> tuple[Voice, ...]:
        """All quotes from diaries."""
        return tuple(voice for part in self.parts for voice in part.quotes.values())

    def share_of(self, part: DayPart) -> float:
        """Return the share (0 … 1) of a part among the visits whose time is known; 0 without any."""
        return part.visits / self.timed_visits if self.timed_visits else 0.0
