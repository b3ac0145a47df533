"""Write rows as Parquet, for programs that analyse data. It needs pyarrow, which ``tropa[parquet]`` brings.

Each page of rows is a row group, so memory does not grow with the rows. Times are UTC, to the microsecond.
"""

import io
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from cjm.errors import TropaError
from cjm.tables.own.columns import ColumnType, ExportColumn

_ROWS_AT_ONCE = 20_000  # of a row group: smaller ones compress badly


class ParquetMissing(TropaError):  # noqa: N818 - says what is missing; nothing is broken
    """Parquet was asked for where pyarrow is not installed."""


class _Stream(io.BytesIO):
    """Stream that Parquet is written to; `take` returns the bytes that came since the last time."""

    def __init__(self) -> None:
        super().__init__()
        self._taken = 0

    def take(self) -> bytes:
        piece = self.getvalue()
        self._taken += len(piece)
        self.seek(0)
        self.truncate()
        return piece

    def tell(self) -> int:
        return self._taken + super().tell()


class ParquetWriter:
    """Writer of one file: `begin`, then `write` for each page of rows, then `end`.

    Raises ParquetMissing without pyarrow. A day that is coarser than a day (of answers that name nobody) is a text, so
    with ``has_coarse_days`` all of them are.
    """

    def __init__(self, columns: Sequence[ExportColumn], *, has_coarse_days: bool) -> None:
        try:
            import pyarrow as arrow
            from pyarrow import parquet
        except ImportError:
            raise ParquetMissing("Parquet needs one more package: pip install 'tropa[parquet]'") from None
        types = {
            ColumnType.NUMBER: arrow.int64(),
            ColumnType.DECIMAL: arrow.float64(),
            ColumnType.FLAG: arrow.bool_(),
            ColumnType.DAY: arrow.string() if has_coarse_days else arrow.date32(),
            ColumnType.TIME: arrow.timestamp("us", tz="UTC"),
        }
        self._columns, self._arrow, self._has_coarse_days = columns, arrow, has_coarse_days
        self._schema = arrow.schema([(c.name, types.get(c.type, arrow.string())) for c in columns])
        self._stream = _Stream()
        self._writer: Any = parquet.ParquetWriter(self._stream, self._schema, compression="zstd")
        self._waiting: list[Sequence[object]] = []

    def begin(self) -> bytes:
        """Return the beginning of the file."""
        return self._stream.take()

    def write(self, rows: Sequence[Sequence[object]]) -> bytes:
        """Return what some rows add; nothing until there are enough for a row group."""
        self._waiting += rows
        if len(self._waiting) >= _ROWS_AT_ONCE:
            self._write_group()
        return self._stream.take()

    def end(self) -> bytes:
        """Return the end, without which nothing reads the file."""
        if self._waiting:
            self._write_group()
        self._writer.close()
        return self._stream.take()

    def _write_group(self) -> None:
        cells = zip(*self._waiting, strict=True)
        arrays = [
            self._arrow.array([self._value(value, column) for value in values], self._schema.field(place).type)
            for place, (values, column) in enumerate(zip(cells, self._columns, strict=True))
        ]
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))
        self._waiting.clear()

    def _value(self, value: Any, column: ExportColumn) -> object:
        if column.type is ColumnType.JSON and value is not None:
            return json.dumps(value, ensure_ascii=False)
        is_day = column.type is ColumnType.DAY and isinstance(value, date) and not isinstance(value, datetime)
        return value.isoformat() if is_day and self._has_coarse_days else value
