"""From the rows of a table to events: a row an event, or a row a person with a column of times a touchpoint."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from cjm.journeys.journey import Journey
from cjm.journeys.visit import Event
from cjm.tables import cell
from cjm.tables.answer_rows import TimeReader, read_attributes, read_channel
from cjm.tables.cell import CellError, RowReader
from cjm.tables.csv_file import BadRow, CsvRow
from cjm.tables.mapping import MappedColumn, TableMapping

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EventRow:
    """What one row says that happened. An event's id is made of the row's name, so the same row is the same event."""

    line: int
    events: tuple[Event, ...]


class EventRowReader:
    """Reads the rows of a table whose header holds every column that the mapping names."""

    def __init__(self, mapping: TableMapping, journey: Journey, header: Sequence[str], now: datetime) -> None:
        self._m, self._journey = mapping, journey
        self._places = {name: place for place, name in enumerate(header)}
        self._times = TimeReader(mapping.at, journey, now)
        self._columns = {
            key: (when.column, TimeReader(when, journey, now)) for key, when in mapping.touchpoints.items()
        }

    def read(self, row: CsvRow) -> EventRow | BadRow:
        """What a row says. One cell that cannot be understood, and none of it is taken."""
        reading = RowReader(self._places, row.cells)
        events = self._read_long(row, reading) if self._m.shape == "long" else self._read_wide(row, reading)
        return BadRow(row.line, "; ".join(reading.wrong)) if reading.wrong else EventRow(row.line, tuple(events))

    def _row_name(self, row: CsvRow, reading: RowReader) -> str:
        named = self._m.row and reading.take(self._m.row.column, cell.read_identifier)
        content = hashlib.sha256("\x1f".join(row.cells).encode("utf-8", "replace")).hexdigest()[:24]
        return named or f"import:{content}"

    def _read_long(self, row: CsvRow, reading: RowReader) -> list[Event]:
        m = self._m
        assert m.at is not None  # read_mapping has looked
        when = reading.take(m.at.column, self._times.read)
        touchpoint = self._read_place(m.touchpoint, reading, "touchpoint")
        stage = self._read_place(m.stage, reading, "stage")
        if when is None:
            return []
        event = Event(
            id=self._row_name(row, reading),
            at=when[0],
            touchpoint=touchpoint,
            stage=stage,
            amount=_read_optional(reading, m.amount, cell.read_number),
            lost_reason=_read_optional(reading, m.lost_reason, lambda text: cell.read_identifier(text, 256)),
            measures={
                k: v for k, c in m.measures.items() if (v := _read_optional(reading, c, cell.read_number)) is not None
            }
            or None,
            **self._read_common(reading),
        )
        return [event]

    def _read_wide(self, row: CsvRow, reading: RowReader) -> list[Event]:
        name, common, found = self._row_name(row, reading), self._read_common(reading), []
        for key, (column, times) in self._columns.items():
            when = reading.take(column, lambda text: times.read(text) if text else None)  # noqa: B023 - called at once
            if when is not None:
                is_point = key in self._journey.touchpoints
                touchpoint, stage = (key, None) if is_point else (None, key)
                found.append(Event(_event_id(name, key), at=when[0], touchpoint=touchpoint, stage=stage, **common))
        return found

    def _read_common(self, reading: RowReader) -> dict[str, Any]:
        m = self._m
        assert m.customer is not None  # read_mapping has looked
        return {
            "customer": reading.take(m.customer.column, cell.read_identifier),
            "journey": self._journey.key,
            "channel": read_channel(m, reading),
            "passage": _read_optional(reading, m.passage, cell.read_identifier),
            "attributes": read_attributes(m, reading) or None,
        }

    def _read_place(self, column: MappedColumn | None, reading: RowReader, what: str) -> str | None:
        known = self._journey.touchpoints if what == "touchpoint" else self._journey.stages_by_key

        def read(text: str) -> str | None:
            said = column.values.get(text, text) if column else ""
            if said and said not in known:
                raise CellError(f"is none of the journey's {what}s")
            return said or None

        return reading.take(column.column, read) if column else None


def _read_optional(reading: RowReader, column: MappedColumn | None, read: Callable[[str], T]) -> T | None:
    """What a column says that may be missing or empty."""
    return (
        reading.take(column.column, lambda text: read(column.values.get(text, text)) if text else None)
        if column
        else None
    )


def _event_id(name: str, key: str) -> str:
    whole = f"{name}:{key}"
    return whole if len(whole) <= 128 else hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()
