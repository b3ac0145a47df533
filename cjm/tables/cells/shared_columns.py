"""Columns that rows of answers and rows of events both have: name, customer, channel and attributes."""

from collections.abc import Mapping
from dataclasses import dataclass

from cjm.journeys.journey import Journey
from cjm.tables.cells.column_factory import ColumnFactory
from cjm.tables.cells.column_readers import RowValue
from cjm.tables.row_reader import RowReader


@dataclass(frozen=True, slots=True)
class SharedCells:
    """Name, customer, channel and attributes of a row; None or nothing where the table has no such column."""

    name: str | None
    customer: str | None
    channel: str | None
    attributes: Mapping[str, str]


class SharedColumns:
    """Reader of these columns."""

    def __init__(self, factory: ColumnFactory, journey: Journey) -> None:
        mapping, declared = factory.mapping, {a.key: a.values for a in journey.attributes}
        naming = mapping.event or mapping.row
        self._name: RowValue[str] = factory.row_name(naming) if naming else RowValue()
        self._customer = factory.words(mapping.customer, is_needed=True)
        self._channel = factory.channel()
        self._attributes = [
            (key, factory.attribute(column, declared[key])) for key, column in mapping.attributes.items()
        ]

    def read(self, row: RowReader) -> SharedCells:
        """Return what a row says; a cell that cannot be read is a mistake of the row."""
        found = ((key, attribute.read(row)) for key, attribute in self._attributes)
        attributes = {key: value for key, value in found if value is not None}
        return SharedCells(self._name.read(row), self._customer.read(row), self._channel.read(row), attributes)
