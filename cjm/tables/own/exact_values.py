"""The column `exact` of an export: values that a readable cell holds only in part.

A spreadsheet shows a time by the journey's clock, to the second, and 15 digits of a number. The column holds what is
behind them, as one JSON object: times with their offset and all digits, numbers with all digits.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from cjm.tables.own.columns import ColumnType, ExportColumn

_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


class ExactValues:
    """Writer of the column for rows with these columns."""

    def __init__(self, columns: Sequence[ExportColumn]) -> None:
        kinds = (ColumnType.TIME, ColumnType.DECIMAL)
        self._places = [(place, c.name) for place, c in enumerate(columns) if c.type in kinds]

    def __bool__(self) -> bool:
        return bool(self._places)

    def write(self, row: Sequence[object]) -> str | None:
        """Return the cell of a row; None where its readable cells say all."""
        found: dict[str, object] = {}
        for place, name in self._places:
            value = row[place]
            if isinstance(value, datetime):
                found[name] = value.isoformat()
            elif isinstance(value, float) and float(f"{value:.15g}") != value:
                found[name] = value
        return _ENCODE(found) if found else None
