"""Read the rows of a table as events: one a row, or one customer a row with a column of times for each place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cjm.journeys.journey import Journey
from cjm.journeys.visit import Event
from cjm.tables import cell
from cjm.tables.cell import CellError
from cjm.tables.mapping import TableMapping
from cjm.tables.row_identity import IdentifiedRow, RowNames, digest_events, lasting_keys, name_event
from cjm.tables.row_reader import RowReader, TimeReader, place_columns, read_attributes, read_channel
from cjm.tables.table_file import BadRow, TableRow


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow(IdentifiedRow):
    """Events of one row, all of one customer.

    Their ids are made of the import's and the row's name, so that the row tells the same events when it is imported
    again; with ``has_own_event_id`` the id is the business's own, as over HTTP, and may be known from elsewhere.
    """

    customer: str
    has_own_event_id: bool
    events: tuple[Event, ...]


class EventRowReader:
    """Reader of the rows of a table whose header holds every column that the mapping names."""

    def __init__(self, mapping: TableMapping, journey: Journey, header: Sequence[str], now: datetime) -> None:
        self._mapping, self._journey = mapping, journey
        self._places = place_columns(mapping, header)
        self._names = RowNames(are_anonymous=False)
        self._lasting_keys = lasting_keys(journey)
        self._times = TimeReader(mapping.at, journey, now)
        self._columns = {key: (column, TimeReader(column, journey, now)) for key, column in mapping.touchpoints.items()}

    def read(self, row: TableRow) -> EventRow | BadRow:
        """Read a row. If a single cell cannot be read, the whole row is refused."""
        m, reader = self._mapping, RowReader(self._places, row.cells)
        given = m.event or m.row
        name = reader.take(given, cell.read_identifier) if given else None
        events = self._read_long(reader) if m.shape == "long" else self._read_wide(reader)
        customer = reader.take(m.customer, cell.read_identifier) if m.customer else None
        if reader.mistakes or customer is None:
            return BadRow(row.line, tuple(dict.fromkeys(reader.mistakes)))
        content = digest_events(name=name, customer=customer, events=events, places=self._lasting_keys)
        row_name = self._names.name_row(content) if name is None else name
        return EventRow(
            line=row.line,
            name=row_name,
            is_named=name is not None,
            customer=customer,
            content=content,
            has_own_event_id=m.event is not None,
            events=tuple(replace(event, id=self._event_id(row_name, event)) for event in events),
        )

    def _event_id(self, row_name: str, event: Event) -> str:
        if self._mapping.event is not None:
            return row_name
        place = (event.touchpoint or event.stage) if self._mapping.shape == "wide" else None
        return name_event(self._mapping.name or "import", row_name, place)

    def _read_long(self, reader: RowReader) -> list[Event]:
        m = self._mapping
        assert m.at is not None  # read_mapping has checked it
        when = reader.take(m.at, self._times.read)
        touchpoint = reader.take_mapped(m.touchpoint, self._check_touchpoint)
        stage = reader.take_mapped(m.stage, self._check_stage)
        if when is None:
            return []
        measures = {key: reader.take_optional(column, cell.read_number) for key, column in m.measures.items()}
        event = Event(
            id="",
            at=when[0],
            touchpoint=touchpoint,
            stage=stage,
            amount=reader.take_optional(m.amount, cell.read_number),
            lost_reason=reader.take_optional(m.lost_reason, lambda text: cell.read_identifier(text, 256)),
            measures={key: value for key, value in measures.items() if value is not None} or None,
            **self._read_common(reader),
        )
        return [event]

    def _read_wide(self, reader: RowReader) -> list[Event]:
        common, events = self._read_common(reader), []
        for key, (column, times) in self._columns.items():
            when = None if reader.is_empty(column) else reader.take(column, times.read)
            if when is not None:
                is_point = key in self._journey.touchpoints
                touchpoint, stage = (key, None) if is_point else (None, key)
                events.append(Event("", at=when[0], touchpoint=touchpoint, stage=stage, **common))
        return events

    def _read_common(self, reader: RowReader) -> dict[str, Any]:
        m = self._mapping
        assert m.customer is not None  # read_mapping has checked it
        return {
            "customer": reader.take(m.customer, cell.read_identifier),
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
