"""The words a drawing needs, as a port: the drawing says what it means, somebody else says it in a language."""

from datetime import date, datetime, timedelta
from typing import Protocol


class DrawingWords(Protocol):
    """The texts of one language, and its way with numbers, dates and lengths of time.

    It travels to a drawing process, so it must be picklable.
    """

    @property
    def language(self) -> str: ...

    def __call__(self, key: str, /, **values: object) -> str: ...

    def has(self, key: str) -> bool: ...

    def number(self, value: float, digits: int = 0) -> str: ...

    def percent(self, share: float, digits: int = 0) -> str: ...

    def days(self, first: date, last: date) -> str: ...

    def moment(self, value: datetime) -> str: ...

    def duration(self, value: float | timedelta) -> str: ...
