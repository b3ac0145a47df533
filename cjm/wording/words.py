"""Port for the words of figures: they are asked for by key, the caller brings a language."""

from datetime import date, datetime, timedelta
from typing import Protocol


class FigureWords(Protocol):
    """Texts of one language, and its formats of numbers, dates and durations.

    It is sent to the drawing process, so it must be picklable.
    """

    @property
    def language(self) -> str: ...

    def __call__(self, key: str, /, **values: object) -> str: ...

    def has(self, key: str) -> bool: ...

    def number(self, value: float, digits: int = 0) -> str: ...

    def percent(self, share: float, digits: int = 0) -> str: ...

    def days(self, first: date, last: date, *, now: date | None = None) -> str: ...

    def moment(self, value: datetime) -> str: ...

    def duration(self, value: float | timedelta) -> str: ...

    def short_duration(self, seconds: float) -> str: ...
