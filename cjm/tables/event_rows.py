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
from cjm.tables.cell import CellError, RowReading
from cjm.tables.csv_file import BadRow, CsvRow
from cjm.tables.mapping import MappedColumn, TableMapping

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EventRow:
    """What one row says that happened. An event's id is made of the row's name, so the same row is the same event."""

    line: int
    events: tuple[Event, ...]


class EventRows:
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
        reading = RowReading(self._places, row.cells)
        events = self._long(row, reading) if self._m.shape == "long" else self._wide(row, reading)
        return BadRow(row.line, "; ".join(reading.wrong)) if reading.wrong else EventRow(row.line, tuple(events))

    def _name(self, row: CsvRow, reading: RowReading) -> str:
        named = self._m.row and reading.take(self._m.row.column, cell.identifier)
        content = hashlib.sha256("\x1f".join(row.cells).encode("utf-8", "replace")).hexdigest()[:24]
        return named or f"import:{content}"

    def _long(self, row: CsvRow, reading: RowReading) -> list[Event]:
        m = self._m
        assert m.at is not None  # read_mapping has looked
        when = reading.take(m.at.column, self._times.read)
        touchpoint = self._place(m.touchpoint, reading, "touchpoint")
        stage = self._place(m.stage, reading, "stage")
        if when is None:
            return []
        event = Event(
            id=self._name(row, reading),
            at=when[0],
            touchpoint=touchpoint,
            stage=stage,
            amount=_optional(reading, m.amount, cell.number),
            lost_reason=_optional(reading, m.lost_reason, lambda text: cell.identifier(text, 256)),
            measures={k: v for k, c in m.measures.items() if (v := _optional(reading, c, cell.number)) is not None}
            or None,
            **self._common(reading),
        )
        return [event]

    def _wide(self, row: CsvRow, reading: RowReading) -> list[Event]:
        name, common, found = self._name(row, reading), self._common(reading), []
        for key, (column, times) in self._columns.items():
            when = reading.take(column, lambda text: times.read(text) if text else None)  # noqa: B023 - called at once
            if when is not None:
                is_point = key in self._journey.touchpoints
                touchpoint, stage = (key, None) if is_point else (None, key)
                found.append(Event(_event_id(name, key), at=when[0], touchpoint=touchpoint, stage=stage, **common))
        return found

    def _common(self, reading: RowReading) -> dict[str, Any]:
        m = self._m
        assert m.customer is not None  # read_mapping has looked
        return {
            "customer": reading.take(m.customer.column, cell.identifier),
            "journey": self._journey.key,
            "channel": read_channel(m, reading),
            "passage": _optional(reading, m.passage, cell.identifier),
            "attributes": read_attributes(m, reading) or None,
        }

    def _place(self, column: MappedColumn | None, reading: RowReading, what: str) -> str | None:
        known = self._journey.touchpoints if what == "touchpoint" else self._journey.stages_by_key

        def read(text: str) -> str | None:
            said = column.values.get(text, text) if column else ""
            if said and said not in known:
                raise CellError(f"is none of the journey's {what}s")
            return said or None

        return reading.take(column.column, read) if column else None


def _optional(reading: RowReading, column: MappedColumn | None, read: Callable[[str], T]) -> T | None:
    """What a column says that may be missing or empty."""
    return (
        reading.take(column.column, lambda text: read(column.values.get(text, text)) if text else None)
        if column
        else None
    )


def _event_id(name: str, key: str) -> str:
    whole = f"{name}:{key}"
    return whole if len(whole) <= 128 else hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()
