"""Read one row of a table, column by column, and collect its mistakes; what answer rows and event rows share."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from cjm.errors import Mistake
from cjm.journeys.journey import Journey
from cjm.tables.cell import CellError
from cjm.tables.columns import TimeColumn
from cjm.tables.times.time_cell import ColumnClock, read_time
from cjm.tables.times.time_format import make_form, plain_zones

T = TypeVar("T")
MOST_REMEMBERED = 10_000  # different cells of a column whose reading is remembered: tables repeat themselves a lot


class RowReader:
    """One row being read. A cell that cannot be read adds to ``mistakes``; the row is refused after the last cell."""

    __slots__ = ("cells", "mistakes")

    def __init__(self, cells: Sequence[str]) -> None:
        self.cells = cells
        self.mistakes: list[Mistake] = []

    def take(self, label: str, text: str, read: Callable[[str], T]) -> T | None:
        """Return what ``read`` makes of a cell; None if it raises CellError. ``label`` names the column in messages."""
        try:
            return read(text)
        except CellError as error:
            self.mistakes.append(Mistake(label, str(error)))
            return None


class TimeReader:
    """Reader of a column of dates or times, which remembers what it has read.

    It remembers mistakes too: a column of another format has one in each row, and each costs a guess at the format.
    Of several columns it reads their cells joined with a space, empty ones left out: a day without its time of day is
    the day alone. ``has_typed_cells`` is true for a workbook.
    """

    def __init__(
        self, column: TimeColumn | None, journey: Journey, now: datetime, *, has_typed_cells: bool = False
    ) -> None:
        zones = plain_zones(column.zones) if column else {}
        self._form = make_form(
            column.format if column else None,
            column.language if column else None,
            tuple(zones),
            is_joined=bool(column and column.columns),
            has_typed_cells=has_typed_cells,
        )
        own_zone = ZoneInfo(column.timezone) if column and column.timezone else None
        self._clock = ColumnClock(journey.zone, now, own_zone, zones)
        self._read_before: dict[str, tuple[datetime, date] | CellError] = {}

    def read(self, text: str) -> tuple[datetime, date]:
        """Return the time in UTC, and its day in the journey's zone. Raises CellError."""
        if text not in self._read_before:
            if len(self._read_before) >= MOST_REMEMBERED:
                self._read_before.clear()
            self._read_before[text] = self._try_read(text)
        found = self._read_before[text]
        if isinstance(found, CellError):
            raise CellError(str(found))  # a new one: a raised error keeps its tracebacks alive
        return found

    def _try_read(self, text: str) -> tuple[datetime, date] | CellError:
        try:
            return read_time(text, self._form, self._clock)
        except CellError as error:
            return CellError(str(error))
