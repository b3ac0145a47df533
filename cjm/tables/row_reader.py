"""Read one row of a table, column by column, and collect its mistakes; what answer rows and event rows share."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from cjm.errors import Mistake
from cjm.journeys.journey import CHANNELS, Journey
from cjm.tables import cell
from cjm.tables.cell import CellError
from cjm.tables.columns import ColumnReference, MappedColumn, TableColumn, TimeColumn
from cjm.tables.mapping import FixedChannel, TableMapping

T = TypeVar("T")
MOST_REMEMBERED = 10_000  # different cells of a column whose reading is remembered: tables repeat themselves a lot


def place_columns(mapping: TableMapping, header: Sequence[str]) -> dict[ColumnReference, int]:
    """Return the place of each column of the mapping in the header, from 0."""
    names = list(header)
    return {
        ref: ref.column - 1 if isinstance(ref.column, int) else names.index(ref.column) for _, ref in mapping.references
    }


class RowReader:
    """One row being read. A cell that cannot be read adds to ``mistakes``; the row is refused after the last cell."""

    def __init__(self, places: Mapping[ColumnReference, int], cells: Sequence[str]) -> None:
        self._places, self._cells = places, cells
        self.mistakes: list[Mistake] = []

    def take(self, column: TableColumn, read: Callable[[str], T]) -> T | None:
        """Return what ``read`` makes of the column's cell; None if it raises CellError."""
        try:
            return read(self._read_text(column))
        except CellError as error:
            self.mistakes.append(Mistake(", ".join(map(str, column.references)), str(error)))
            return None

    def take_mapped(self, column: MappedColumn | None, read: Callable[[str], T]) -> T | None:
        """Read a cell after the column's ``values`` have replaced it, an empty cell too; None without a column."""
        return self.take(column, lambda text: read(column.values.get(text, text))) if column else None

    def take_optional(self, column: MappedColumn | None, read: Callable[[str], T]) -> T | None:
        """Read a cell like `take_mapped`, except that an empty cell is None, also where ``values`` replace it."""
        return self.take_mapped(column, read) if column and not self.is_empty(column) else None

    def is_empty(self, column: TableColumn) -> bool:
        """Return whether the column's cell is empty."""
        return not self._read_text(column)

    def _read_text(self, column: TableColumn) -> str:
        return " ".join(self._cells[self._places[reference]].strip() for reference in column.references)


class TimeReader:
    """Reader of a column of dates or times, which remembers what it has read."""

    def __init__(self, column: TimeColumn | None, journey: Journey, now: datetime) -> None:
        self._date_format = column.format if column else None
        self._own_zone = ZoneInfo(column.timezone) if column and column.timezone else None
        self._zone, self._now = journey.zone, now
        self._read_before: dict[str, tuple[datetime, date]] = {}

    def read(self, text: str) -> tuple[datetime, date]:
        """Return the time in UTC, and its day in the journey's zone. Raises CellError."""
        if text not in self._read_before:
            if len(self._read_before) >= MOST_REMEMBERED:
                self._read_before.clear()
            self._read_before[text] = cell.read_time(text, self._date_format, self._own_zone, self._zone, self._now)
        return self._read_before[text]


def read_channel(mapping: TableMapping, row: RowReader) -> str | None:
    """Return the channel of a row; None where the touchpoint's own channel is meant."""
    channel = mapping.channel
    return channel.fixed if isinstance(channel, FixedChannel) else row.take_mapped(channel, _check_channel)


def _check_channel(text: str) -> str | None:
    if text and text not in CHANNELS:
        raise CellError(f"is not a channel; channels are {', '.join(CHANNELS)}")
    return text or None


def read_attributes(mapping: TableMapping, row: RowReader) -> dict[str, str]:
    """Return the customer's attributes in a row; empty cells are left out."""
    found = {key: row.take_mapped(column, _read_attribute) for key, column in mapping.attributes.items()}
    return {key: value for key, value in found.items() if value}


def _read_attribute(text: str) -> str:
    return cell.read_identifier(text, 256) if text else ""
