"""Times as cells give them, before their time zone is applied."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cjm.tables.cell import CellError


class FormatMismatchError(CellError):
    """Cell that is not of the column's format, perhaps of another one."""


@dataclass(frozen=True, slots=True)
class CellTime:
    """Time that clocks show (naive), or a day alone; ``zone`` is the time zone in the cell's words, "" for none."""

    wall: datetime
    is_day: bool = False
    zone: str = ""


class TimeForm(Protocol):
    """Way in which a column writes its dates and times."""

    def parse(self, text: str) -> CellTime:
        """Return what a cell says. Raises CellError, or FormatMismatchError where another form may fit."""
