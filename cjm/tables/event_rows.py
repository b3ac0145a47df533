"""Read the rows of a table as events: one a row, or one customer a row with a column of times for each place."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cjm.journeys.journey import Journey
from cjm.journeys.visit import Event
from cjm.tables import cell
from cjm.tables.cell import CellError
from cjm.tables.csv_file import BadRow, CsvRow
from cjm.tables.mapping import TableMapping
from cjm.tables.row_reader import RowReader, TimeReader, read_attributes, read_channel

_MOST_ID = 128


@dataclass(frozen=True, slots=True)
class EventRow:
    """Events of one row. Their ids are made of the row's name, so importing the row again gives the same events."""

    line: int
    events: tuple[Event, ...]


class EventRowReader:
    """Reader of the rows of a table whose header holds every column that the mapping names."""

    def __init__(self, mapping: TableMapping, journey: Journey, header: Sequence[str], now: datetime) -> None:
        self._mapping, self._journey = mapping, journey
        self._places = {name: place for place, name in enumerate(header)}
        self._times = TimeReader(mapping.at, journey, now)
        self._columns = {
            key: (column.column, TimeReader(column, journey, now)) for key, column in mapping.touchpoints.items()
        }

    def read(self, row: CsvRow) -> EventRow | BadRow:
        """Read a row. If a single cell cannot be read, the whole row is refused."""
        reader = RowReader(self._places, row.cells)
        events = self._read_long(row, reader) if self._mapping.shape == "long" else self._read_wide(row, reader)
        return BadRow(row.line, tuple(reader.mistakes)) if reader.mistakes else EventRow(row.line, tuple(events))

    def _row_name(self, row: CsvRow, reader: RowReader) -> str:
        name = self._mapping.row and reader.take(self._mapping.row.column, cell.read_identifier)
        content = hashlib.sha256("\x1f".join(row.cells).encode("utf-8", "replace")).hexdigest()[:24]
        return name or f"import:{content}"

    def _read_long(self, row: CsvRow, reader: RowReader) -> list[Event]:
        m = self._mapping
        assert m.at is not None  # read_mapping has checked it
        when = reader.take(m.at.column, self._times.read)
        touchpoint = reader.take_mapped(m.touchpoint, self._check_touchpoint)
        stage = reader.take_mapped(m.stage, self._check_stage)
        if when is None:
            return []
        measures = {key: reader.take_optional(column, cell.read_number) for key, column in m.measures.items()}
        event = Event(
            id=self._row_name(row, reader),
            at=when[0],
            touchpoint=touchpoint,
            stage=stage,
            amount=reader.take_optional(m.amount, cell.read_number),
            lost_reason=reader.take_optional(m.lost_reason, lambda text: cell.read_identifier(text, 256)),
            measures={key: value for key, value in measures.items() if value is not None} or None,
            **self._read_common(reader),
        )
        return [event]

    def _read_wide(self, row: CsvRow, reader: RowReader) -> list[Event]:
        name, common, events = self._row_name(row, reader), self._read_common(reader), []
        for key, (column, times) in self._columns.items():
            when = None if reader.is_empty(column) else reader.take(column, times.read)
            if when is not None:
                is_point = key in self._journey.touchpoints
                touchpoint, stage = (key, None) if is_point else (None, key)
                events.append(Event(_event_id(name, key), at=when[0], touchpoint=touchpoint, stage=stage, **common))
        return events

    def _read_common(self, reader: RowReader) -> dict[str, Any]:
        m = self._mapping
        assert m.customer is not None  # read_mapping has checked it
        return {
            "customer": reader.take(m.customer.column, cell.read_identifier),
            "journey": self._journey.key,
            "channel": read_channel(m, reader),
            "passage": reader.take_optional(m.passage, cell.read_identifier),
            "attributes": read_attributes(m, reader) or None,
        }

    def _check_touchpoint(self, text: str) -> str | None:
        if text and text not in self._journey.touchpoints:
            raise CellError("is not a touchpoint of the journey")
        return text or None

    def _check_stage(self, text: str) -> str | None:
        if text and text not in self._journey.stages_by_key:
            raise CellError("is not a stage of the journey")
        return text or None


def _event_id(name: str, key: str) -> str:
    whole = f"{name}:{key}"
    return whole if len(whole) <= _MOST_ID else hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()
