"""Read the rows of a table as events: one a row, or one customer a row with a column of times for each place."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from cjm.errors import Mistake
from cjm.journeys.journey import Journey
from cjm.journeys.visit import Event
from cjm.tables.cells.column_factory import ColumnFactory
from cjm.tables.cells.labels import stage_finder, touchpoint_finder
from cjm.tables.cells.shared_columns import SharedCells, SharedColumns
from cjm.tables.columns import TimeColumn
from cjm.tables.header import Header
from cjm.tables.mapping import TableMapping
from cjm.tables.row_identity import IdentifiedRow, RowNames, digest_events, lasting_keys, name_event
from cjm.tables.row_reader import RowReader, TimeReader
from cjm.tables.table_file import BadRow, TableRow

MOST_IN_A_REASON = 256
MakeTimeReader = Callable[[TimeColumn], TimeReader]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow(IdentifiedRow):
    """Events of one row, all of one customer.

    Their ids are made of the import's and the row's name, so that the row tells the same events when it is imported
    again. Where the mapping names ``event``, the id is the business's own, as over HTTP, and may be known from
    elsewhere.
    """

    customer: str
    events: tuple[Event, ...]


class EventRowReader:
    """Reader of the rows of a table whose header holds every column that the mapping names.

    ``has_typed_cells`` is true for a workbook: its dates are ISO 8601, also where the mapping names a format.
    """

    def __init__(
        self, mapping: TableMapping, journey: Journey, header: Header, now: datetime, *, has_typed_cells: bool = False
    ) -> None:
        self._mapping, self._journey_key, self._lasting_keys = mapping, journey.key, lasting_keys(journey)
        factory = ColumnFactory(mapping, header)
        self._shared = SharedColumns(factory, journey)
        self._names = RowNames(are_anonymous=False)
        make_reader = partial(TimeReader, journey=journey, now=now, has_typed_cells=has_typed_cells)
        self._events: LongEvents | WideEvents = (
            LongEvents(factory, journey, make_reader)
            if mapping.shape == "long"
            else WideEvents(factory, journey, make_reader)
        )

    def read(self, row: TableRow) -> EventRow | BadRow:
        """Read a row. If a single cell cannot be read, the whole row is refused."""
        reader = RowReader(row.cells)
        shared = self._shared.read(reader)
        events = self._events.read(reader, shared)
        if reader.mistakes or shared.customer is None:
            return BadRow(row.line, tuple(reader.mistakes), row.sheet)
        content = digest_events(name=shared.name, customer=shared.customer, events=events, places=self._lasting_keys)
        name = self._names.name_row(content) if shared.name is None else shared.name
        return EventRow(
            line=row.line,
            sheet=row.sheet,
            name=name,
            is_named=shared.name is not None,
            customer=shared.customer,
            content=content,
            events=tuple(replace(event, id=self._name_event(name, event)) for event in events),
        )

    def _name_event(self, row_name: str, event: Event) -> str:
        if self._mapping.event is not None:
            return row_name
        key = event.touchpoint or event.stage or ""
        place = self._lasting_keys.get(key, key) if self._mapping.shape == "wide" else None
        # With the journey's key: two journeys may have imports of one name, and events have ids of their own in all.
        return name_event(f"{self._journey_key}/{self._mapping.name or ''}", row_name, place)


def _make_event(journey: Journey, shared: SharedCells, at: datetime, **own: Any) -> Event:
    """Return an event without its id, which depends on the name of the whole row."""
    return Event(
        id="",
        at=at,
        customer=shared.customer or "",
        journey=journey.key,
        channel=shared.channel,
        attributes=shared.attributes or None,
        **own,
    )


class LongEvents:
    """Reader of rows that hold one event each."""

    def __init__(self, factory: ColumnFactory, journey: Journey, make_reader: MakeTimeReader) -> None:
        m = factory.mapping
        assert m.at is not None  # read_mapping has checked it
        self._journey = journey
        self._when = factory.time(m.at, make_reader(m.at).read, is_needed=True)
        # A row needs one of the two at least; with a single column this one must be filled.
        self._touchpoint = factory.key(m.touchpoint, touchpoint_finder(journey), is_needed=m.stage is None)
        self._stage = factory.key(m.stage, stage_finder(journey), is_needed=m.touchpoint is None)
        self._passage, self._amount = factory.words(m.passage), factory.amount(m.amount)
        self._lost_reason = factory.words(m.lost_reason, length=MOST_IN_A_REASON)
        self._measures = [(key, factory.measure(column)) for key, column in m.measures.items()]

    def read(self, row: RowReader, shared: SharedCells) -> list[Event]:
        """Return the row's event; none if the row has mistakes."""
        when, touchpoint, stage = self._when.read(row), self._touchpoint.read(row), self._stage.read(row)
        measures = {key: value for key, column in self._measures if (value := column.read(row)) is not None}
        passage, amount, reason = self._passage.read(row), self._amount.read(row), self._lost_reason.read(row)
        if touchpoint is None and stage is None and not row.mistakes:
            row.mistakes.append(Mistake("", "names neither a touchpoint nor a stage"))
        if when is None:
            return []
        event = _make_event(
            self._journey,
            shared,
            when[0],
            touchpoint=touchpoint,
            stage=stage,
            passage=passage,
            amount=amount,
            lost_reason=reason,
            measures=measures or None,
        )
        return [event]


class WideEvents:
    """Reader of rows that hold one customer each, with a column of times for each touchpoint or stage."""

    def __init__(self, factory: ColumnFactory, journey: Journey, make_reader: MakeTimeReader) -> None:
        self._journey = journey
        self._passage = factory.words(factory.mapping.passage)
        self._columns = [
            (journey.current_key(key), factory.time(column, make_reader(column).read))
            for key, column in factory.mapping.touchpoints.items()
        ]

    def read(self, row: RowReader, shared: SharedCells) -> list[Event]:
        """Return an event for each time of the row."""
        passage, events = self._passage.read(row), []
        for key, column in self._columns:
            when = column.read(row)
            if when is not None:
                place = {"touchpoint": key} if key in self._journey.touchpoints else {"stage": key}
                events.append(_make_event(self._journey, shared, when[0], passage=passage, **place))
        return events
